package dev.tramontane.tokenizer;

/// Bytes to text, a part at a time: an incomplete sequence waits for its next byte, and a sequence
/// that cannot be completed becomes one U+FFFD for each of its maximal subparts.
///
/// The UTF-8 decoder of the WHATWG Encoding Standard, section 8.1.1; Unicode 16, table 3-7.
final class Utf8Decoder {
    private static final char REPLACEMENT = '\uFFFD';

    private int codePoint;
    private int missing; // bytes that the waiting sequence still needs
    private int lowest = 0x80; // bounds of its next byte
    private int highest = 0xBF;

    void append(byte[] bytes, int from, int to, StringBuilder text) {
        for (int i = from; i < to; i++) {
            append(bytes[i] & 0xFF, text);
        }
    }

    /// Ends the run: what still waits becomes U+FFFD.
    void flush(StringBuilder text) {
        if (missing > 0) {
            missing = 0;
            text.append(REPLACEMENT);
        }
    }

    private void append(int unit, StringBuilder text) {
        if (missing > 0 && (unit < lowest || unit > highest)) {
            flush(text); // and the byte begins anew
        }
        if (missing == 0) {
            begin(unit, text);
            return;
        }
        lowest = 0x80;
        highest = 0xBF;
        codePoint = (codePoint << 6) | (unit & 0x3F);
        if (--missing == 0) {
            text.appendCodePoint(codePoint);
        }
    }

    private void begin(int lead, StringBuilder text) {
        lowest = 0x80;
        highest = 0xBF;
        if (lead < 0x80) {
            text.append((char) lead);
        } else if (lead < 0xC2 || lead > 0xF4) {
            text.append(REPLACEMENT);
        } else if (lead < 0xE0) {
            missing = 1;
            codePoint = lead & 0x1F;
        } else if (lead < 0xF0) {
            missing = 2;
            codePoint = lead & 0x0F;
            lowest = lead == 0xE0 ? 0xA0 : 0x80; // not overlong
            highest = lead == 0xED ? 0x9F : 0xBF; // no surrogates
        } else {
            missing = 3;
            codePoint = lead & 0x07;
            lowest = lead == 0xF0 ? 0x90 : 0x80; // not overlong
            highest = lead == 0xF4 ? 0x8F : 0xBF; // not beyond U+10FFFF
        }
    }
}
