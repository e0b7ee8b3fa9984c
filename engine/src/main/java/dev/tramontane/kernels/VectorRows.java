package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;
import static dev.tramontane.kernels.Lanes.LITTLE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Operations on one row of activations: vectors straight from and to the tensors' memory, nothing
/// copied and nothing allocated. What is left of a row behind its last whole vector goes value by
/// value, and where that begins depends on the row's length alone.
final class VectorRows {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /// Each value of the lower half of a vector twice.
    private static final VectorShuffle<Float> LOWER_TWICE =
            VectorShuffle.fromOp(F, lane -> lane / 2);

    /// Each value of the upper half of a vector twice.
    private static final VectorShuffle<Float> UPPER_TWICE =
            VectorShuffle.fromOp(F, lane -> (COUNT + lane) / 2);

    /// The two values of each pair in each other's place.
    private static final VectorShuffle<Float> SWAPPED = VectorShuffle.fromOp(F, lane -> lane ^ 1);

    /// −1, 1, −1, 1, …
    private static final float[] SIGNS = signs();

    private static final float SQRT_HALF = (float) Math.sqrt(0.5);

    private VectorRows() {}

    private static float[] signs() {
        float[] signs = new float[COUNT];
        for (int lane = 0; lane < COUNT; lane++) {
            signs[lane] = lane % 2 == 0 ? -1 : 1;
        }
        return signs;
    }

    /// `out[d] = x[d] · gain[d] / √(mean of x² + eps)`.
    static void rmsNorm(
            MemorySegment x,
            long xAt,
            MemorySegment gain,
            int dim,
            float eps,
            MemorySegment out,
            long outAt) {
        float scale = (float) (1 / Math.sqrt(squares(x, xAt, dim) / (double) dim + eps));
        int whole = dim / COUNT * COUNT;
        for (int d = 0; d < whole; d += COUNT) {
            FloatVector.fromMemorySegment(F, x, xAt + 4L * d, LITTLE)
                    .mul(scale)
                    .mul(FloatVector.fromMemorySegment(F, gain, 4L * d, LITTLE))
                    .intoMemorySegment(out, outAt + 4L * d, LITTLE);
        }
        for (int d = whole; d < dim; d++) {
            out.set(
                    FLOAT,
                    outAt + 4L * d,
                    x.get(FLOAT, xAt + 4L * d) * scale * gain.get(FLOAT, 4L * d));
        }
    }

    /// `Σ x²`, every other vector in a sum of its own: one would wait for itself.
    private static float squares(MemorySegment x, long at, int dim) {
        FloatVector even = FloatVector.zero(F);
        FloatVector odd = even;
        int pairs = dim / (2 * COUNT) * (2 * COUNT);
        for (int d = 0; d < pairs; d += 2 * COUNT) {
            FloatVector v = FloatVector.fromMemorySegment(F, x, at + 4L * d, LITTLE);
            FloatVector w = FloatVector.fromMemorySegment(F, x, at + 4L * (d + COUNT), LITTLE);
            even = v.fma(v, even);
            odd = w.fma(w, odd);
        }
        int whole = dim / COUNT * COUNT;
        if (pairs < whole) {
            FloatVector v = FloatVector.fromMemorySegment(F, x, at + 4L * pairs, LITTLE);
            even = v.fma(v, even);
        }
        float rest = 0;
        for (int d = whole; d < dim; d++) {
            float value = x.get(FLOAT, at + 4L * d);
            rest += value * value;
        }
        return Lanes.sum(even.add(odd)) + rest;
    }

    /// Turns elements 2i and 2i + 1 of every head by the angle i; see {@link Kernels#rope}.
    static void rotateInterleaved(
            MemorySegment x,
            long at,
            int cols,
            int headDim,
            MemorySegment cos,
            MemorySegment sin,
            long anglesAt) {
        int half = headDim / 2;
        int whole = half / COUNT * COUNT;
        FloatVector signs = FloatVector.fromArray(F, SIGNS, 0);
        for (int i = 0; i < whole; i += COUNT) {
            FloatVector c = FloatVector.fromMemorySegment(F, cos, anglesAt + 4L * i, LITTLE);
            FloatVector s = FloatVector.fromMemorySegment(F, sin, anglesAt + 4L * i, LITTLE);
            FloatVector lowerCos = c.rearrange(LOWER_TWICE);
            FloatVector upperCos = c.rearrange(UPPER_TWICE);
            FloatVector lowerSin = s.rearrange(LOWER_TWICE).mul(signs);
            FloatVector upperSin = s.rearrange(UPPER_TWICE).mul(signs);
            for (int head = 2 * i; head < cols; head += headDim) {
                long lower = at + 4L * head;
                long upper = lower + 4L * COUNT;
                FloatVector v = FloatVector.fromMemorySegment(F, x, lower, LITTLE);
                FloatVector w = FloatVector.fromMemorySegment(F, x, upper, LITTLE);
                v.mul(lowerCos)
                        .add(v.rearrange(SWAPPED).mul(lowerSin))
                        .intoMemorySegment(x, lower, LITTLE);
                w.mul(upperCos)
                        .add(w.rearrange(SWAPPED).mul(upperSin))
                        .intoMemorySegment(x, upper, LITTLE);
            }
        }
        for (int i = whole; i < half; i++) {
            float c = cos.get(FLOAT, anglesAt + 4L * i);
            float s = sin.get(FLOAT, anglesAt + 4L * i);
            for (int head = 0; head < cols; head += headDim) {
                turn(x, at + 4L * (head + 2 * i), at + 4L * (head + 2 * i + 1), c, s);
            }
        }
    }

    /// Turns elements i and i + headDim / 2 of every head by the angle i.
    static void rotateSplitHalf(
            MemorySegment x,
            long at,
            int cols,
            int headDim,
            MemorySegment cos,
            MemorySegment sin,
            long anglesAt) {
        int half = headDim / 2;
        int whole = half / COUNT * COUNT;
        for (int i = 0; i < whole; i += COUNT) {
            FloatVector c = FloatVector.fromMemorySegment(F, cos, anglesAt + 4L * i, LITTLE);
            FloatVector s = FloatVector.fromMemorySegment(F, sin, anglesAt + 4L * i, LITTLE);
            for (int head = i; head < cols; head += headDim) {
                long first = at + 4L * head;
                long second = first + 4L * half;
                FloatVector a = FloatVector.fromMemorySegment(F, x, first, LITTLE);
                FloatVector b = FloatVector.fromMemorySegment(F, x, second, LITTLE);
                a.mul(c).sub(b.mul(s)).intoMemorySegment(x, first, LITTLE);
                b.mul(c).add(a.mul(s)).intoMemorySegment(x, second, LITTLE);
            }
        }
        for (int i = whole; i < half; i++) {
            float c = cos.get(FLOAT, anglesAt + 4L * i);
            float s = sin.get(FLOAT, anglesAt + 4L * i);
            for (int head = i; head < cols; head += headDim) {
                turn(x, at + 4L * head, at + 4L * (head + half), c, s);
            }
        }
    }

    private static void turn(MemorySegment x, long first, long second, float cos, float sin) {
        float a = x.get(FLOAT, first);
        float b = x.get(FLOAT, second);
        x.set(FLOAT, first, a * cos - b * sin);
        x.set(FLOAT, second, b * cos + a * sin);
    }

    /// `out[d] = silu(gate[d]) · up[d]` for `count` columns, which lie at the same place in all
    /// three.
    static void swiglu(
            MemorySegment gate, MemorySegment up, MemorySegment out, long at, int count) {
        int whole = count / COUNT * COUNT;
        for (int d = 0; d < whole; d += COUNT) {
            FloatVector z = FloatVector.fromMemorySegment(F, gate, at + 4L * d, LITTLE);
            z.div(Lanes.exp(z.neg()).add(1))
                    .mul(FloatVector.fromMemorySegment(F, up, at + 4L * d, LITTLE))
                    .intoMemorySegment(out, at + 4L * d, LITTLE);
        }
        for (int d = whole; d < count; d++) {
            float z = gate.get(FLOAT, at + 4L * d);
            float silu = (float) (z / (1 + Math.exp(-z)));
            out.set(FLOAT, at + 4L * d, silu * up.get(FLOAT, at + 4L * d));
        }
    }

    /// `out[d] = x[d] · Φ(x[d])` for `count` columns, which lie at the same place in both.
    static void gelu(MemorySegment x, MemorySegment out, long at, int count) {
        int whole = count / COUNT * COUNT;
        for (int d = 0; d < whole; d += COUNT) {
            FloatVector z = FloatVector.fromMemorySegment(F, x, at + 4L * d, LITTLE);
            z.mul(Lanes.erf(z.mul(SQRT_HALF)).add(1))
                    .mul(0.5f)
                    .intoMemorySegment(out, at + 4L * d, LITTLE);
        }
        if (whole < count) {
            float[] rest = new float[COUNT];
            MemorySegment.copy(x, FLOAT, at + 4L * whole, rest, 0, count - whole);
            FloatVector z = FloatVector.fromArray(F, rest, 0);
            z.mul(Lanes.erf(z.mul(SQRT_HALF)).add(1)).mul(0.5f).intoArray(rest, 0);
            MemorySegment.copy(rest, 0, out, FLOAT, at + 4L * whole, count - whole);
        }
    }
}
