package dev.tramontane.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Values of a sign, four bits of exponent and three of fraction; not in GGUF, and in safetensors
/// never without {@link Scales}.
///
/// ```
/// bit 7        sign
/// bits 3 to 6  exponent e
/// bits 0 to 2  fraction f
/// value        (1 + f / 8) · 2^(e − 7), for e = 0 f / 8 · 2^−6; e = 15 with f = 7 is no number
/// ```
///
/// Micikevicius et al. 2022, table 1: there are no infinities, and the largest value is 448.
final class F8E4M3 {
    private static final int NO_NUMBER = 0x7F;
    private static final int LARGEST = 0x7E;

    /// Below it a binary32 becomes a value with the exponent zero: a multiple of 2^−9.
    private static final float LEAST_NORMAL = 0x1p-6f;

    /// What the exponents of binary32 and of this type differ by, at the place of the exponent.
    private static final int REBIAS = 127 - 7 << 3;

    private F8E4M3() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int i = 0; i < count; i++) {
            out[at + i] = value(data.get(ValueLayout.JAVA_BYTE, offset + i));
        }
    }

    /// Exponent and fraction are moved to their places in a binary32, whose exponent is then too
    /// small by 120; the multiplication puts that right, for values with the exponent zero as well.
    private static float value(byte bits) {
        int magnitude = bits & 0x7F;
        float value =
                magnitude == NO_NUMBER
                        ? Float.NaN
                        : Float.intBitsToFloat(magnitude << 20) * 0x1p120f;
        return bits < 0 ? -value : value;
    }

    static void encode(float[] values, int at, int count, MemorySegment data, long offset) {
        for (int i = 0; i < count; i++) {
            Blocks.putByte(data, offset + i, bits(values[at + i]));
        }
    }

    /// The nearest value's bits, ties to even; what is too large becomes the largest.
    private static int bits(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 24 & 0x80;
        float size = Math.abs(value);
        if (Float.isNaN(size)) {
            return sign | NO_NUMBER;
        }
        if (size < LEAST_NORMAL) {
            return sign | (int) Math.rint(size * 0x1p9);
        }
        int rounded = (bits & Integer.MAX_VALUE) + 0x7FFFF + (bits >>> 20 & 1) >>> 20;
        return sign | Math.min(rounded - REBIAS, LARGEST);
    }
}
