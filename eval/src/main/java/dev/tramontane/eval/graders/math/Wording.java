package dev.tramontane.eval.graders.math;

import java.text.Normalizer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// Answers in words: without case, articles, punctuation and LaTeX's wrapping, some that mean the
/// same made one.
final class Wording {
    private Wording() {}

    private static final Pattern WRAPPING =
            Pattern.compile(
                    "\\\\(?:text(?:bf|it|rm|normal)?|math(?:rm|bf|it|sf)|mbox|operatorname|left|right|displaystyle|[,;:! ])");

    private static final Pattern ARTICLES =
            Pattern.compile("^(?:the|an|a|la|le|les|el|los|las|il|lo|der|die|das) ");

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

    static String normal(String text) {
        String plain = Normalizer.normalize(text, Normalizer.Form.NFKC);
        plain = WRAPPING.matcher(plain).replaceAll(" ");
        plain = plain.replaceAll("[{}$*_`\"“”«»().!?。]", " ").replaceAll("[’']", "");
        plain = plain.replaceAll("\\b([ap])\\s+m\\b", "$1m");
        plain = plain.replaceAll("[\\s,;:]+", " ").strip().toLowerCase(Locale.ROOT);
        plain =
                ARTICLES.matcher(plain)
                        .replaceFirst("")
                        .replaceFirst("^(?:option|choice|answer) (?=\\S)", "");
        return MEANINGS.getOrDefault(plain, plain);
    }
}
