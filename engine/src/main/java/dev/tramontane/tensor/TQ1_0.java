package dev.tramontane.tensor;

import java.lang.foreign.MemorySegment;

/// `TQ1_0`: 256 values of −d, 0 or d in 54 bytes, five to a byte.
///
/// ```
/// byte  0 ……………………… 31 | 32 ……………………… 47 | 48 …… 51        | 52 53
///       values 0..159  | values 160..239 | values 240..255 | d
/// ```
///
/// A byte is a fraction of 256 in base three, its first digit the value's that comes first: digit n
/// is the whole part of `3 · (byte · 3ⁿ mod 256) / 256`, and the value `(digit − 1) · d`. Digit n
/// of byte m of a part of w bytes is value `n · w + m` of that part; the last part uses four digits
/// of five. `d` is a binary16. GGUF specification, `block_tq1_0`.
public final class TQ1_0 {
    private static final Levels LEVELS = Levels.even(-1, 1);

    private TQ1_0() {}

    static void decode(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int block = 0; block < count / 256; block++) {
            long from = offset + 54L * block;
            int to = at + 256 * block;
            float d = Blocks.half(data, from + 52);
            part(data, from, 32, 5, d, out, to);
            part(data, from + 32, 16, 5, d, out, to + 160);
            part(data, from + 48, 4, 4, d, out, to + 240);
        }
    }

    private static void part(
            MemorySegment data, long from, int width, int digits, float d, float[] out, int to) {
        int power = 1;
        for (int n = 0; n < digits; n++) {
            for (int m = 0; m < width; m++) {
                int fraction = Blocks.unsignedByte(data, from + m) * power & 0xFF;
                out[to + n * width + m] = d * ((3 * fraction >> 8) - 1);
            }
            power *= 3;
        }
    }

    static void encode(float[] values, int at, int count, MemorySegment data, long offset) {
        float[] weights = new float[256];
        for (int block = 0; block < count / 256; block++) {
            int from = at + 256 * block;
            long to = offset + 54L * block;
            ScaleSearch.weights(values, from, 256, weights);
            float scale = ScaleSearch.symmetric(values, from, 256, weights, LEVELS);
            float inverse = ScaleSearch.inverse(Blocks.putHalf(data, to + 52, scale));
            putPart(values, from, inverse, 32, 5, data, to);
            putPart(values, from + 160, inverse, 16, 5, data, to + 32);
            putPart(values, from + 240, inverse, 4, 4, data, to + 48);
        }
    }

    private static void putPart(
            float[] values,
            int from,
            float inverse,
            int width,
            int digits,
            MemorySegment data,
            long to) {
        for (int m = 0; m < width; m++) {
            int number = 0;
            for (int n = 0; n < 5; n++) {
                int digit =
                        n < digits ? 1 + LEVELS.nearest(values[from + n * width + m] * inverse) : 0;
                number = 3 * number + digit;
            }
            // Rounded up, so that the whole parts of its multiples are the digits.
            Blocks.putByte(data, to + m, (256 * number + 242) / 243);
        }
    }
}
