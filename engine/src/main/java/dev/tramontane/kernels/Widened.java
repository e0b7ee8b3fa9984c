package dev.tramontane.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Small numbers of blocks as floats, by ways that keep the units busiest with it free.
///
/// Scales are looked up: a float in memory becomes a vector of equal lanes while it is loaded,
/// where one that was computed must first cross from one file of registers to the other, and that
/// is done by the unit that widens bytes. On AVX-512 the table took a third off a product of Q4_0.
///
/// Nibbles are made fractions in place: below 2²⁴ a float from 2²³ on has its integer in its lowest
/// bits, so `OR` with the bits of 2²³ and a subtraction do what a conversion and a subtraction do,
/// and a nibble four bits further up needs no shift, only 2¹⁹ instead.
final class Widened {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(Lanes.LITTLE);

    /// Every binary16, 256 KB, of which a model's scales use some.
    static final float[] HALVES = new float[1 << 16];

    /// The unsigned number of a byte.
    static final float[] BYTES = new float[1 << 8];

    /// The signed one.
    static final float[] SIGNED_BYTES = new float[1 << 8];

    static {
        for (int i = 0; i < HALVES.length; i++) {
            HALVES[i] = Float.float16ToFloat((short) i);
        }
        for (int i = 0; i < BYTES.length; i++) {
            BYTES[i] = i;
            SIGNED_BYTES[i] = (byte) i;
        }
    }

    /// What a low nibble becomes when it is `OR`ed to {@link #LOW_IN_PLACE}: this, and itself.
    static final float LOW_ORIGIN = 0x1p23f;

    static final int LOW_IN_PLACE = Float.floatToRawIntBits(LOW_ORIGIN);

    /// The same for a high nibble in its place.
    static final float HIGH_ORIGIN = 0x1p19f;

    static final int HIGH_IN_PLACE = Float.floatToRawIntBits(HIGH_ORIGIN);

    private Widened() {}

    /// The binary16 at byte `at`.
    static float half(MemorySegment data, long at) {
        return HALVES[data.get(SHORT, at) & 0xFFFF];
    }

    /// The lowest eight bits as an unsigned number.
    static float unsignedByte(int bits) {
        return BYTES[bits & 0xFF];
    }

    /// Bits 0 to 3 of each lane, less `zero`.
    static FloatVector lowNibbles(IntVector bytes, int zero) {
        return bytes.and(15).or(LOW_IN_PLACE).reinterpretAsFloats().sub(LOW_ORIGIN + zero);
    }

    /// Bits 4 to 7 of each lane, less `zero`.
    static FloatVector highNibbles(IntVector bytes, int zero) {
        return bytes.and(0xF0).or(HIGH_IN_PLACE).reinterpretAsFloats().sub(HIGH_ORIGIN + zero);
    }
}
