package dev.tramontane.tensor;

import java.util.Optional;

/// Element types of tensors as files store them: how many values make a block, and how many bytes.
///
/// Names and numbers are those of the GGUF specification (`ggml_type`); the bytes of each block are
/// drawn in the type's own file.
public enum DType {
    /// IEEE 754 binary32.
    F32(0, 1, 4),
    /// IEEE 754 binary16.
    F16(1, 1, 2),
    /// 32 values of 4 bits and a scale: {@link Q4_0}.
    Q4_0(2, 32, 18),
    /// 32 values of 8 bits and a scale: {@link Q8_0}.
    Q8_0(8, 32, 34),
    /// 256 values of 4 bits, scales and minima of 6 bits: {@link Q4K}.
    Q4_K(12, 256, 144),
    /// 256 values of 5 bits, scales and minima of 6 bits: {@link Q5K}.
    Q5_K(13, 256, 176),
    /// 256 values of 6 bits, scales of 8 bits: {@link Q6K}.
    Q6_K(14, 256, 210),
    /// The upper half of a binary32.
    BF16(30, 1, 2);

    private final int ggufId;
    private final int blockLength;
    private final int blockBytes;

    DType(int ggufId, int blockLength, int blockBytes) {
        this.ggufId = ggufId;
        this.blockLength = blockLength;
        this.blockBytes = blockBytes;
    }

    /// The type's number in GGUF files.
    public int ggufId() {
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
            if (type.ggufId == id) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
