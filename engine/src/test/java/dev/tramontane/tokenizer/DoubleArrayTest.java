package dev.tramontane.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/// The trie against a hash table.
final class DoubleArrayTest {
    /// Letters of the alphabet, the longest key, and how many keys: few with many children, many
    /// with few, and more units than a near offset reaches.
    @ParameterizedTest
    @CsvSource({"255, 1, 2000", "255, 2, 60000", "2, 16, 30000", "40, 6, 20000", "255, 24, 100000"})
    void it_knows_its_keys_and_no_others(int letters, int longest, int count) {
        var random = new SplittableRandom(letters);
        Map<String, Integer> ids = new HashMap<>();
        var keys = new ByteStrings("test");
        for (int i = 0; i < count; i++) {
            byte[] key = key(random, letters, longest);
            ids.putIfAbsent(new String(key, StandardCharsets.ISO_8859_1), i);
            keys.add(key, 0, key.length);
        }
        int[] numbers = ids.values().stream().mapToInt(Integer::intValue).toArray();
        DoubleArray trie = DoubleArrayBuilder.build(keys.bytes(0), keys.starts(), numbers);

        ids.forEach((key, id) -> assertEquals(id, find(trie, key)));
        for (int i = 0; i < count; i++) {
            String other = new String(key(random, letters, longest), StandardCharsets.ISO_8859_1);
            assertEquals(ids.getOrDefault(other, DoubleArray.NONE), find(trie, other));
        }
        assertEquals(DoubleArray.NONE, find(trie, "\0"));
        assertTrue(trie.size() < 512 + 8 * keys.bytes(0).length, "units " + trie.size());
    }

    @Test
    void without_keys_it_knows_none() {
        DoubleArray empty = DoubleArrayBuilder.build(new byte[0], new int[1], new int[0]);
        assertEquals(DoubleArray.NONE, find(empty, "a"));
        assertEquals(DoubleArray.NONE, new DoubleArray(new int[0]).root());
    }

    private static byte[] key(SplittableRandom random, int letters, int longest) {
        byte[] key = new byte[1 + random.nextInt(longest)];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (1 + random.nextInt(letters));
        }
        return key;
    }

    private static int find(DoubleArray trie, String key) {
        byte[] bytes = key.getBytes(StandardCharsets.ISO_8859_1);
        int base = trie.root();
        int value = DoubleArray.NONE;
        for (byte b : Arrays.copyOf(bytes, bytes.length)) {
            int unit = trie.child(base, b);
            if (unit == DoubleArray.NONE) {
                return DoubleArray.NONE;
            }
            base = trie.base(unit);
            value = trie.value(unit, base);
        }
        return value;
    }
}
