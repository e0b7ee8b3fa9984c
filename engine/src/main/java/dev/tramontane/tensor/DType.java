package dev.tramontane.tensor;

import java.util.Optional;

/// Element types of tensors as files store them: how many values make a block, and how many bytes.
///
/// Names and numbers are those of the GGUF specification (`ggml_type`), except where a type is
/// known to safetensors alone; the bytes of each block are drawn in the type's own file.
public enum DType {
    /// IEEE 754 binary32.
    F32(0, 1, 4),
    /// IEEE 754 binary16.
    F16(1, 1, 2),
    /// 32 values of 4 bits and a scale: {@link Q4_0}.
    Q4_0(2, 32, 18),
    /// 32 values of 4 bits, a scale and a minimum: {@link Q4_1}.
    Q4_1(3, 32, 20),
    /// 32 values of 5 bits and a scale: {@link Q5_0}.
    Q5_0(6, 32, 22),
    /// 32 values of 5 bits, a scale and a minimum: {@link Q5_1}.
    Q5_1(7, 32, 24),
    /// 32 values of 8 bits and a scale: {@link Q8_0}.
    Q8_0(8, 32, 34),
    /// 256 values of 2 bits, scales and minima of 4 bits: {@link Q2K}.
    Q2_K(10, 256, 84),
    /// 256 values of 3 bits, scales of 6 bits: {@link Q3K}.
    Q3_K(11, 256, 110),
    /// 256 values of 4 bits, scales and minima of 6 bits: {@link Q4K}.
    Q4_K(12, 256, 144),
    /// 256 values of 5 bits, scales and minima of 6 bits: {@link Q5K}.
    Q5_K(13, 256, 176),
    /// 256 values of 6 bits, scales of 8 bits: {@link Q6K}.
    Q6_K(14, 256, 210),
    /// 32 values of sixteen uneven levels and a scale: {@link IQ4NL}.
    IQ4_NL(20, 32, 18),
    /// 256 values of sixteen uneven levels, scales of 6 bits: {@link IQ4XS}.
    IQ4_XS(23, 256, 136),
    /// The upper half of a binary32.
    BF16(30, 1, 2),
    /// 256 values of three levels, five to a byte: {@link TQ1_0}.
    TQ1_0(34, 256, 54),
    /// 256 values of three levels, four to a byte: {@link TQ2_0}.
    TQ2_0(35, 256, 66),
    /// 32 floating-point values of 4 bits and a power of two: {@link MXFP4}.
    MXFP4(39, 32, 17),
    /// Floating-point values of 8 bits, with {@link Scales} beside them: {@link F8E4M3}.
    F8_E4M3(-1, 1, 1);

    private final int ggufId;
    private final int blockLength;
    private final int blockBytes;

    DType(int ggufId, int blockLength, int blockBytes) {
        this.ggufId = ggufId;
        this.blockLength = blockLength;
        this.blockBytes = blockBytes;
    }

    /// Whether GGUF files can hold the type.
    public boolean isInGguf() {
        return ggufId >= 0;
    }

    /// The type's number in GGUF files.
    ///
    /// @throws IllegalArgumentException when GGUF does not have the type
    public int ggufId() {
        if (!isInGguf()) {
            throw new IllegalArgumentException(
                    this + " is no type of GGUF; encode the values as another");
        }
        return ggufId;
    }

    /// Values in a block.
    public int blockLength() {
        return blockLength;
    }

    /// Bytes of a block.
    public int blockBytes() {
        return blockBytes;
    }

    /// Bytes that `count` values take.
    ///
    /// @throws IllegalArgumentException when `count` is not a whole number of blocks
    /// @throws ArithmeticException when the size does not fit a `long`
    public long bytes(long count) {
        if (count < 0 || count % blockLength != 0) {
            throw new IllegalArgumentException(
                    count + " values are not a whole number of " + this + " blocks");
        }
        return Math.multiplyExact(count / blockLength, (long) blockBytes);
    }

    /// The type with this number in GGUF files, if we read it.
    public static Optional<DType> ofGguf(int id) {
        for (DType type : values()) {
            if (type.isInGguf() && type.ggufId == id) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
