package dev.tramontane.cache;

import static dev.tramontane.cache.KvCache.BLOCK_SIZE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// How a block of the cache lies in memory: for each key head its keys, then its values, so that
/// attention, which goes head by head, reads one stretch.
///
/// ```
/// block        [kvHeads] of
///   keys       [headDim][BLOCK_SIZE]   turned: a query meets as many positions as a vector has lanes
///   values     [BLOCK_SIZE][headDim]
/// ```
///
/// In `Q8_0` an element is a signed byte, and 32 elements of one key or value share a binary16
/// factor, as in {@link dev.tramontane.tensor.Q8_0}; the factors follow the bytes, keys' as
/// `[headDim / 32][BLOCK_SIZE]`, values' as `[BLOCK_SIZE][headDim / 32]`. `F16` holds no more than
/// ±65504: what is greater is stored as that.
///
/// @param type of the elements
/// @param kvHeads key heads
/// @param headDim elements of a key, and of a value; in `Q8_0` a multiple of 32
public record CacheFormat(CacheType type, int kvHeads, int headDim) {
    /// The greatest binary16, which is stored in place of anything greater.
    public static final float MOST_HALF = 65504;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final int RUN = 32;

    public CacheFormat {
        if (kvHeads <= 0 || headDim <= 0) {
            throw new IllegalArgumentException(kvHeads + " key heads of " + headDim + " values");
        }
        if (type == CacheType.Q8_0 && headDim % RUN != 0) {
            throw new IllegalArgumentException(
                    "cache type Q8_0: the model's heads have %d values, expected a multiple of %d; choose F16"
                            .formatted(headDim, RUN));
        }
    }

    /// Values in a token's keys, and in its values.
    public int kvDim() {
        return kvHeads * headDim;
    }

    /// Bytes of a block's keys of one head, and of its values.
    public long keysBytes() {
        long elements = (long) headDim * BLOCK_SIZE;
        return switch (type) {
            case F32 -> 4 * elements;
            case F16, BF16 -> 2 * elements;
            case Q8_0 -> elements + elements / RUN * Short.BYTES;
        };
    }

    /// Bytes of a block's keys and values of one head.
    public long headBytes() {
        return 2 * keysBytes();
    }

    /// Bytes of a block: its keys and values of all heads.
    public long blockBytes() {
        return kvHeads * headBytes();
    }

    /// A row of keys or values as its elements are stored, where they have 16 bits.
    ///
    /// @param out `short[kvDim]`
    void encode(float[] row, short[] out) {
        switch (type) {
            case F16 -> {
                for (int i = 0; i < out.length; i++) {
                    float held = Math.max(-MOST_HALF, Math.min(MOST_HALF, row[i]));
                    out[i] = Float.floatToFloat16(held);
                }
            }
            case BF16 -> {
                for (int i = 0; i < out.length; i++) {
                    out[i] = bfloat16(row[i]);
                }
            }
            case F32, Q8_0 -> {}
        }
    }

    /// Stores a position's key.
    ///
    /// @param at byte of the head's part of the block
    /// @param position within the block
    /// @param row `float[kvDim]` whose elements from `from` on are the key
    /// @param encoded the same by {@link #encode}
    void writeKey(
            MemorySegment data, long at, int position, float[] row, short[] encoded, int from) {
        switch (type) {
            case F32 -> {
                for (int d = 0; d < headDim; d++) {
                    data.set(FLOAT, at + 4L * (position + d * BLOCK_SIZE), row[from + d]);
                }
            }
            case F16, BF16 -> {
                for (int d = 0; d < headDim; d++) {
                    data.set(SHORT, at + 2L * (position + d * BLOCK_SIZE), encoded[from + d]);
                }
            }
            case Q8_0 -> writeBytes(data, at, position, BLOCK_SIZE, position, row, from);
        }
    }

    /// Stores a position's value, as {@link #writeKey}.
    void writeValue(
            MemorySegment data, long at, int position, float[] row, short[] encoded, int from) {
        long values = at + keysBytes();
        long first = (long) position * headDim;
        switch (type) {
            case F32 -> MemorySegment.copy(row, from, data, FLOAT, values + 4 * first, headDim);
            case F16, BF16 ->
                    MemorySegment.copy(encoded, from, data, SHORT, values + 2 * first, headDim);
            case Q8_0 ->
                    writeBytes(
                            data,
                            values,
                            position * headDim,
                            1,
                            position * (headDim / RUN),
                            row,
                            from);
        }
    }

    /// Element `d` goes to byte `first + d · step`, the factor of run `r` to place `firstScale + r
    /// · step`.
    private void writeBytes(
            MemorySegment data,
            long at,
            int first,
            int step,
            int firstScale,
            float[] row,
            int from) {
        long scales = at + (long) headDim * BLOCK_SIZE;
        for (int run = 0; run < headDim / RUN; run++) {
            short half = scale(row, from + run * RUN);
            float scale = Float.float16ToFloat(half);
            float inverse = scale == 0 ? 0 : 1 / scale;
            for (int d = run * RUN; d < (run + 1) * RUN; d++) {
                int q = Math.clamp(Math.round(row[from + d] * inverse), -127, 127);
                data.set(ValueLayout.JAVA_BYTE, at + first + (long) d * step, (byte) q);
            }
            data.set(SHORT, scales + 2L * (firstScale + run * step), half);
        }
    }

    /// The factor of 32 values, as binary16.
    private static short scale(float[] row, int from) {
        float most = 0;
        for (int d = from; d < from + RUN; d++) {
            most = Math.max(most, Math.abs(row[d]));
        }
        return Float.floatToFloat16(Math.min(MOST_HALF, most / 127));
    }

    /// The upper half of a float, rounded to the nearest and halves to even.
    private static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int rounded = Float.isNaN(value) ? bits | 0x40_0000 : bits + 0x7FFF + (bits >>> 16 & 1);
        return (short) (rounded >>> 16);
    }

    /// The keys of one head's block, as they are stored: `out[d · BLOCK_SIZE + position]`.
    ///
    /// @param at byte of the head's part of the block
    public void readKeys(MemorySegment data, long at, float[] out) {
        read(data, at, out, RUN * BLOCK_SIZE, BLOCK_SIZE);
    }

    /// The values of one head's block: `out[position · headDim + d]`.
    ///
    /// @param at byte of the head's part of the block
    public void readValues(MemorySegment data, long at, float[] out) {
        read(data, at + keysBytes(), out, RUN, 1);
    }

    /// All elements in order. In `Q8_0` each stretch of `length` elements has `factors` factors,
    /// which its elements take in turn.
    private void read(MemorySegment data, long at, float[] out, int length, int factors) {
        int count = headDim * BLOCK_SIZE;
        switch (type) {
            case F32 -> MemorySegment.copy(data, FLOAT, at, out, 0, count);
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Float.float16ToFloat(data.get(SHORT, at + 2L * i));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    out[i] = Float.intBitsToFloat(data.get(SHORT, at + 2L * i) << 16);
                }
            }
            case Q8_0 -> {
                for (int i = 0; i < count; i++) {
                    int scale = i / length * factors + i % length % factors;
                    short half = data.get(SHORT, at + count + 2L * scale);
                    out[i] = data.get(ValueLayout.JAVA_BYTE, at + i) * Float.float16ToFloat(half);
                }
            }
        }
    }
}
