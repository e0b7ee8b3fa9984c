package dev.tramontane.kernels;

import dev.tramontane.tensor.DType;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;

/// Calls the inner loops through method handles that the compiler cannot see through, so that each
/// is compiled by itself.
///
/// Left to itself the compiler inlines a hot loop into its caller, runs out of its budget of nodes
/// half way, and from then on allocates a vector object for every operation: a thousandfold
/// collapse, for the life of the process (docs/log). An element of an array is no constant to it,
/// and a call through such a handle costs a few nanoseconds against the hundreds of a row.
@SuppressWarnings("EnumOrdinal") // an index into our own table, never kept
final class Standalone {
    private static final MethodHandle[] DECODE =
            forEachType(
                    "decode",
                    MethodType.methodType(
                            void.class,
                            MemorySegment.class,
                            long.class,
                            int.class,
                            float[].class,
                            int.class,
                            int.class));
    private static final MethodHandle[] DOT =
            forEachType(
                    "dot",
                    MethodType.methodType(
                            float.class,
                            MemorySegment.class,
                            long.class,
                            float[].class,
                            int.class,
                            int.class));
    private static final MethodHandle[] DOT_PAIR = {
        find(
                VectorQ4_0.class,
                "dotPair",
                MethodType.methodType(
                        void.class,
                        MemorySegment.class,
                        long.class,
                        long.class,
                        float[].class,
                        int.class,
                        int.class,
                        float[].class,
                        int.class))
    };
    private static final MethodHandle[] DOT_SQUARES = {
        find(
                VectorFloats.class,
                "dotSquares",
                MethodType.methodType(
                        float.class,
                        MemorySegment.class,
                        long.class,
                        float[].class,
                        int.class,
                        int.class,
                        float[].class,
                        int.class))
    };
    private static final MethodType TILE_OF_TOKENS =
            MethodType.methodType(
                    void.class,
                    MemorySegment.class,
                    long.class,
                    MemorySegment.class,
                    long.class,
                    int.class,
                    float[].class,
                    int.class);
    private static final MethodHandle[] TILES = {
        find(VectorTile.class, "three", TILE_OF_TOKENS),
        find(VectorTile.class, "six", TILE_OF_TOKENS)
    };
    private static final MethodHandle[] INTERLEAVE = {
        find(
                VectorTile.class,
                "interleave",
                MethodType.methodType(
                        void.class,
                        float[].class,
                        int.class,
                        int.class,
                        MemorySegment.class,
                        long.class,
                        int.class))
    };
    private static final MethodHandle[] TOTAL = {
        find(
                VectorTile.class,
                "total",
                MethodType.methodType(
                        void.class,
                        float[].class,
                        int.class,
                        int.class,
                        float[].class,
                        float[].class,
                        int.class,
                        int.class))
    };
    private static final MethodHandle[] RMS_NORM = {
        find(
                VectorRows.class,
                "rmsNorm",
                MethodType.methodType(
                        void.class,
                        MemorySegment.class,
                        long.class,
                        MemorySegment.class,
                        int.class,
                        float.class,
                        MemorySegment.class,
                        long.class))
    };
    private static final MethodType ROTATION =
            MethodType.methodType(
                    void.class,
                    MemorySegment.class,
                    long.class,
                    int.class,
                    int.class,
                    MemorySegment.class,
                    MemorySegment.class,
                    long.class);
    private static final MethodHandle[] ROTATE = {
        find(VectorRows.class, "rotateInterleaved", ROTATION),
        find(VectorRows.class, "rotateSplitHalf", ROTATION)
    };
    private static final MethodHandle[] SWIGLU = {
        find(
                VectorRows.class,
                "swiglu",
                MethodType.methodType(
                        void.class,
                        MemorySegment.class,
                        MemorySegment.class,
                        MemorySegment.class,
                        long.class,
                        int.class))
    };
    private static final MethodHandle[] GELU = {
        find(
                VectorRows.class,
                "gelu",
                MethodType.methodType(
                        void.class,
                        MemorySegment.class,
                        MemorySegment.class,
                        long.class,
                        int.class))
    };
    private static final MethodHandle[] SCORES = {
        find(
                AttentionBlock.class,
                "scores",
                MethodType.methodType(
                        void.class,
                        float[].class,
                        int.class,
                        int.class,
                        float[].class,
                        int.class,
                        float[].class))
    };
    private static final MethodHandle[] RENORMALISE = {
        find(
                AttentionBlock.class,
                "renormalise",
                MethodType.methodType(
                        void.class,
                        float[].class,
                        int.class,
                        int.class,
                        int.class,
                        float[].class,
                        float[].class,
                        float[].class,
                        int.class))
    };
    private static final MethodHandle[] GATHER = {
        find(
                AttentionBlock.class,
                "gather",
                MethodType.methodType(
                        void.class,
                        float[].class,
                        int.class,
                        int.class,
                        float[].class,
                        int.class,
                        int.class,
                        int.class,
                        float[].class))
    };

    private Standalone() {}

    /// Decodes `count` values, whole groups of 32, from byte `offset` on.
    static void decode(
            DType type, MemorySegment data, long offset, int count, float[] out, int at, int half) {
        try {
            DECODE[type.ordinal()].invokeExact(data, offset, count, out, at, half);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /// The row at byte `offset` times one vector of activations, which lies from `xAt` on.
    static float dot(DType type, MemorySegment data, long offset, float[] x, int xAt, int cols) {
        try {
            return (float) DOT[type.ordinal()].invokeExact(data, offset, x, xAt, cols);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /// See {@link VectorQ4_0#dotPair}.
    static void dotPair(
            MemorySegment data,
            long offset,
            long other,
            float[] x,
            int xAt,
            int cols,
            float[] sums,
            int sumsAt) {
        try {
            DOT_PAIR[0].invokeExact(data, offset, other, x, xAt, cols, sums, sumsAt);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /// See {@link VectorFloats#dotSquares}.
    static float dotSquares(
            MemorySegment data,
            long offset,
            float[] x,
            int xAt,
            int cols,
            float[] factors,
            int factorsAt) {
        try {
            return (float)
                    DOT_SQUARES[0].invokeExact(data, offset, x, xAt, cols, factors, factorsAt);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /// See {@link VectorTile#three} and {@link VectorTile#six}.
    static void tile(
            int tokens,
            MemorySegment w,
            long wAt,
            MemorySegment x,
            long xAt,
            int steps,
            float[] sums,
            int sumsAt) {
        try {
            TILES[tokens / VectorTile.MANY].invokeExact(w, wAt, x, xAt, steps, sums, sumsAt);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /// See {@link VectorTile#interleave}.
    static void interleave(float[] row, int at, int count, MemorySegment to, long toAt, int width) {
        try {
            INTERLEAVE[0].invokeExact(row, at, count, to, toAt, width);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /// See {@link VectorTile#total}.
    static void total(
            float[] sums,
            int sumsAt,
            int tokens,
            float[] lanes,
            float[] results,
            int at,
            int stride) {
        try {
            TOTAL[0].invokeExact(sums, sumsAt, tokens, lanes, results, at, stride);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /// See {@link VectorRows#rmsNorm}.
    static void rmsNorm(
            MemorySegment x,
            long xAt,
            MemorySegment gain,
            int dim,
            float eps,
            MemorySegment out,
            long outAt) {
        try {
            RMS_NORM[0].invokeExact(x, xAt, gain, dim, eps, out, outAt);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /// See {@link VectorRows}.
    static void rotate(
            Kernels.RopePairs pairs,
            MemorySegment x,
            long at,
            int cols,
            int headDim,
            MemorySegment cos,
            MemorySegment sin,
            long anglesAt) {
        try {
            ROTATE[pairs.ordinal()].invokeExact(x, at, cols, headDim, cos, sin, anglesAt);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /// See {@link VectorRows#swiglu}.
    static void swiglu(
            MemorySegment gate, MemorySegment up, MemorySegment out, long at, int count) {
        try {
            SWIGLU[0].invokeExact(gate, up, out, at, count);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /// See {@link VectorRows#gelu}.
    static void gelu(MemorySegment x, MemorySegment out, long at, int count) {
        try {
            GELU[0].invokeExact(x, out, at, count);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /// See {@link AttentionBlock#scores}.
    static void scores(
            float[] query, int first, int second, float[] keys, int headDim, float[] scores) {
        try {
            SCORES[0].invokeExact(query, first, second, keys, headDim, scores);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /// See {@link AttentionBlock#renormalise}.
    static void renormalise(
            float[] scores,
            int row,
            int from,
            int to,
            float[] max,
            float[] sum,
            float[] gathered,
            int headDim) {
        try {
            RENORMALISE[0].invokeExact(scores, row, from, to, max, sum, gathered, headDim);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /// See {@link AttentionBlock#gather}.
    static void gather(
            float[] weights,
            int first,
            int second,
            float[] values,
            int from,
            int to,
            int headDim,
            float[] gathered) {
        try {
            GATHER[0].invokeExact(weights, first, second, values, from, to, headDim, gathered);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    private static MethodHandle[] forEachType(String operation, MethodType signature) {
        return Arrays.stream(DType.values())
                .map(
                        type ->
                                switch (type) {
                                    case F32, F16, BF16, F8_E4M3 ->
                                            find(
                                                    VectorFloats.class,
                                                    operation + type.name(),
                                                    signature);
                                    case Q4_0 -> find(VectorQ4_0.class, operation, signature);
                                    case Q4_1 -> find(VectorQ4_1.class, operation, signature);
                                    case Q5_0 -> find(VectorQ5_0.class, operation, signature);
                                    case Q5_1 -> find(VectorQ5_1.class, operation, signature);
                                    case Q8_0 -> find(VectorQ8_0.class, operation, signature);
                                    case Q2_K -> find(VectorQ2K.class, operation, signature);
                                    case Q3_K -> find(VectorQ3K.class, operation, signature);
                                    case Q4_K -> find(VectorQ4K.class, operation, signature);
                                    case Q5_K -> find(VectorQ5K.class, operation, signature);
                                    case Q6_K -> find(VectorQ6K.class, operation, signature);
                                    case IQ4_NL -> find(VectorIQ4NL.class, operation, signature);
                                    case IQ4_XS -> find(VectorIQ4XS.class, operation, signature);
                                    case TQ1_0 -> find(VectorTQ1_0.class, operation, signature);
                                    case TQ2_0 -> find(VectorTQ2_0.class, operation, signature);
                                    case MXFP4 -> find(VectorMXFP4.class, operation, signature);
                                })
                .toArray(MethodHandle[]::new);
    }

    private static MethodHandle find(Class<?> owner, String method, MethodType signature) {
        try {
            return MethodHandles.lookup().findStatic(owner, method, signature);
        } catch (NoSuchMethodException | IllegalAccessException e) {
            throw new LinkageError(owner.getSimpleName() + "." + method + " is missing", e);
        }
    }

    private static RuntimeException unchecked(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException thrown ? thrown : new IllegalStateException(e);
    }
}
