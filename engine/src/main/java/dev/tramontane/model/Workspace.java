package dev.tramontane.model;

import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;

/// Activation buffers, allocated once for the largest batch. A step uses the first rows of each.
///
/// @param x float[tokens][dim], the residual stream
/// @param h float[tokens][dim], a sub-layer's normalised input, then its output
/// @param q float[tokens][heads * headDim]
/// @param k float[tokens][kvHeads * headDim]
/// @param v float[tokens][kvHeads * headDim]
/// @param a float[tokens][heads * headDim], what attention gathered
/// @param gate float[tokens][hiddenDim]
/// @param up float[tokens][hiddenDim]
/// @param cos float[tokens][headDim / 2]
/// @param sin float[tokens][headDim / 2]
record Workspace(
        Tensor x,
        Tensor h,
        Tensor q,
        Tensor k,
        Tensor v,
        Tensor a,
        Tensor gate,
        Tensor up,
        Tensor cos,
        Tensor sin) {
    static Workspace allocate(Arena arena, ModelConfig config, int tokens) {
        return new Workspace(
                Tensor.allocate(arena, tokens, config.dim()),
                Tensor.allocate(arena, tokens, config.dim()),
                Tensor.allocate(arena, tokens, config.queryDim()),
                Tensor.allocate(arena, tokens, config.kvDim()),
                Tensor.allocate(arena, tokens, config.kvDim()),
                Tensor.allocate(arena, tokens, config.queryDim()),
                Tensor.allocate(arena, tokens, config.hiddenDim()),
                Tensor.allocate(arena, tokens, config.hiddenDim()),
                Tensor.allocate(arena, tokens, config.headDim() / 2),
                Tensor.allocate(arena, tokens, config.headDim() / 2));
    }

    /// Bytes that {@link #allocate} takes.
    static long bytes(ModelConfig config, int tokens) {
        long perToken =
                2L * config.dim()
                        + 2L * config.queryDim()
                        + 2L * config.kvDim()
                        + 2L * config.hiddenDim()
                        + config.headDim();
        return perToken * Float.BYTES * tokens;
    }

    /// The first `tokens` rows of every buffer, sharing their memory.
    Workspace first(int tokens) {
        return new Workspace(
                x.slice(0, tokens),
                h.slice(0, tokens),
                q.slice(0, tokens),
                k.slice(0, tokens),
                v.slice(0, tokens),
                a.slice(0, tokens),
                gate.slice(0, tokens),
                up.slice(0, tokens),
                cos.slice(0, tokens),
                sin.slice(0, tokens));
    }
}
