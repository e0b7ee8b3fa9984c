package dev.tramontane.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.CacheType;
import dev.tramontane.engine.EngineOptions.CacheChoice;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;

import org.junit.jupiter.api.Test;

import java.util.Optional;

class CacheSizeTest {
    /// 2 layers of 2 · 8 values of keys and as many of values: 256 bytes a position.
    private static final int BLOCK_BYTES = 32 * 256;

    private static final CacheFormat FLOATS = new CacheFormat(CacheType.F32, 2, 8);

    /// Bytes of weights that keep exact kernels.
    private static final long SMALL = 1000;

    private static ModelConfig model(int context) {
        return new ModelConfig(
                32,
                2,
                4,
                2,
                8,
                48,
                100,
                1e-5f,
                10_000,
                Kernels.RopePairs.INTERLEAVED,
                false,
                Optional.empty(),
                Optional.empty(),
                Integer.MAX_VALUE,
                context);
    }

    private static final EngineOptions OPTIONS = EngineOptions.defaults();

    @Test
    void without_a_wish_it_is_the_models_context_up_to_a_limit() {
        assertEquals(
                new CacheSize(100, 4, 4 * BLOCK_BYTES, FLOATS),
                CacheSize.of(model(100), SMALL, OPTIONS));
        assertEquals(
                new CacheSize(8192, 256, 256 * BLOCK_BYTES, FLOATS),
                CacheSize.of(model(131_072), SMALL, OPTIONS));
    }

    @Test
    void memory_gives_blocks_and_limits_the_context() {
        assertEquals(
                new CacheSize(64, 2, 2 * BLOCK_BYTES, FLOATS),
                CacheSize.of(model(1000), SMALL, OPTIONS.withKvCacheBytes(3 * BLOCK_BYTES - 1)));
        assertEquals(
                new CacheSize(40, 3, 3 * BLOCK_BYTES, FLOATS),
                CacheSize.of(
                        model(1000),
                        SMALL,
                        OPTIONS.withKvCacheBytes(3 * BLOCK_BYTES).withContext(40)));
    }

    @Test
    void what_model_or_memory_do_not_give_is_refused_with_numbers() {
        refused("1001 positions, the model was made for 1000", OPTIONS.withContext(1001));
        refused("hold 0 positions", OPTIONS.withKvCacheBytes(5));
        refused(
                "hold 32 positions, expected 40",
                OPTIONS.withKvCacheBytes(BLOCK_BYTES).withContext(40));
    }

    @Test
    void what_is_stored_depends_on_the_models_size_unless_it_is_said() {
        assertEquals(CacheType.F32, typeOf((64L << 20) - 1, OPTIONS));
        assertEquals(CacheType.F16, typeOf(64L << 20, OPTIONS));
        assertEquals(CacheType.F32, typeOf(1L << 30, OPTIONS.withCache(CacheChoice.F32)));
        assertEquals(CacheType.BF16, typeOf(SMALL, OPTIONS.withCache(CacheChoice.BF16)));
        CacheSize half = CacheSize.of(model(1000), 1L << 30, OPTIONS.withContext(64));
        assertEquals(BLOCK_BYTES, half.bytes());
        refused("8 values, expected a multiple of 32", OPTIONS.withCache(CacheChoice.Q8_0));
    }

    private static CacheType typeOf(long weightBytes, EngineOptions options) {
        return CacheSize.of(model(1000), weightBytes, options).format().type();
    }

    private static void refused(String why, EngineOptions options) {
        var thrown =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> CacheSize.of(model(1000), SMALL, options));
        assertTrue(thrown.toString().contains(why), thrown.toString());
    }
}
