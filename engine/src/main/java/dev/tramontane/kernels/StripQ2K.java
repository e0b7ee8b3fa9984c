package dev.tramontane.kernels;

import dev.tramontane.tensor.DType;

/// {@link dev.tramontane.tensor.Q2K} for {@link StripCode}: groups of 16 in pairs of bits, each
/// with a scale and a minimum of four bits.
final class StripQ2K implements StripDecoder {
    private static final int PAIR = 0;
    private static final int LOW_NIBBLES = 1;

    // Slots: sixteen scales, sixteen minima, the pairs of bits.
    private static final int MINIMA = 16;
    private static final int PAIRS = 32;

    @Override
    public DType type() {
        return DType.Q2_K;
    }

    @Override
    public int groupLength() {
        return 16;
    }

    @Override
    public int offset() {
        return 0;
    }

    @Override
    public int largest() {
        return 3;
    }

    @Override
    public void constants(Strip s) {
        s.constant(PAIR, 0x03030303);
        s.constant(LOW_NIBBLES, 0x0F0F0F0F);
    }

    @Override
    public void block(Strip s, Group group) {
        scales(s);
        for (int piece = 0; piece < 4; piece++) {
            s.transposeToSlots(16 + 16 * piece, PAIRS + 4 * piece);
        }
        for (int index = 0; index < 16; index++) {
            int piece = 2 * (index / 8) + index % 2;
            for (int i = 0; i < 4; i++) {
                s.shiftRight(s.values + i, s.slot(PAIRS + 4 * piece + i), index % 8 / 2 * 2);
                s.and(s.values + i, s.values + i, PAIR);
            }
            s.v.load(s.scale, s.slot(index));
            s.v.load(s.minimum, s.slot(MINIMA + index));
            group.emit(index, s.values);
        }
    }

    /// Low nibbles times `d`, high ones times `dmin`.
    private static void scales(Strip s) {
        int d = s.scale;
        int dmin = s.minimum;
        int bytes = s.values + 4;
        s.lastDword(68, d);
        s.v.vpsrld(dmin, d, 16);
        s.widenHalves(dmin, dmin);
        s.widenHalves(d, d);
        s.transpose(0, s.values);
        for (int i = 0; i < 4; i++) {
            s.and(bytes, s.values + i, LOW_NIBBLES);
            s.scaleBytes(bytes, false, d, 4 * i);
            s.v.vpsrld(bytes, s.values + i, 4);
            s.and(bytes, bytes, LOW_NIBBLES);
            s.scaleBytes(bytes, false, dmin, MINIMA + 4 * i);
        }
    }
}
