package dev.tramontane.kernels;

import static dev.tramontane.kernels.Strip.SCALE;
import static dev.tramontane.kernels.Strip.VALUES;

import dev.tramontane.tensor.DType;

/// {@link dev.tramontane.tensor.Q4_0} for {@link StripCode}: low nibbles are values 0 to 15, high
/// nibbles 16 to 31.
final class StripQ4_0 implements StripDecoder {
    private static final int LOW_NIBBLES = 31;

    @Override
    public DType type() {
        return DType.Q4_0;
    }

    @Override
    public int offset() {
        return 8;
    }

    @Override
    public void constants(Assembler a) {
        Strip.quarterMasks(a);
        Strip.constant(a, LOW_NIBBLES, 0x0F0F0F0F);
    }

    @Override
    public void block(Assembler a, Group group) {
        Strip.firstDword(a, 0, SCALE);
        Strip.widenHalves(a, SCALE);
        Strip.transpose(a, 2, VALUES);
        for (int z = VALUES; z < VALUES + 4; z++) {
            a.vpsrld(z + 4, z, 4);
            a.vpandd(z, z, LOW_NIBBLES);
            a.vpandd(z + 4, z + 4, LOW_NIBBLES);
        }
        group.emit(0, VALUES);
    }
}
