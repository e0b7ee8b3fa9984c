package dev.tramontane.kernels;

import dev.tramontane.tensor.DType;

/// {@link dev.tramontane.tensor.Q8_0} for {@link StripCode}: flipping the sign bit adds 128.
final class StripQ8_0 implements StripDecoder {
    private static final int SIGNS = 0;

    @Override
    public DType type() {
        return DType.Q8_0;
    }

    @Override
    public int offset() {
        return 128;
    }

    @Override
    public int largest() {
        return 255;
    }

    @Override
    public void constants(Strip s) {
        s.constant(SIGNS, 0x80808080);
    }

    @Override
    public void block(Strip s, Group group) {
        s.halfScale(0);
        s.transpose(2, s.values);
        s.transpose(18, s.values + 4);
        if (s.bias() != 0) {
            for (int z = s.values; z < s.values + 8; z++) {
                s.xor(z, z, SIGNS);
            }
        }
        group.emit(0, s.values);
    }
}
