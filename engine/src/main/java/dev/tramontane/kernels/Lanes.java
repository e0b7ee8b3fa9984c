package dev.tramontane.kernels;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/// The one vector shape a process computes in, and the few things said in it everywhere.
///
/// Nothing here leaves an order to the compiler: `reduceLanes` may add differently once compiled,
/// so sums over lanes are spelled out, and a result is the same in the first second and the last.
public final class Lanes {
    public static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;

    /// Float lanes: the machine's widest, or as many bits as the property `tramontane.vectorBits`
    /// says (tests compute wider vectors than their machine has, slowly).
    public static final VectorSpecies<Float> F = species();

    /// Float lanes in a vector.
    public static final int COUNT = F.length();

    /// Int lanes of the same shape.
    public static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());

    /// As many 16-bit lanes as float lanes.
    static final VectorSpecies<Short> S =
            VectorSpecies.of(short.class, VectorShape.forBitSize(16 * COUNT));

    /// As many 8-bit lanes as float lanes, eight at least.
    static final VectorSpecies<Byte> B =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * COUNT)));

    /// How far a load of {@link #COUNT} bytes reads beyond them: there is no vector of four.
    static final int BYTES_BEYOND = B.length() - COUNT;

    /// 1.5 · 2²³: adding it leaves no fraction bits, so the sum is rounded to an integer.
    private static final float ROUNDING = 0x1.8p23f;

    private static final float LOG2_E = (float) (1 / Math.log(2));

    /// ln 2, whose first part has few enough bits for `n` times it to be exact.
    private static final float LN_2_HIGH = 0x1.63p-1f;

    private static final float LN_2_LOW = (float) (Math.log(2) - LN_2_HIGH);

    /// Below it e^x is subnormal.
    private static final float LEAST_EXPONENT = -87.33f;

    private static final VectorShuffle<Float> FROM_8 = rotation(8);
    private static final VectorShuffle<Float> FROM_4 = rotation(4);
    private static final VectorShuffle<Float> FROM_2 = rotation(2);
    private static final VectorShuffle<Float> FROM_1 = rotation(1);

    private Lanes() {}

    private static VectorSpecies<Float> species() {
        int bits = Integer.getInteger("tramontane.vectorBits", 0);
        return bits == 0
                ? FloatVector.SPECIES_PREFERRED
                : VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
    }

    private static VectorShuffle<Float> rotation(int lanes) {
        return VectorShuffle.fromOp(F, lane -> (lane + lanes) % COUNT);
    }

    /// `count` rounded up to whole groups of 32, which are whole vectors in any shape.
    static int padded(int count) {
        return (count + 31) / 32 * 32;
    }

    /// The sum of all lanes, halves added to halves.
    public static float sum(FloatVector v) {
        FloatVector s = v;
        if (COUNT >= 16) {
            s = s.add(s.rearrange(FROM_8));
        }
        if (COUNT >= 8) {
            s = s.add(s.rearrange(FROM_4));
        }
        s = s.add(s.rearrange(FROM_2));
        s = s.add(s.rearrange(FROM_1));
        return s.lane(0);
    }

    /// {@link #COUNT} unsigned bytes as ints.
    static IntVector unsignedBytes(MemorySegment data, long at) {
        return (IntVector)
                ByteVector.fromMemorySegment(B, data, at, LITTLE)
                        .convertShape(VectorOperators.ZERO_EXTEND_B2I, I, 0);
    }

    /// {@link #COUNT} signed bytes as floats.
    static FloatVector signedBytes(MemorySegment data, long at) {
        return (FloatVector)
                ByteVector.fromMemorySegment(B, data, at, LITTLE)
                        .convertShape(VectorOperators.B2F, F, 0);
    }

    /// The numbers of the lanes: 0, 1, 2, ….
    static IntVector numbers() {
        return IntVector.zero(I).addIndex(1);
    }

    /// Bit `n` of `bits` as the fifth bit of lane `n`, for up to sixteen lanes.
    ///
    /// @param lanes {@link #numbers}
    static IntVector fifthBits(int bits, IntVector lanes) {
        return IntVector.broadcast(I, bits << 4).lanewise(VectorOperators.LSHR, lanes).and(16);
    }

    /// A table of sixteen levels for {@link #lookUp}.
    static int[] table(IntUnaryOperator level) {
        return IntStream.range(0, 16).map(level).toArray();
    }

    /// The levels from the first on.
    static IntVector firstOf(int[] table) {
        return IntVector.fromArray(I, table, 0);
    }

    /// The levels up to the last: the same vector as the first where one holds all sixteen.
    static IntVector lastOf(int[] table) {
        return IntVector.fromArray(I, table, 16 - COUNT);
    }

    /// Whether {@link #lookUp} works here.
    static final boolean TABLES_FIT = COUNT >= 8;

    /// The levels that four bits choose, from a table in one vector or in two.
    static IntVector lookUp(IntVector q, IntVector first, IntVector last) {
        if (COUNT == 16) {
            return q.selectFrom(first);
        }
        return q.selectFrom(first).blend(q.selectFrom(last), q.compare(VectorOperators.GE, 8));
    }

    static FloatVector floats(IntVector values) {
        return (FloatVector) values.convertShape(VectorOperators.I2F, F, 0);
    }

    /// {@link #COUNT} bfloat16 values, widened.
    static FloatVector bfloats(MemorySegment data, long at) {
        return ((IntVector)
                        ShortVector.fromMemorySegment(S, data, at, LITTLE)
                                .convertShape(VectorOperators.ZERO_EXTEND_S2I, I, 0))
                .lanewise(VectorOperators.LSHL, 16)
                .reinterpretAsFloats();
    }

    /// {@link #COUNT} binary16 values, widened. The exponent is re-biased by a multiplication,
    /// which puts subnormals right as well; infinities and NaNs get the exponent they lack.
    static FloatVector halves(MemorySegment data, long at) {
        IntVector bits =
                (IntVector)
                        ShortVector.fromMemorySegment(S, data, at, LITTLE)
                                .convertShape(VectorOperators.ZERO_EXTEND_S2I, I, 0);
        IntVector magnitude = bits.and(0x7FFF);
        IntVector widened =
                magnitude
                        .lanewise(VectorOperators.LSHL, 13)
                        .reinterpretAsFloats()
                        .mul(0x1p112f)
                        .reinterpretAsInts();
        widened =
                widened.blend(
                        widened.or(0x7F800000), magnitude.compare(VectorOperators.GE, 0x7C00));
        return widened.or(bits.and(0x8000).lanewise(VectorOperators.LSHL, 16))
                .reinterpretAsFloats();
    }

    /// {@link #COUNT} values of {@link dev.tramontane.tensor.DType#F8_E4M3}, widened: its sign,
    /// exponent and fraction are put in place at once, since a byte's sign fills the int before it,
    /// and the exponent is re-biased by a multiplication.
    static FloatVector quarters(MemorySegment data, long at) {
        IntVector bits =
                (IntVector)
                        ByteVector.fromMemorySegment(B, data, at, LITTLE)
                                .convertShape(VectorOperators.B2I, I, 0);
        return bits.lanewise(VectorOperators.LSHL, 20)
                .and(0x87F00000)
                .reinterpretAsFloats()
                .mul(0x1p120f)
                .reinterpretAsInts()
                .blend(0x7FC00000, bits.and(0x7F).compare(VectorOperators.EQ, 0x7F))
                .reinterpretAsFloats();
    }

    /// e^x to about one unit in the last place; 0 where the result would be subnormal.
    ///
    /// `e^x = 2^n · e^r` with `n` the nearest integer to `x / ln 2` and `|r| ≤ ln 2 / 2`, `ln 2` in
    /// two parts (Cody and Waite), `e^r` by its Taylor polynomial of degree 7.
    public static FloatVector exp(FloatVector x) {
        FloatVector clamped = x.max(LEAST_EXPONENT).min(88.37f);
        FloatVector shifted = clamped.mul(LOG2_E).add(ROUNDING);
        FloatVector n = shifted.sub(ROUNDING);
        FloatVector r = n.lanewise(VectorOperators.FMA, -LN_2_HIGH, clamped);
        r = n.lanewise(VectorOperators.FMA, -LN_2_LOW, r);
        FloatVector p = FloatVector.broadcast(F, 1f / 5040);
        p = p.lanewise(VectorOperators.FMA, r, FloatVector.broadcast(F, 1f / 720));
        p = p.lanewise(VectorOperators.FMA, r, FloatVector.broadcast(F, 1f / 120));
        p = p.lanewise(VectorOperators.FMA, r, FloatVector.broadcast(F, 1f / 24));
        p = p.lanewise(VectorOperators.FMA, r, FloatVector.broadcast(F, 1f / 6));
        p = p.lanewise(VectorOperators.FMA, r, FloatVector.broadcast(F, 0.5f));
        p = p.lanewise(VectorOperators.FMA, r, FloatVector.broadcast(F, 1f));
        p = p.lanewise(VectorOperators.FMA, r, FloatVector.broadcast(F, 1f));
        IntVector exponent = (IntVector) n.convertShape(VectorOperators.F2I, I, 0);
        FloatVector power =
                exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
        return p.mul(power).blend(0f, x.compare(VectorOperators.LT, LEAST_EXPONENT));
    }

    /// erf(x) to 2 · 10⁻⁷: `1 − (a₁t + … + a₅t⁵) · e^−x²` with `t = 1 / (1 + p·|x|)`, and the sign
    /// of x (Abramowitz and Stegun 1964, 7.1.26).
    static FloatVector erf(FloatVector x) {
        FloatVector magnitude = x.abs();
        FloatVector one = FloatVector.broadcast(F, 1f);
        FloatVector t = one.div(magnitude.mul(0.3275911f).add(1f));
        FloatVector p = FloatVector.broadcast(F, (float) 1.061405429);
        p = p.lanewise(VectorOperators.FMA, t, FloatVector.broadcast(F, (float) -1.453152027));
        p = p.lanewise(VectorOperators.FMA, t, FloatVector.broadcast(F, (float) 1.421413741));
        p = p.lanewise(VectorOperators.FMA, t, FloatVector.broadcast(F, (float) -0.284496736));
        p = p.lanewise(VectorOperators.FMA, t, FloatVector.broadcast(F, (float) 0.254829592));
        FloatVector rest = p.mul(t).mul(exp(magnitude.mul(magnitude).neg()));
        FloatVector erf = one.sub(rest);
        return erf.blend(erf.neg(), x.compare(VectorOperators.LT, 0f));
    }
}
