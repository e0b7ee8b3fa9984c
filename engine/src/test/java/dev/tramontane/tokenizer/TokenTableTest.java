package dev.tramontane.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

final class TokenTableTest {
    private static final int LONGEST_KEY = 40;

    @Test
    void byte_ranges_of_every_length_are_found_as_in_a_map() {
        var random = new SplittableRandom(1);
        var strings = new ByteStrings("a test");
        Map<String, Integer> oracle = new HashMap<>();
        byte[] text = randomBytes(random, 1 << 15);
        int[] twins = new int[6_000];
        for (int id = 0; id < twins.length; id++) {
            int from = random.nextInt(text.length - LONGEST_KEY - TokenTable.PADDING);
            int to = from + 1 + random.nextInt(LONGEST_KEY);
            strings.add(text, from, to);
            Integer twin = oracle.putIfAbsent(latin(text, from, to), id);
            twins[id] = twin == null ? TokenTable.NONE : twin;
        }
        var table = new TokenTable(strings.bytes(TokenTable.PADDING), strings.starts());
        for (int id = 0; id < twins.length; id++) {
            assertEquals(twins[id], table.put(id));
        }
        for (int from = 0; from < text.length - LONGEST_KEY - TokenTable.PADDING; from += 3) {
            for (int to = from + 1; to <= from + LONGEST_KEY + 2; to++) {
                int expected = oracle.getOrDefault(latin(text, from, to), TokenTable.NONE);
                assertEquals(expected, table.find(text, from, to));
                assertEquals(expected, table.find(text, from, to, table.hash(text, from, to)));
            }
        }
    }

    @Test
    void a_key_is_not_found_by_what_follows_it() {
        var strings = new ByteStrings("a test");
        strings.add(new byte[] {1, 0}, 0, 2);
        strings.add(new byte[] {1}, 0, 1);
        strings.add(new byte[] {1, 0, 0}, 0, 3);
        var table = new TokenTable(strings.bytes(TokenTable.PADDING), strings.starts());
        for (int id = 0; id < strings.size(); id++) {
            assertEquals(TokenTable.NONE, table.put(id));
        }
        byte[] text = new byte[4 + TokenTable.PADDING];
        text[0] = 1;
        assertEquals(1, table.find(text, 0, 1));
        assertEquals(0, table.find(text, 0, 2));
        assertEquals(2, table.find(text, 0, 3));
        assertEquals(TokenTable.NONE, table.find(text, 0, 4));
        assertEquals(TokenTable.NONE, table.find(text, 1, 2));
    }

    /// Few different bytes, so that short keys repeat.
    private static byte[] randomBytes(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (random.nextInt(4) * 85);
        }
        return bytes;
    }

    private static String latin(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
