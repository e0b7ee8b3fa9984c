package dev.tramontane.tensor;

import java.lang.foreign.MemorySegment;

/// `MXFP4`: 32 values in 17 bytes, `value = e2m1(q) · 2^(e − 127)`.
///
/// ```
/// byte  0 | 1 ……………………………………… 16
///       e | q: low nibbles are values 0..15, high nibbles 16..31
/// ```
///
/// A nibble is sign, two bits of exponent and one of fraction: 0, ½, 1, 1½, 2, 3, 4, 6 and their
/// opposites, minus zero read as zero. The levels here are twice that, so that they are whole, and
/// the scale is half. OCP Microscaling Formats 1.0, sections 5.3.3 and 5.4.1; GGUF specification,
/// `block_mxfp4`.
public final class MXFP4 {
    private static final byte[] LEVELS = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

    /// The same in ascending order, for finding the nearest.
    private static final Levels UNEVEN =
            Levels.uneven(new byte[] {-12, -8, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 8, 12});

    private MXFP4() {}

    /// Twice the number that four bits stand for.
    public static int level(int q) {
        return LEVELS[q];
    }

    static void decode(MemorySegment data, long offset, int count, float[] out, int at) {
        for (int block = 0; block < count / 32; block++) {
            long from = offset + 17L * block;
            int to = at + 32 * block;
            float scale = scale(data, from);
            for (int i = 0; i < 16; i++) {
                int nibbles = Blocks.unsignedByte(data, from + 1 + i);
                out[to + i] = scale * LEVELS[nibbles & 15];
                out[to + 16 + i] = scale * LEVELS[nibbles >> 4];
            }
        }
    }

    /// `2^(e − 128)` for the byte e at `at`: half of what E8M0 says. The two least are subnormal;
    /// 255, a NaN in E8M0, is read as 2^127, as ggml does.
    public static float scale(MemorySegment data, long at) {
        int e = Blocks.unsignedByte(data, at);
        return Float.intBitsToFloat(e < 2 ? 0x0020_0000 << e : e - 1 << 23);
    }

    /// Tries the powers of two around the one that the standard asks for, at which the extreme
    /// value lies between the greatest level and twice the greatest power among them, and takes the
    /// best.
    static void encode(float[] values, int at, int count, MemorySegment data, long offset) {
        float[] weights = new float[32];
        for (int block = 0; block < count / 32; block++) {
            int from = at + 32 * block;
            long to = offset + 17L * block;
            ScaleSearch.weights(values, from, 32, weights);
            int standard = Math.getExponent(ScaleSearch.extreme(values, from, 32)) - 2 + 127;
            float least = Float.POSITIVE_INFINITY;
            int best = 0;
            for (int e = Math.max(0, standard - 1); e <= Math.max(0, standard + 1); e++) {
                Blocks.putByte(data, to, e);
                float error = error(values, from, weights, scale(data, to));
                if (error < least) {
                    least = error;
                    best = e;
                }
            }
            Blocks.putByte(data, to, best);
            float inverse = 1 / scale(data, to);
            for (int i = 0; i < 16; i++) {
                int low = nibble(UNEVEN.nearest(values[from + i] * inverse));
                int high = nibble(UNEVEN.nearest(values[from + 16 + i] * inverse));
                Blocks.putByte(data, to + 1 + i, low | high << 4);
            }
        }
    }

    private static float error(float[] values, int at, float[] weights, float scale) {
        float error = 0;
        for (int i = 0; i < 32; i++) {
            float x = values[at + i];
            float off = x - scale * UNEVEN.nearest(x / scale);
            error += weights[i] * off * off;
        }
        return error;
    }

    /// The four bits that stand for a level.
    private static int nibble(int level) {
        int magnitude = 0;
        while (LEVELS[magnitude] < Math.abs(level)) {
            magnitude++;
        }
        return level < 0 ? magnitude | 8 : magnitude;
    }
}
