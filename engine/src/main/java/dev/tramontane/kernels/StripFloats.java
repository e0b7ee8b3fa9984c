package dev.tramontane.kernels;

import dev.tramontane.tensor.DType;

/// Weights of 32 and 16 bits for {@link StripCode}: nothing is rounded, two values of each row at a
/// time.
final class StripFloats implements StripDecoder {
    private static final int UPPER_HALF = 0;

    private final DType type;
    private final int blockLength;

    /// @param type `F32`, `F16` or `BF16`
    StripFloats(DType type) {
        this(type, 32);
    }

    StripFloats(DType type, int blockLength) {
        this.type = type;
        this.blockLength = blockLength;
    }

    @Override
    public DType type() {
        return type;
    }

    @Override
    public boolean isFloat() {
        return true;
    }

    @Override
    public int blockLength() {
        return blockLength;
    }

    @Override
    public int groupLength() {
        return 2;
    }

    @Override
    public int offset() {
        return 0;
    }

    @Override
    public boolean hasMinima() {
        return false;
    }

    @Override
    public int largest() {
        return 0;
    }

    @Override
    public void constants(Strip s) {
        s.constant(UPPER_HALF, 0xFFFF_0000);
    }

    @Override
    public void block(Strip s, Group group) {
        int pair = s.values + 4;
        int pairs = 0;
        for (int offset = 0; offset < blockBytes(); offset += 16) {
            s.transpose(offset, s.values);
            if (type == DType.F32) {
                group.emit(pairs++, s.values);
                group.emit(pairs++, s.values + 2);
            } else {
                for (int z = s.values; z < s.values + 4; z++) {
                    widen(s, z, pair);
                    group.emit(pairs++, pair);
                }
            }
        }
    }

    /// The two 16-bit floats of each dword of `z`.
    private void widen(Strip s, int z, int pair) {
        if (type == DType.BF16) {
            s.v.vpslld(pair, z, 16);
            s.and(pair + 1, z, UPPER_HALF);
        } else {
            s.v.vpsrld(pair + 1, z, 16);
            s.widenHalves(pair, z);
            s.widenHalves(pair + 1, pair + 1);
        }
    }
}
