package dev.tramontane.kernels;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.KvCache;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Products of quantised weights by machine code that our own {@link Assembler} writes at start:
/// AVX-512 with VNNI, on activations rounded to 8 bits. Everything else is {@link VectorKernels}'.
///
/// Rounding activations costs a little exactness (as in every engine of this speed) and no
/// reproducibility: on these kernels, too, a token's result does not depend on its company.
public final class AssembledKernels implements Kernels {
    private final Workers workers;
    private final Kernels others;
    private final Arena arena = Arena.ofShared();
    private final AssembledMatmul matmul;
    private final AssembledAttention attention;

    /// @param threads that compute, the caller's included; at least 1
    /// @param vectors whether `jdk.incubator.vector` is present, for all that is not a product of
    ///   quantised weights; {@link ScalarKernels} do it otherwise
    /// @throws UnsupportedOperationException when this machine cannot run the code; the message
    ///   says why
    public AssembledKernels(int threads, boolean vectors) {
        String reason = obstacle();
        if (!reason.isEmpty()) {
            arena.close();
            throw new UnsupportedOperationException(reason);
        }
        workers = new Workers(threads);
        others = vectors ? new VectorKernels(workers) : new ScalarKernels();
        var routines = new Routines(new ExecutableMemory(arena));
        matmul = new AssembledMatmul(workers, routines, arena);
        attention = new AssembledAttention(workers, routines, arena);
    }

    /// What keeps these kernels from running here; empty where nothing does.
    public static String obstacle() {
        String architecture = System.getProperty("os.arch");
        if (!architecture.equals("amd64") && !architecture.equals("x86_64")) {
            return "machine code is written for x86-64, not for " + architecture;
        }
        if (System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows")) {
            return "machine code is not written for Windows' calling convention";
        }
        if (!AssembledKernels.class.getModule().isNativeAccessEnabled()) {
            return "machine code needs native access: start Java with --enable-native-access=ALL-UNNAMED";
        }
        try {
            return CpuFeatures.detect().vnni() ? "" : "this processor lacks AVX-512 VNNI";
        } catch (UnsupportedOperationException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Override
    public String name() {
        return "assembled (AVX-512 VNNI, %d %s)"
                .formatted(workers.count(), workers.count() == 1 ? "thread" : "threads");
    }

    @Override
    public void gatherRows(Tensor table, int[] ids, Tensor out) {
        others.gatherRows(table, ids, out);
    }

    @Override
    public void matmul(Tensor x, List<Tensor> weights, List<Tensor> outs) {
        List<Tensor> ourWeights = new ArrayList<>();
        List<Tensor> ourOuts = new ArrayList<>();
        List<Tensor> otherWeights = new ArrayList<>();
        List<Tensor> otherOuts = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            boolean ours = suits(x, weights.get(i), outs.get(i));
            (ours ? ourWeights : otherWeights).add(weights.get(i));
            (ours ? ourOuts : otherOuts).add(outs.get(i));
        }
        if (!ourWeights.isEmpty()) {
            matmul.multiply(x, ourWeights, ourOuts);
        }
        if (!otherWeights.isEmpty()) {
            others.matmul(x, otherWeights, otherOuts);
        }
    }

    /// Whether machine code multiplies these, on rounded activations.
    boolean suits(Tensor x, Tensor weight, Tensor out) {
        return matmul.suits(x, weight, out);
    }

    @Override
    public void rmsNorm(Tensor x, Tensor gain, float eps, Tensor out) {
        others.rmsNorm(x, gain, eps, out);
    }

    @Override
    public void rope(Tensor x, int headDim, RopePairs pairs, Tensor cos, Tensor sin) {
        others.rope(x, headDim, pairs, cos, sin);
    }

    @Override
    public void attention(
            Tensor q,
            float[] scale,
            Heads heads,
            KvCache cache,
            int layer,
            Batch batch,
            Tensor out) {
        if (attention.suits(q, heads, cache, out)) {
            attention.attend(q, scale, heads, cache, layer, batch, out);
        } else {
            others.attention(q, scale, heads, cache, layer, batch, out);
        }
    }

    @Override
    public void swiglu(Tensor gate, Tensor up, Tensor out) {
        others.swiglu(gate, up, out);
    }

    @Override
    public void add(Tensor x, Tensor y) {
        others.add(x, y);
    }

    @Override
    public double expSum(float[] values, int count, float max) {
        return others.expSum(values, count, max);
    }

    @Override
    public void close() {
        others.close();
        workers.close();
        arena.close();
    }
}
