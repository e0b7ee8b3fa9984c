package dev.tramontane.kernels;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.IQ4NL;

/// {@link dev.tramontane.tensor.IQ4XS} for {@link StripCode}: eight groups of nibbles, the places
/// of levels, with scales of six bits in two pieces.
final class StripIQ4XS implements StripDecoder {
    private static final int LOW_NIBBLES = 0;
    private static final int TABLE = 1;
    private static final int SIX_BITS = 2;
    private static final int MINUS_32 = 3;

    @Override
    public DType type() {
        return DType.IQ4_XS;
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
        s.constant(LOW_NIBBLES, 0x0F0F0F0F);
        s.levels(TABLE, IQ4NL::level, s.bias());
        s.constant(SIX_BITS, 0x3F);
        s.constant(MINUS_32, 0xE0);
    }

    @Override
    public void block(Strip s, Group group) {
        scales(s);
        for (int index = 0; index < 8; index++) {
            s.transpose(8 + 16 * index, s.values);
            s.splitNibbles(LOW_NIBBLES);
            s.lookUp(s.values, 8, TABLE);
            s.v.load(s.scale, s.slot(index));
            group.emit(index, s.values);
        }
    }

    /// Slots 0 to 7: `d · (low | high << 4 − 32)`, the low bits of scale i at bit 4i of the second
    /// dword, the high ones at bit 16 + 2i of the first.
    private static void scales(Strip s) {
        int first = s.values;
        int second = s.values + 1;
        int d = s.values + 4;
        int low = s.values + 5;
        int high = s.values + 6;
        s.transpose(0, s.values);
        s.widenHalves(d, first);
        for (int i = 0; i < 8; i++) {
            s.v.vpsrld(low, second, 4 * i);
            s.and(low, low, LOW_NIBBLES);
            s.v.vpsrld(high, first, 16 + 2 * i);
            s.v.vpslld(high, high, 4);
            s.v.vpor(low, low, high);
            s.and(low, low, SIX_BITS);
            s.addBytes(low, low, MINUS_32);
            s.v.vpslld(low, low, 24);
            s.v.vpsrad(low, low, 24);
            s.v.vcvtdq2ps(low, low);
            s.v.vmulps(low, low, d);
            s.v.store(s.slot(i), low);
        }
    }
}
