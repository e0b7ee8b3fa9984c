package dev.tramontane.kernels;

import dev.tramontane.tensor.Blocks;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Layout;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;

/// Weights of any type: random blocks whose scales make values of size 1.
final class RandomBlocks {
    private RandomBlocks() {}

    /// @param arena owns the tensor's memory
    static Tensor tensor(Arena arena, DType type, int rows, int cols, long seed) {
        byte[] bytes = new byte[(int) type.bytes(cols) * rows];
        Random random = new Random(seed);
        random.nextBytes(bytes);
        return tensor(arena, type, rows, cols, bytes, random);
    }

    /// Blocks of one byte over and over, but for their scales.
    static Tensor filled(Arena arena, DType type, int rows, int cols, int value) {
        byte[] bytes = new byte[(int) type.bytes(cols) * rows];
        Arrays.fill(bytes, (byte) value);
        return tensor(arena, type, rows, cols, bytes, new Random(value));
    }

    private static Tensor tensor(
            Arena arena, DType type, int rows, int cols, byte[] bytes, Random random) {
        MemorySegment data = arena.allocate(bytes.length, 64);
        MemorySegment.copy(bytes, 0, data, ValueLayout.JAVA_BYTE, 0, bytes.length);
        for (long block = 0; block < data.byteSize(); block += type.blockBytes()) {
            float value = (float) random.nextGaussian();
            switch (type) {
                case F32 -> data.set(ValueLayout.JAVA_FLOAT_UNALIGNED, block, value);
                case F16 -> half(data, block, value);
                case BF16 ->
                        data.set(
                                ValueLayout.JAVA_SHORT_UNALIGNED,
                                block,
                                (short) (Float.floatToRawIntBits(value) >>> 16));
                case Q4_0 -> half(data, block, value / 4);
                case Q4_1 -> {
                    half(data, block, value / 4);
                    half(data, block + 2, value * 2);
                }
                case Q5_0 -> half(data, block, value / 8);
                case Q5_1 -> {
                    half(data, block, value / 8);
                    half(data, block + 2, value * 2);
                }
                case Q8_0 -> half(data, block, value / 64);
                case Q2_K -> {
                    half(data, block + 80, value / 10);
                    half(data, block + 82, value / 10);
                }
                case Q3_K -> half(data, block + 108, value / 60);
                case Q4_K -> {
                    half(data, block, value / 200);
                    half(data, block + 2, value / 20);
                }
                case Q5_K -> {
                    half(data, block, value / 400);
                    half(data, block + 2, value / 20);
                }
                case Q6_K -> half(data, block + 208, value / 1000);
                case IQ4_NL -> half(data, block, value / 64);
                case IQ4_XS -> half(data, block, value / 1000);
                case TQ1_0 -> half(data, block + 52, value);
                case TQ2_0 -> half(data, block + 64, value);
                case MXFP4 ->
                        data.set(ValueLayout.JAVA_BYTE, block, (byte) (124 + random.nextInt(4)));
                case F8_E4M3 -> Blocks.encode(type, new float[] {value}, 0, 1, data, block);
            }
        }
        return new Tensor(type, Layout.ROWS, rows, cols, data);
    }

    private static void half(MemorySegment data, long at, float value) {
        data.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16(value));
    }
}
