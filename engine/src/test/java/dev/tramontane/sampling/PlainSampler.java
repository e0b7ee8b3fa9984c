package dev.tramontane.sampling;

import dev.tramontane.kernels.LogitPasses;
import dev.tramontane.kernels.ScalarKernels;
import dev.tramontane.tensor.Tensor;

/// A sampler of single rows.
final class PlainSampler {
    private final Sampler sampler;

    /// On the kernels that define what is computed.
    PlainSampler(int vocab) {
        this(new ScalarKernels().logitPasses(), vocab);
    }

    PlainSampler(LogitPasses passes, int vocab) {
        sampler = new Sampler(passes, vocab);
    }

    Choice sample(
            float[] logits,
            TokenMask.Verdict verdict,
            SamplingParams params,
            int[] tokens,
            int position) {
        return sampler.sample(
                Tensor.of(logits, 1, logits.length), 0, verdict, params, tokens, position);
    }
}
