package dev.tramontane.tokenizer;

import java.util.Arrays;
import java.util.Optional;

/// GPT-2's spelling of byte strings: bytes that print as Latin-1 stand for themselves, the other 68
/// are, in order, the characters from U+0100 on.
final class ByteSpelling {
    private static final int NONE = -1;
    private static final int[] BYTES = bytes();
    private static final char[] CHARACTERS = characters();

    private ByteSpelling() {}

    /// The bytes that a token is spelled with; empty where a character stands for none.
    static Optional<byte[]> read(String spelling) {
        byte[] bytes = new byte[spelling.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = spelling.charAt(i);
            if (c >= BYTES.length || BYTES[c] == NONE) {
                return Optional.empty();
            }
            bytes[i] = (byte) BYTES[c];
        }
        return Optional.of(bytes);
    }

    /// How bytes are spelled.
    static String write(byte[] bytes) {
        char[] spelling = new char[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            spelling[i] = CHARACTERS[bytes[i] & 0xFF];
        }
        return new String(spelling);
    }

    /// By byte.
    private static char[] characters() {
        char[] characters = new char[0x100];
        for (char c = 0; c < BYTES.length; c++) {
            if (BYTES[c] != NONE) {
                characters[BYTES[c]] = c;
            }
        }
        return characters;
    }

    /// By character.
    private static int[] bytes() {
        int[] bytes = new int[0x100 + 68];
        Arrays.fill(bytes, NONE);
        int next = 0x100;
        for (int b = 0; b < 0x100; b++) {
            boolean prints = (b >= '!' && b <= '~') || (b >= 0xA1 && b != 0xAD);
            bytes[prints ? b : next++] = b;
        }
        return bytes;
    }
}
