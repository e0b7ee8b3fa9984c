package dev.tramontane.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/// The decoder against the definition of a maximal subpart: the longest beginning of any
/// well-formed sequence.
final class Utf8DecoderTest {
    /// Bytes at the borders of the well-formed table, and plain ones.
    private static final int[] BORDERS = {
        0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1,
        0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF
    };

    private static final Set<String> BEGINNINGS = beginnings();

    @Test
    void every_sequence_of_border_bytes_is_decoded_by_maximal_subparts() {
        byte[] bytes = new byte[4];
        int combinations = (int) Math.pow(BORDERS.length, bytes.length);
        for (int combination = 0; combination < combinations; combination++) {
            int rest = combination;
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) BORDERS[rest % BORDERS.length];
                rest /= BORDERS.length;
            }
            assertDecoded(bytes);
        }
    }

    @Test
    void random_bytes_are_decoded_by_maximal_subparts() {
        var random = new SplittableRandom(3);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            assertDecoded(bytes);
        }
    }

    @Test
    void a_lone_surrogate_is_encoded_as_the_replacement_character() {
        assertEquals("\uFFFD", encoded("\uD83D"));
        assertEquals("\uFFFDa", encoded("\uDE00a"));
        assertEquals("\uFFFD😀\uFFFD\uFFFD", encoded("\uD83D😀\uDE00\uD83D"));
        assertEquals("a?b", encoded("a?b"));
    }

    private static String encoded(String text) {
        Utf8 utf8 = Utf8.of(text);
        return new String(utf8.bytes(), 0, utf8.length(), StandardCharsets.UTF_8);
    }

    private static void assertDecoded(byte[] bytes) {
        var decoder = new Utf8Decoder();
        var text = new StringBuilder();
        decoder.append(bytes, 0, bytes.length, text);
        decoder.flush(text);
        assertEquals(byDefinition(bytes), text.toString(), () -> Arrays.toString(bytes));
    }

    private static String byDefinition(byte[] bytes) {
        var text = new StringBuilder();
        String units = new String(bytes, StandardCharsets.ISO_8859_1);
        for (int at = 0; at < units.length(); ) {
            int end = at + 1;
            while (end < units.length() && BEGINNINGS.contains(units.substring(at, end + 1))) {
                end++;
            }
            String decoded = new String(bytes, at, end - at, StandardCharsets.UTF_8);
            boolean whole =
                    decoded.codePointCount(0, decoded.length()) == 1
                            && Arrays.equals(
                                    decoded.getBytes(StandardCharsets.UTF_8),
                                    Arrays.copyOfRange(bytes, at, end));
            text.append(whole ? decoded : "\uFFFD");
            at = end;
        }
        return text.toString();
    }

    /// Every beginning of at least two bytes of every well-formed sequence, a byte as a character.
    private static Set<String> beginnings() {
        var beginnings = new HashSet<String>();
        for (int c = 0x80; c <= Character.MAX_CODE_POINT; c++) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                String sequence =
                        new String(
                                Character.toString(c).getBytes(StandardCharsets.UTF_8),
                                StandardCharsets.ISO_8859_1);
                for (int length = 2; length <= sequence.length(); length++) {
                    beginnings.add(sequence.substring(0, length));
                }
            }
        }
        return beginnings;
    }
}
