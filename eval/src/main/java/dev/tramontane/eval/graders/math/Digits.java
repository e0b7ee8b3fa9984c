package dev.tramontane.eval.graders.math;

/// The digits of any script as 0 to 9.
public final class Digits {
    private Digits() {}

    public static String ascii(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            int digit = point < 0x80 ? -1 : Character.digit(point, 10);
            if (digit >= 0) {
                out.append(digit);
            } else {
                out.appendCodePoint(point);
            }
            i += Character.charCount(point);
        }
        return out.toString();
    }
}
