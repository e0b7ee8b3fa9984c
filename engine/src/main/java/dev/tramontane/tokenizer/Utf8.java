package dev.tramontane.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Text as UTF-8 bytes, ready for {@link TokenTable}.
///
/// @param bytes well-formed UTF-8, then {@link TokenTable#PADDING}; owned by whoever encodes
/// @param length of the text, without the padding
@SuppressWarnings("ArrayRecordComponent") // never compared
record Utf8(byte[] bytes, int length) {
    private static final String REPLACEMENT = "\uFFFD";

    /// Encodes a text; a lone surrogate becomes U+FFFD.
    ///
    /// @throws IllegalArgumentException when the text is too long
    static Utf8 of(String text) {
        checkLength(text.length());
        byte[] bytes = withoutLoneSurrogates(text).getBytes(StandardCharsets.UTF_8);
        return new Utf8(Arrays.copyOf(bytes, bytes.length + TokenTable.PADDING), bytes.length);
    }

    /// Refuses what is too long, before anything is made of it.
    static void checkLength(long chars) {
        if (chars > Tokenizer.LONGEST_TEXT_CHARS) {
            throw new IllegalArgumentException(
                    "the text has %d characters, expected at most %d; encode it in parts"
                            .formatted(chars, Tokenizer.LONGEST_TEXT_CHARS));
        }
    }

    /// Bytes of the character that begins with this byte.
    static int length(byte lead) {
        if (lead >= 0) {
            return 1;
        }
        return (lead & 0xFF) < 0xE0 ? 2 : (lead & 0xFF) < 0xF0 ? 3 : 4;
    }

    /// The character that begins at a place of well-formed UTF-8.
    static int character(byte[] bytes, int at) {
        int lead = bytes[at];
        return switch (length(bytes[at])) {
            case 1 -> lead;
            case 2 -> (lead & 0x1F) << 6 | bytes[at + 1] & 0x3F;
            case 3 -> (lead & 0x0F) << 12 | (bytes[at + 1] & 0x3F) << 6 | bytes[at + 2] & 0x3F;
            default ->
                    (lead & 0x07) << 18
                            | (bytes[at + 1] & 0x3F) << 12
                            | (bytes[at + 2] & 0x3F) << 6
                            | bytes[at + 3] & 0x3F;
        };
    }

    private static String withoutLoneSurrogates(String text) {
        int lone = loneSurrogate(text, 0);
        if (lone < 0) {
            return text;
        }
        var repaired = new StringBuilder(text.length());
        int from = 0;
        for (; lone >= 0; lone = loneSurrogate(text, from)) {
            repaired.append(text, from, lone).append(REPLACEMENT);
            from = lone + 1;
        }
        return repaired.append(text, from, text.length()).toString();
    }

    private static int loneSurrogate(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }
}
