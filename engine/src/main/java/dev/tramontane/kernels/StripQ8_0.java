package dev.tramontane.kernels;

import static dev.tramontane.kernels.Strip.SCALE;
import static dev.tramontane.kernels.Strip.VALUES;

import dev.tramontane.tensor.DType;

/// {@link dev.tramontane.tensor.Q8_0} for {@link StripCode}: flipping the sign bit adds 128.
final class StripQ8_0 implements StripDecoder {
    private static final int SIGNS = 31;

    @Override
    public DType type() {
        return DType.Q8_0;
    }

    @Override
    public int offset() {
        return 128;
    }

    @Override
    public void constants(Assembler a) {
        Strip.quarterMasks(a);
        Strip.constant(a, SIGNS, 0x80808080);
    }

    @Override
    public void block(Assembler a, Group group) {
        Strip.firstDword(a, 0, SCALE);
        Strip.widenHalves(a, SCALE);
        Strip.transpose(a, 2, VALUES);
        Strip.transpose(a, 18, VALUES + 4);
        for (int z = VALUES; z < VALUES + 8; z++) {
            a.vpxord(z, z, SIGNS);
        }
        group.emit(0, VALUES);
    }
}
