package dev.tramontane.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.util.List;

class KvCacheTest {
    @Test
    void rows_lie_where_the_block_table_says() {
        try (Arena arena = Arena.ofConfined()) {
            var cache = new KvCache(arena, 2, 3, 2);
            var table = new BlockTable();
            table.append(2);
            table.append(0);
            Tensor key = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
            Tensor value = Tensor.of(new float[] {5, 6, 7, 8}, 2, 2);
            var slice = new Batch.Slice(0, 2, KvCache.BLOCK_SIZE - 1, table);
            cache.append(1, new Batch(new int[2], List.of(slice), new int[0]), key, value);
            assertEquals(1, cache.keys(1).get(3 * KvCache.BLOCK_SIZE - 1, 0));
            assertEquals(8, cache.values(1).get(0, 1));
            assertEquals(0, cache.keys(0).get(0, 0));
        }
    }

    @Test
    void memory_is_zero_aligned_and_freed_with_its_arena() {
        Tensor keys;
        try (Arena arena = Arena.ofConfined()) {
            keys = new KvCache(arena, 1, 5, 6).keys(0);
            assertEquals(0, keys.data().address() % Tensor.ALIGNMENT_BYTES);
            for (int row = 0; row < keys.rows(); row++) {
                assertEquals(0, keys.get(row, 5));
            }
        }
        Tensor freed = keys;
        assertThrows(IllegalStateException.class, () -> freed.get(0, 0));
    }

    @Test
    void a_cache_that_no_machine_holds_is_refused() {
        try (Arena arena = Arena.ofConfined()) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new KvCache(arena, 1, Integer.MAX_VALUE / KvCache.BLOCK_SIZE, 1 << 28));
        }
    }
}
