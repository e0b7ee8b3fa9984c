package dev.tramontane.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockTable;
import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.CacheType;
import dev.tramontane.cache.KvCache;
import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;

/// Keys and values stored by machine code against those that the cache stores itself, bit by bit.
class AppendCodeTest {
    private static final int BLOCKS = 6;

    /// What a conversion may trip over.
    private static final float[] HARD = {
        0f,
        -0f,
        Float.NaN,
        Float.intBitsToFloat(0xFFC12345),
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        65504,
        -65505,
        65520,
        1e38f,
        Float.MAX_VALUE,
        Float.MIN_VALUE,
        0x1p-24f, // the least of binary16
        0x1p-25f, // half of it goes to even, which is zero
        0x1.8p-24f,
        0x1p-14f,
        0x1.002p0f, // between two numbers of binary16
        0x1.006p0f,
        0x1.01p0f, // between two of bfloat16
        0x1.03p0f
    };

    @ParameterizedTest
    @EnumSource
    void stores_what_the_cache_would(CacheType type) {
        assumeTrue(AssembledKernels.obstacle().isEmpty(), AssembledKernels.obstacle());
        for (int headDim : new int[] {2, 8, 32, 64, 96, 128}) {
            if (type == CacheType.Q8_0 && headDim % 32 != 0) {
                continue;
            }
            for (int threads : new int[] {1, 3}) {
                compare(new CacheFormat(type, 3, headDim), threads);
            }
        }
    }

    private static void compare(CacheFormat format, int threads) {
        var slices =
                List.of(
                        new Batch.Slice(0, 1, 31, table(4)),
                        new Batch.Slice(1, 40, 30, table(5, 1, 3)),
                        new Batch.Slice(41, 2, 0, table(2)));
        var batch = new Batch(new int[43], slices, new int[0]);
        try (Arena arena = Arena.ofShared();
                Kernels kernels = new AssembledKernels(threads, true)) {
            Tensor key = values(arena, format, 1);
            Tensor value = values(arena, format, 2);
            var expected = new KvCache(arena, format, 2, BLOCKS);
            var found = new KvCache(arena, format, 2, BLOCKS);
            expected.append(1, batch, key, value);
            kernels.append(found, 1, batch, key, value);
            for (int layer = 0; layer < 2; layer++) {
                long differs = expected.layer(layer).mismatch(found.layer(layer));
                assertEquals(-1, differs, format + ", layer " + layer);
            }
        }
    }

    private static Tensor values(Arena arena, CacheFormat format, long seed) {
        var random = new Random(seed);
        Tensor x = Tensor.allocate(arena, 43, format.kvDim());
        for (int t = 0; t < x.rows(); t++) {
            for (int d = 0; d < x.cols(); d++) {
                boolean hard = random.nextInt(4) == 0;
                float easy = (float) random.nextGaussian();
                x.set(t, d, hard ? HARD[random.nextInt(HARD.length)] : easy);
            }
        }
        return x;
    }

    private static BlockTable table(int... blocks) {
        BlockTable table = new BlockTable();
        for (int block : blocks) {
            table.append(block);
        }
        return table;
    }
}
