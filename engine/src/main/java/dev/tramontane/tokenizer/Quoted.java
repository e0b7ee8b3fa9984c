package dev.tramontane.tokenizer;

/// Strings from files in messages: in quotation marks, and no longer than a message should be.
final class Quoted {
    private static final int LONGEST_CHARS = 200;

    private Quoted() {}

    static String of(String text) {
        return text.length() <= LONGEST_CHARS
                ? "\"" + text + "\""
                : "\"" + text.substring(0, LONGEST_CHARS) + "…\"";
    }
}
