package dev.tramontane.train;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.train.kernels.BackwardKernels;

/// Which networks the trainer has gradients for: Mistral's decoder without what later members
/// added.
final class Differentiable {
    private Differentiable() {}

    /// @throws IllegalArgumentException naming what there is no gradient for
    static void check(ModelConfig config) {
        refuse(config.headNorms(), "norms over its heads");
        refuse(config.yarn().isPresent(), "positions stretched by YaRN");
        refuse(config.queryScaling().isPresent(), "queries that grow with their position");
        refuse(
                config.window() < config.context(),
                "attention within a window of " + config.window());
        if (config.ropePairs() != Kernels.RopePairs.SPLIT_HALF) {
            throw new IllegalArgumentException(
                    "the model turns neighbouring elements (INTERLEAVED), expected SPLIT_HALF as in"
                            + " Hugging Face's layout; train from that layout, and export to GGUF");
        }
        checkWidth("dim", config.dim());
        checkWidth("hiddenDim", config.hiddenDim());
        checkWidth("headDim", config.headDim());
        if (config.heads() % config.kvHeads() != 0) {
            throw new IllegalArgumentException(
                    "%d heads cannot share %d key heads evenly; choose a multiple"
                            .formatted(config.heads(), config.kvHeads()));
        }
    }

    private static void refuse(boolean has, String what) {
        if (has) {
            throw new IllegalArgumentException(
                    "the model has "
                            + what
                            + ", for which the trainer has no gradient; train a model without");
        }
    }

    private static void checkWidth(String name, int width) {
        if (width % BackwardKernels.WIDTH_UNIT != 0) {
            throw new IllegalArgumentException(
                    "%s is %d, expected a multiple of %d, which the trainer's kernels compute in; choose %d"
                            .formatted(
                                    name,
                                    width,
                                    BackwardKernels.WIDTH_UNIT,
                                    (width / BackwardKernels.WIDTH_UNIT + 1)
                                            * BackwardKernels.WIDTH_UNIT));
        }
    }
}
