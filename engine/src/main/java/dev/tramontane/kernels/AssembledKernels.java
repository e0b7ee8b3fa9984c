package dev.tramontane.kernels;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.KvCache;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;

/// Products of weights, attention and what happens to rows between products, by machine code that
/// our own {@link Assembler} writes at start, for AVX-512 with VNNI or for AVX2; with quantised
/// weights on activations rounded to 8 bits. What it does not suit is {@link VectorKernels}'.
///
/// Both instruction sets give the same results to the bit. The system property {@value #PROPERTY}
/// names one ({@code AVX512_VNNI}, {@code AVX_VNNI} or {@code AVX2}) where the fastest is not
/// wanted, or where AVX-VNNI is, which is not used unasked: no machine of ours has run it yet.
///
/// Rounding activations costs a little exactness (as in every engine of this speed) and no
/// reproducibility: on these kernels, too, a token's result does not depend on its company.
public final class AssembledKernels implements Kernels {
    private static final String PROPERTY = "tramontane.instructions";

    private final InstructionSet set;
    private final Workers workers;
    private final Kernels others;
    private final Arena arena = Arena.ofShared();
    private final AssembledMatmul matmul;
    private final AssembledAttention attention;
    private final AssembledAppend append;
    private final AssembledGather gather;
    private final AssembledLogitPasses.Code logitCode;
    private final AssembledRows rows;

    /// @param threads that compute, the caller's included; at least 1
    /// @param vectors whether `jdk.incubator.vector` is present, for all that is not a product of
    ///   quantised weights; {@link ScalarKernels} do it otherwise
    /// @throws UnsupportedOperationException when this machine cannot run the code; the message
    ///   says why
    public AssembledKernels(int threads, boolean vectors) {
        this(threads, vectors, chosen());
    }

    /// @param set that this machine has
    AssembledKernels(int threads, boolean vectors, InstructionSet set) {
        this.set = set;
        workers = new Workers(threads);
        others = vectors ? new VectorKernels(workers) : new ScalarKernels();
        var routines = new Routines(set, new ExecutableMemory(arena));
        matmul = new AssembledMatmul(workers, routines, arena);
        attention = new AssembledAttention(workers, routines, arena);
        append = new AssembledAppend(workers, routines, arena);
        gather = new AssembledGather(workers, routines, arena);
        logitCode = AssembledLogitPasses.Code.of(routines);
        rows = new AssembledRows(workers, routines, arena);
    }

    /// What this machine has and was asked for.
    ///
    /// @throws UnsupportedOperationException when there is nothing; the message says why
    static InstructionSet chosen() {
        String architecture = System.getProperty("os.arch");
        if (!architecture.equals("amd64") && !architecture.equals("x86_64")) {
            throw new UnsupportedOperationException(
                    "machine code is written for x86-64, not for " + architecture);
        }
        if (System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows")) {
            throw new UnsupportedOperationException(
                    "machine code is not written for Windows' calling convention");
        }
        if (!AssembledKernels.class.getModule().isNativeAccessEnabled()) {
            throw new UnsupportedOperationException(
                    "machine code needs native access: start Java with --enable-native-access=ALL-UNNAMED");
        }
        return choose(CpuFeatures.detect().sets(), System.getProperty(PROPERTY, ""));
    }

    /// @param sets that the processor has, the fastest first
    /// @param wanted name of one, empty for the fastest
    static InstructionSet choose(List<InstructionSet> sets, String wanted) {
        for (InstructionSet set : sets) {
            boolean fits =
                    wanted.isEmpty() ? set != InstructionSet.AVX_VNNI : wanted.equals(set.name());
            if (fits) {
                return set;
            }
        }
        throw new UnsupportedOperationException(
                wanted.isEmpty()
                        ? "this processor has neither AVX-512 VNNI nor AVX2 with FMA and F16C"
                        : "%s is %s, which this processor does not have; it has %s"
                                .formatted(PROPERTY, wanted, sets));
    }

    /// What keeps these kernels from running here; empty where nothing does.
    public static String obstacle() {
        try {
            chosen();
            return "";
        } catch (UnsupportedOperationException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Override
    public String name() {
        return "assembled (%s, %d %s)"
                .formatted(
                        set.words(), workers.count(), workers.count() == 1 ? "thread" : "threads");
    }

    @Override
    public void gatherRows(Tensor table, int[] ids, Tensor out) {
        if (gather.suits(table, out)) {
            gather.gather(table, ids, out);
        } else {
            others.gatherRows(table, ids, out);
        }
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

    @Override
    public void matmulRounded(Tensor x, List<Tensor> weights, List<Tensor> outs) {
        boolean ours = true;
        for (int i = 0; i < weights.size(); i++) {
            ours &= matmul.suitsWords(x, weights.get(i), outs.get(i));
        }
        if (ours) {
            matmul.multiplyWords(x, weights, outs);
        } else {
            matmul(x, weights, outs);
        }
    }

    /// Whether machine code multiplies these, on rounded activations.
    boolean suits(Tensor x, Tensor weight, Tensor out) {
        return matmul.suits(x, weight, out);
    }

    @Override
    public void rmsNorm(Tensor x, Tensor gain, float eps, Tensor out) {
        if (rows.suitsNorm(x, gain, out)) {
            rows.rmsNorm(x, gain, eps, out);
        } else {
            others.rmsNorm(x, gain, eps, out);
        }
    }

    @Override
    public void rope(Tensor x, int headDim, RopePairs pairs, Tensor cos, Tensor sin) {
        if (rows.suitsRope(x, headDim, cos, sin)) {
            rows.rope(x, headDim, pairs, cos, sin);
        } else {
            others.rope(x, headDim, pairs, cos, sin);
        }
    }

    @Override
    public void append(KvCache cache, int layer, Batch batch, Tensor key, Tensor value) {
        if (append.suits(cache, key, value)) {
            append.append(cache, layer, batch, key, value);
        } else {
            others.append(cache, layer, batch, key, value);
        }
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
        if (rows.suitsPair(gate, up, out)) {
            rows.swiglu(gate, up, out);
        } else {
            others.swiglu(gate, up, out);
        }
    }

    @Override
    public void gelu(Tensor x, Tensor out) {
        others.gelu(x, out);
    }

    @Override
    public void mergeSquares(Tensor x, int columns, int side, Tensor out) {
        others.mergeSquares(x, columns, side, out);
    }

    @Override
    public void add(Tensor x, Tensor y) {
        if (rows.suitsPair(x, y, x)) {
            rows.add(x, y);
        } else {
            others.add(x, y);
        }
    }

    @Override
    public LogitPasses logitPasses() {
        return new AssembledLogitPasses(logitCode, arena);
    }

    @Override
    public int threads() {
        return workers.count();
    }

    @Override
    public void share(int tasks, IntConsumer task) {
        workers.run(tasks, task);
    }

    @Override
    public void close() {
        others.close();
        workers.close();
        arena.close();
    }
}
