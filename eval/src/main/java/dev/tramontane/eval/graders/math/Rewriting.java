package dev.tramontane.eval.graders.math;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Turns of phrase that stand for mathematics, written as it.
final class Rewriting {
    private Rewriting() {}

    /// A prefix of units as a letter of its own, behind a number and at the end: `0.1\,\mu m`.
    private static final Pattern MICRO =
            Pattern.compile(
                    "^(.*\\d)((?:[\\s~]|\\\\[,; ])*)(?:\\\\(?:mathrm|text)\\s*\\{\\s*)?(?:\\\\mu|[μµ])\\s*(?:\\\\(?:mathrm|text)\\s*\\{\\s*)?([msgL])[}\\s]*$",
                    Pattern.DOTALL);

    /// `7 out of 12`.
    private static final Pattern OUT_OF =
            Pattern.compile("^(\\d+)\\s+out\\s+of\\s+(?:the\\s+)?(\\d+)$");

    /// `all real numbers except 3`.
    private static final Pattern EXCEPT =
            Pattern.compile(
                    "^(?i:(?:all|any|every)\\s+reals?(?:\\s+(?:numbers?|values?))?)(?:\\s+\\$?[a-z]\\$?)?,?\\s+(?:except|other\\s+than|but|apart\\s+from)(?:\\s+for)?\\s+(.+)$",
                    Pattern.DOTALL);

    /// `1101 base 2`.
    private static final Pattern BASE =
            Pattern.compile("^([0-9A-Fa-f]+)\\s+(?:in\\s+)?base[\\s-]+(\\w+)$");

    /// `3 h 20 min`, where h alone would be a height.
    private static final Pattern HOURS =
            Pattern.compile("^(\\d+)\\s*hr?s?\\s*(\\d+)\\s*m(?:ins?)?$");

    /// `5P2`, `^5C_2`, `{}_5C_2`.
    private static final Pattern CHOSEN =
            Pattern.compile(
                    "^(?:\\{\\s*})?[_^]?\\{?(\\d{1,4})}?\\s*(?:\\\\mathrm\\s*)?\\{?([CP])}?\\s*_?\\{?(\\d{1,4})}?$");

    /// `There are 12 ways`.
    private static final Pattern STATEMENT =
            Pattern.compile(
                    "^(?i:there\\s+(?:are|is|were|will\\s+be)|it\\s+is|it\\s+takes|they\\s+are)\\s+(.+)$",
                    Pattern.DOTALL);

    private static final Pattern VALUE_OF = Pattern.compile("^\\$?[a-z]\\s*=");

    /// What a text stands for, where it is such a phrase throughout.
    static Optional<String> of(String text) {
        Matcher micro = MICRO.matcher(text);
        if (micro.matches()) {
            return Optional.of(micro.group(1) + "\\,\\text{µ" + micro.group(3) + "}");
        }
        Matcher outOf = OUT_OF.matcher(text);
        if (outOf.matches()) {
            return Optional.of(outOf.group(1) + "/" + outOf.group(2));
        }
        Matcher base = BASE.matcher(text);
        if (base.matches()) {
            return Optional.of(base.group(1) + "_{" + base.group(2) + "}");
        }
        Matcher hours = HOURS.matcher(text);
        if (hours.matches()) {
            return Optional.of(hours.group(1) + " hours " + hours.group(2) + " minutes");
        }
        Matcher chosen = CHOSEN.matcher(text);
        if (chosen.matches()) {
            return Optional.of(chosen(chosen.group(2), chosen.group(1), chosen.group(3)));
        }
        Matcher statement = STATEMENT.matcher(text);
        if (statement.matches()) {
            return Optional.of(statement.group(1));
        }
        Matcher except = EXCEPT.matcher(text.replaceAll("\\\\text\\s*\\{([^{}]*)}", "$1"));
        if (except.matches()) {
            String left = VALUE_OF.matcher(except.group(1)).replaceFirst("");
            return Optional.of(
                    "\\mathbb{R} \\setminus \\{" + left.replaceAll("\\s+and\\s+", ", ") + "\\}");
        }
        return Optional.empty();
    }

    private static String chosen(String sign, String of, String count) {
        String subsets = "\\binom{%s}{%s}".formatted(of, count);
        return sign.equals("C") ? subsets : subsets + " \\cdot " + count + "!";
    }
}
