package dev.tramontane.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.weights.ModelFormatException;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Charsmaps, honest and hostile ones.
final class CharsMapTest {
    private static final int MUTATIONS = 2_000;

    private static final String TEXT = "ﬁ ① e\u0301 ｅ\u0301 ﷺ \r\n \u200b ▁ 中 👍🏽 a\u0000b";

    @Test
    void the_longest_key_counts_for_sentencepiece() {
        CharsMap map = map("a\0ab\0\0", "a", 0, "ab", 5, "abc", 2);
        assertEquals("ab", map.normalize(Utf8.of("abc"), false, false));
        assertEquals("a", map.normalize(Utf8.of("aab"), false, false));
        assertEquals("xab", map.normalize(Utf8.of("xabcab"), false, false));
    }

    @Test
    void the_shortest_key_stands_for_a_whole_short_grapheme() {
        CharsMap map = map("E\0x\0", "e", 0, "e\u0301", 2);
        assertEquals("E", map.replaceGraphemes("e\u0301"));
        assertEquals("E", map.replaceGraphemes("e\u0301\u0301")); // of five bytes
        assertEquals("E\u0301\u0301\u0301", map.replaceGraphemes("e\u0301\u0301\u0301"));
        assertEquals("x", map.normalize(Utf8.of("e\u0301"), false, false));
    }

    @Test
    void spaces_are_trimmed_where_that_is_wanted() {
        CharsMap map = map(" \0\0", "\t", 0, "\u0001", 2);
        assertEquals(" a b", map.normalize(Utf8.of(" \t a \t\u0001 b\t▁ "), true, true));
        assertEquals("", map.normalize(Utf8.of(" \t\t"), true, true));
        assertEquals("", map.normalize(Utf8.of("\u0001"), true, true));
        assertEquals(" ", map.normalize(Utf8.of("\u0001"), true, false));
        assertEquals("   a ", map.normalize(Utf8.of("\t a "), true, false));
        assertEquals("", map.normalize(Utf8.of(""), true, false));
    }

    @Test
    void what_is_wrong_is_named() {
        assertRefused("has 3 bytes", new byte[3]);
        assertRefused("4294967295 bytes", new byte[] {-1, -1, -1, -1, 0});
        assertRefused("expected a multiple of 4", new byte[] {3, 0, 0, 0, 0, 0, 0});
        assertRefused("no UTF-8", bytes(new int[0], new byte[] {-1, 0}));
        assertRefused("replacement of 300 bytes", bytes(new int[0], new byte[300]), 'x');
        assertRefused("at 1 of 3", bytes(units("a", 1), "é\0".getBytes(StandardCharsets.UTF_8)));
        assertRefused("at 7 of 3", bytes(units("a", 7), "é\0".getBytes(StandardCharsets.UTF_8)));
        String long65 = "k".repeat(65);
        assertRefused("keys of more than 64 bytes", bytes(units(long65, 0), new byte[1]));
        CharsMap.read(bytes(units(long65.substring(1), 0), new byte[1]), "test");
    }

    /// The child of the root is the root again: every run of one letter is a key.
    @Test
    void an_array_that_leads_around_in_a_circle_is_refused() {
        int[] units = new int[512];
        units[0] = 256 << DoubleArray.OFFSET_SHIFT;
        units[256 ^ 'a'] = 'a' | 'a' << DoubleArray.OFFSET_SHIFT;
        assertRefused("keys of more than 64 bytes", bytes(units, new byte[1]));
    }

    @Test
    void damaged_bytes_are_refused_or_harmless() {
        byte[] honest = UnigramTest.charsMap();
        var random = new SplittableRandom(20261125);
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] damaged = Arrays.copyOf(honest, 4 + random.nextInt(honest.length - 4));
            for (int flips = random.nextInt(200); flips >= 0; flips--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            if (i % 2 == 0) { // a size that fits, so that the array itself is looked at
                ByteBuffer.wrap(damaged)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(0, (damaged.length - 4) / 8 * 4);
            }
            try {
                CharsMap map = CharsMap.read(damaged, "test");
                assertTrue(map.normalize(Utf8.of(TEXT), true, true).length() < 1 << 16);
                assertTrue(map.replaceGraphemes(TEXT).length() < 1 << 16);
            } catch (ModelFormatException _) {
                refused++;
            }
        }
        assertTrue(refused > MUTATIONS / 2, refused + " refused");
    }

    private static void assertRefused(String named, byte[] bytes, char filling) {
        Arrays.fill(bytes, Integer.BYTES, bytes.length, (byte) filling);
        assertRefused(named, bytes);
    }

    private static void assertRefused(String named, byte[] bytes) {
        String message =
                String.valueOf(
                        assertThrows(
                                        ModelFormatException.class,
                                        () -> CharsMap.read(bytes, "test.gguf"))
                                .getMessage());
        assertTrue(message.contains(named), message);
        assertTrue(message.startsWith("test.gguf: the charsmap ") && message.contains("; "));
    }

    private static CharsMap map(String replacements, Object... keysAndValues) {
        byte[] blob = replacements.getBytes(StandardCharsets.UTF_8);
        return CharsMap.read(bytes(units(keysAndValues), blob), "test");
    }

    /// An array of keys, each followed by its value.
    private static int[] units(Object... keysAndValues) {
        int keys = keysAndValues.length / 2;
        byte[][] bytes = new byte[keys][];
        int most = 0;
        for (int i = 0; i < keys; i++) {
            bytes[i] = keysAndValues[2 * i].toString().getBytes(StandardCharsets.UTF_8);
            most = Math.max(most, (int) keysAndValues[2 * i + 1]);
        }
        var list = new ByteStrings("test");
        int[] numbers = new int[keys];
        for (int value = 0; value <= most; value++) { // values are the keys' numbers
            for (int i = 0; i < keys; i++) {
                if ((int) keysAndValues[2 * i + 1] == value) {
                    numbers[i] = value;
                    list.add(bytes[i], 0, bytes[i].length);
                }
            }
            if (list.size() == value) {
                list.add(bytes[0], 0, 0);
            }
        }
        DoubleArray built = DoubleArrayBuilder.build(list.bytes(0), list.starts(), numbers);
        return built.units();
    }

    private static byte[] bytes(int[] units, byte[] replacements) {
        ByteBuffer buffer =
                ByteBuffer.allocate(4 + 4 * units.length + replacements.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(4 * units.length);
        for (int unit : units) {
            buffer.putInt(unit);
        }
        return buffer.put(replacements).array();
    }
}
