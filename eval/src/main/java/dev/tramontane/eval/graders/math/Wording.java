package dev.tramontane.eval.graders.math;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Answers in words: without case, articles, punctuation and LaTeX's wrapping, some that mean the
/// same made one.
final class Wording {
    private Wording() {}

    private static final Pattern WRAPPING =
            Pattern.compile(
                    "\\\\(?:text(?:bf|it|rm|normal)?|math(?:rm|bf|it|sf)|mbox|operatorname|left|right|displaystyle|[,;:! ])");

    private static final Pattern ARTICLES =
            Pattern.compile("^(?:the|an|a|on|la|le|les|el|los|las|il|lo|der|die|das) ");

    private static final String MONTH =
            "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";

    /// A day of a year, in either order.
    private static final Pattern DATE =
            Pattern.compile(
                    "(?:0?(\\d{1,2})(?:st|nd|rd|th)?(?: of)? "
                            + MONTH
                            + "|"
                            + MONTH
                            + " 0?(\\d{1,2})(?:st|nd|rd|th)?)(?: (\\d{4}))?");

    /// What means the same, a line each, the first of it as the form that all get.
    private static final Map<String, String> MEANINGS =
            meanings(
                    List.of(
                            "no solution|no solutions|no real solution|no real solutions|none|empty set|there is no solution|there are no solutions|no such number|∅|\\emptyset|\\varnothing|keine lösung|aucune solution|ninguna solución|nessuna soluzione|нет решений|无解|解なし",
                            "undefined|dne|does not exist|not defined|doesnt exist|nicht definiert|non défini",
                            "infinitely many|infinite|infinitely many solutions|infinitely many values|∞|\\infty|infinity",
                            "yes|true|oui|ja|sí|да|是|はい|نعم",
                            "no|false|non|nein|нет|否|いいえ|لا",
                            "all real numbers|all reals|any real number|all real|every real number|r|\\mathbb r|ℝ|real numbers",
                            "all integers|integers|any integer|every integer|\\mathbb z|ℤ",
                            "monday|mon",
                            "tuesday|tue",
                            "wednesday|wed",
                            "thursday|thu",
                            "friday|fri",
                            "saturday|sat",
                            "sunday|sun"));

    private static Map<String, String> meanings(List<String> lines) {
        Map<String, String> meanings = new HashMap<>();
        for (String line : lines) {
            String[] same = line.split("\\|");
            for (String words : same) {
                meanings.put(words, same[0]);
            }
        }
        return Map.copyOf(meanings);
    }

    /// The set of numbers that words name: all real numbers, no solution.
    static Optional<Expression> set(String text) {
        return switch (normal(text)) {
            case "all real numbers" -> Optional.of(new Expression.NamedSet("R"));
            case "all integers" -> Optional.of(new Expression.NamedSet("Z"));
            case "no solution" -> Optional.of(new Expression.NamedSet("∅"));
            default -> Optional.empty();
        };
    }

    /// What is listed with commas and "and" between, in the alphabet's order.
    static List<String> parts(String text) {
        return Arrays.stream(
                        text.replaceAll("\\\\text(?:bf|it|rm)?\\s*\\{|[{}]", " ")
                                .split("[,;&]|\\b(?:and|und|et|y|e|и)\\b|和|と"))
                .map(Wording::normal)
                .filter(part -> !part.isEmpty())
                .sorted()
                .toList();
    }

    static String normal(String text) {
        String plain = Normalizer.normalize(text, Normalizer.Form.NFKC);
        plain = WRAPPING.matcher(plain).replaceAll(" ");
        plain =
                plain.replaceAll("\\\\(?:neg|lnot)\\b", "¬")
                        .replaceAll("\\\\(?:lor|vee)\\b", "∨")
                        .replaceAll("\\\\(?:land|wedge)\\b", "∧");
        plain =
                plain.replaceAll("_\\{?", "")
                        .replaceAll("[{}$*`\"“”«»().!?。]", " ")
                        .replaceAll("[’']", "");
        plain = plain.replaceAll("\\b([ap])\\s+m\\b", "$1m");
        plain = plain.replaceAll("[\\s,;:]+", " ").strip().toLowerCase(Locale.ROOT);
        plain =
                ARTICLES.matcher(plain)
                        .replaceFirst("")
                        .replaceFirst("^(?:option|choice|answer) (?=\\S)", "");
        Matcher date = DATE.matcher(plain);
        if (date.matches()) {
            boolean dayFirst = date.group(1) != null;
            String month = date.group(dayFirst ? 2 : 3).substring(0, 3);
            String year = date.group(5) == null ? "" : " " + date.group(5);
            return month + " " + date.group(dayFirst ? 1 : 4) + year;
        }
        return MEANINGS.getOrDefault(plain, plain);
    }
}
