package dev.tramontane.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;

class KvCacheTest {
    private static final int SIZE = KvCache.BLOCK_SIZE;

    private static Batch batch(int count, int position, int... blocks) {
        var table = new BlockTable();
        for (int block : blocks) {
            table.append(block);
        }
        var slice = new Batch.Slice(0, count, position, table);
        return new Batch(new int[count], List.of(slice), new int[0]);
    }

    @Test
    void keys_and_values_lie_where_the_block_table_and_the_drawing_say() {
        try (Arena arena = Arena.ofConfined()) {
            var cache = new KvCache(arena, new CacheFormat(CacheType.F32, 2, 3), 2, 3);
            Tensor key = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16}, 2, 6);
            Tensor value =
                    Tensor.of(new float[] {-1, -2, -3, -4, -5, -6, 7, 8, 9, 10, 11, 12}, 2, 6);
            cache.append(1, batch(2, SIZE - 1, 2, 0), key, value);
            MemorySegment layer = cache.layer(1);
            long secondHead = cache.at(2, 1) / 4; // floats
            long keyElement = secondHead + 2L * SIZE + SIZE - 1;
            assertEquals(6, layer.getAtIndex(ValueLayout.JAVA_FLOAT, keyElement));
            long valueElement = secondHead + 3L * SIZE + (SIZE - 1) * 3L + 2;
            assertEquals(-6, layer.getAtIndex(ValueLayout.JAVA_FLOAT, valueElement));
            long nextBlock = cache.at(0, 0) / 4 + SIZE;
            assertEquals(12, layer.getAtIndex(ValueLayout.JAVA_FLOAT, nextBlock));
            assertEquals(0, cache.layer(0).getAtIndex(ValueLayout.JAVA_FLOAT, keyElement));
        }
    }

    /// Of a value as great as 3: half a step of each type.
    private static double rounding(CacheType type) {
        return switch (type) {
            case F32 -> 0;
            case F16 -> 3 * 0x1p-11;
            case BF16 -> 3 * 0x1p-8;
            case Q8_0 -> 3 / 127.0 / 2 + 3 * 0x1p-11;
        };
    }

    @ParameterizedTest
    @EnumSource
    void what_is_stored_comes_back_to_half_a_step(CacheType type) {
        var random = new Random(1);
        var format = new CacheFormat(type, 2, 64);
        try (Arena arena = Arena.ofConfined()) {
            var cache = new KvCache(arena, format, 1, 2);
            Tensor key = Tensor.allocate(arena, 40, 128);
            Tensor value = Tensor.allocate(arena, 40, 128);
            for (int t = 0; t < 40; t++) {
                for (int d = 0; d < 128; d++) {
                    key.set(t, d, random.nextFloat(-3, 3));
                    value.set(t, d, random.nextFloat(-3, 3));
                }
            }
            cache.append(0, batch(40, 0, 1, 0), key, value);
            float[] found = new float[64 * SIZE];
            for (int t = 0; t < 40; t++) {
                for (int d = 0; d < 128; d++) {
                    long at = cache.at(t < SIZE ? 1 : 0, d / 64);
                    format.readKeys(cache.layer(0), at, found);
                    double step = rounding(type);
                    assertEquals(key.get(t, d), found[d % 64 * SIZE + t % SIZE], step);
                    format.readValues(cache.layer(0), at, found);
                    assertEquals(value.get(t, d), found[t % SIZE * 64 + d % 64], step);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_no_half_can_hold_is_stored_as_the_greatest_and_stays_finite(CacheType type) {
        var format = new CacheFormat(type, 1, 32);
        try (Arena arena = Arena.ofConfined()) {
            var cache = new KvCache(arena, format, 1, 1);
            Tensor row = Tensor.allocate(arena, 1, 32);
            row.set(0, 3, 1e6f);
            row.set(0, 4, -1e6f);
            cache.append(0, batch(1, 0, 0), row, row);
            float[] keys = new float[32 * SIZE];
            format.readKeys(cache.layer(0), 0, keys);
            double expected = type == CacheType.F16 ? 65504 : 1e6;
            assertEquals(expected, keys[3 * SIZE], expected / 200);
            assertEquals(-expected, keys[4 * SIZE], expected / 200);
            assertEquals(0, keys[5 * SIZE]);
        }
    }

    @Test
    void a_type_takes_the_memory_it_says() {
        assertEquals(2 * 8 * 64 * SIZE * 4, new CacheFormat(CacheType.F32, 8, 64).blockBytes());
        assertEquals(2 * 8 * 64 * SIZE * 2, new CacheFormat(CacheType.F16, 8, 64).blockBytes());
        assertEquals(
                2 * 8 * 64 * SIZE * 34 / 32, new CacheFormat(CacheType.Q8_0, 8, 64).blockBytes());
    }

    @Test
    void heads_that_runs_of_32_do_not_divide_are_refused_with_a_way_out() {
        var thrown =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new CacheFormat(CacheType.Q8_0, 8, 80));
        assertTrue(thrown.toString().contains("80 values, expected a multiple of 32; choose F16"));
    }

    @Test
    void memory_is_zero_aligned_and_freed_with_its_arena() {
        MemorySegment layer;
        try (Arena arena = Arena.ofConfined()) {
            layer = new KvCache(arena, new CacheFormat(CacheType.F16, 3, 2), 1, 5).layer(0);
            assertEquals(0, layer.address() % Tensor.ALIGNMENT_BYTES);
            assertEquals(
                    -1, layer.mismatch(MemorySegment.ofArray(new byte[(int) layer.byteSize()])));
        }
        MemorySegment freed = layer;
        assertThrows(IllegalStateException.class, () -> freed.get(ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void a_cache_that_no_machine_holds_is_refused() {
        var format = new CacheFormat(CacheType.F32, 1 << 14, 1 << 14);
        try (Arena arena = Arena.ofConfined()) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new KvCache(arena, format, 1, Integer.MAX_VALUE / SIZE));
        }
    }
}
