package dev.tramontane.train;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;

import org.junit.jupiter.api.Test;

import java.util.Optional;

class DifferentiableTest {
    private static ModelConfig config(
            int dim,
            int kvHeads,
            Kernels.RopePairs pairs,
            boolean headNorms,
            Optional<ModelConfig.Yarn> yarn,
            Optional<ModelConfig.QueryScaling> scaling,
            int window) {
        return new ModelConfig(
                dim, 2, 4, kvHeads, 16, 48, 40, 1e-5f, 10_000, pairs, headNorms, yarn, scaling,
                window, 1024);
    }

    private static String refusal(ModelConfig config) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, () -> Differentiable.check(config))
                        .getMessage());
    }

    @Test
    void what_has_no_gradient_is_refused_by_name() {
        var half = Kernels.RopePairs.SPLIT_HALF;
        Optional<ModelConfig.Yarn> noYarn = Optional.empty();
        Optional<ModelConfig.QueryScaling> noScaling = Optional.empty();
        int all = Integer.MAX_VALUE;
        assertDoesNotThrow(
                () -> Differentiable.check(config(32, 2, half, false, noYarn, noScaling, all)));
        assertEquals(
                "the model has norms over its heads, for which the trainer has no gradient; train a model without",
                refusal(config(32, 2, half, true, noYarn, noScaling, all)));
        var yarn = new ModelConfig.Yarn(4, 256, 32, 1, 1);
        assertEquals(
                "the model has positions stretched by YaRN, for which the trainer has no gradient; train a model without",
                refusal(config(32, 2, half, false, Optional.of(yarn), noScaling, all)));
        var scaling = new ModelConfig.QueryScaling(0.1, 256);
        assertEquals(
                "the model has queries that grow with their position, for which the trainer has no gradient; train a model without",
                refusal(config(32, 2, half, false, noYarn, Optional.of(scaling), all)));
        assertEquals(
                "the model has attention within a window of 512, for which the trainer has no gradient; train a model without",
                refusal(config(32, 2, half, false, noYarn, noScaling, 512)));
        assertEquals(
                "the model turns neighbouring elements (INTERLEAVED), expected SPLIT_HALF as in Hugging Face's layout; train from that layout, and export to GGUF",
                refusal(
                        config(
                                32,
                                2,
                                Kernels.RopePairs.INTERLEAVED,
                                false,
                                noYarn,
                                noScaling,
                                all)));
        assertEquals(
                "dim is 40, expected a multiple of 16, which the trainer's kernels compute in; choose 48",
                refusal(config(40, 2, half, false, noYarn, noScaling, all)));
        assertEquals(
                "4 heads cannot share 3 key heads evenly; choose a multiple",
                refusal(config(32, 3, half, false, noYarn, noScaling, all)));
    }
}
