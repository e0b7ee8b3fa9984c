package dev.tramontane.kernels;

import static dev.tramontane.kernels.Strip.VALUES;

import dev.tramontane.tensor.DType;

/// Weights of 32 and 16 bits for {@link StripCode}: nothing is rounded, two values of each row at a
/// time.
final class StripFloats implements StripDecoder {
    private static final int UPPER_HALF = 31;

    /// Where a pair of values is put.
    private static final int PAIR = VALUES + 4;

    private final DType type;

    /// @param type `F32`, `F16` or `BF16`
    StripFloats(DType type) {
        this.type = type;
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
        return 32;
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
    public void constants(Assembler a) {
        Strip.quarterMasks(a);
        Strip.constant(a, UPPER_HALF, 0xFFFF_0000);
    }

    @Override
    public void block(Assembler a, Group group) {
        int pairs = 0;
        for (int offset = 0; offset < blockBytes(); offset += 16) {
            Strip.transpose(a, offset, VALUES);
            if (type == DType.F32) {
                group.emit(pairs++, VALUES);
                group.emit(pairs++, VALUES + 2);
            } else {
                for (int z = VALUES; z < VALUES + 4; z++) {
                    widen(a, z);
                    group.emit(pairs++, PAIR);
                }
            }
        }
    }

    /// The two 16-bit floats of each dword.
    private void widen(Assembler a, int z) {
        if (type == DType.BF16) {
            a.vpslld(PAIR, z, 16);
            a.vpandd(PAIR + 1, z, UPPER_HALF);
        } else {
            a.vpsrld(PAIR + 1, z, 16);
            a.vpmovdw(PAIR, z);
            a.vcvtph2ps(PAIR, PAIR);
            Strip.widenHalves(a, PAIR + 1);
        }
    }
}
