package dev.tramontane.kernels;

import dev.tramontane.tensor.DType;

/// {@link dev.tramontane.tensor.Q3K} for {@link StripCode}: groups of 16 in pairs of bits as in
/// `Q2_K`, a bit each on top of them, and scales of six bits.
final class StripQ3K implements StripDecoder {
    private static final int PAIR = 0;
    private static final int THIRD = 1;
    private static final int LOW_NIBBLES = 2;
    private static final int TOP_BITS = 3;
    private static final int MINUS_32 = 4;

    // Slots: sixteen scales, the third bits, the pairs of bits.
    private static final int THIRDS = 16;
    private static final int PAIRS = 24;

    @Override
    public DType type() {
        return DType.Q3_K;
    }

    @Override
    public int groupLength() {
        return 16;
    }

    @Override
    public int offset() {
        return 4;
    }

    @Override
    public int largest() {
        return 7;
    }

    @Override
    public void constants(Strip s) {
        s.constant(PAIR, 0x03030303);
        s.constant(THIRD, 0x04040404);
        s.constant(LOW_NIBBLES, 0x0F0F0F0F);
        s.constant(TOP_BITS, 0x30303030);
        s.constant(MINUS_32, 0xE0E0E0E0);
    }

    @Override
    public void block(Strip s, Group group) {
        scales(s);
        for (int piece = 0; piece < 2; piece++) {
            s.transposeToSlots(16 * piece, THIRDS + 4 * piece);
        }
        for (int piece = 0; piece < 4; piece++) {
            s.transposeToSlots(32 + 16 * piece, PAIRS + 4 * piece);
        }
        for (int index = 0; index < 16; index++) {
            for (int i = 0; i < 4; i++) {
                value(s, i, index);
            }
            s.v.load(s.scale, s.slot(index));
            group.emit(index, s.values);
        }
    }

    /// Four values of a group: its pair of bits, and on top of them bit `group / 2` of the first
    /// part.
    private static void value(Strip s, int dword, int group) {
        int z = s.values + dword;
        int row = group / 2;
        int piece = 2 * (group / 8) + group % 2;
        s.shiftRight(z, s.slot(PAIRS + 4 * piece + dword), row % 4 * 2);
        s.and(z, z, PAIR);
        Place thirds = s.slot(THIRDS + 4 * (group % 2) + dword);
        if (row < 2) {
            s.shiftLeft(s.spare, thirds, 2 - row);
        } else {
            s.shiftRight(s.spare, thirds, row - 2);
        }
        s.orAnd(z, s.spare, THIRD);
    }

    /// The sixteen scales, less 32, times `d`. The second and third dword of scales hold low
    /// nibbles and, shifted, those of the scales eight further; the fourth the bits on top.
    private static void scales(Strip s) {
        int d = s.scale;
        int top = s.values + 3;
        int bytes = s.values + 4;
        int bits = s.values + 5;
        s.lastDword(94, d);
        s.v.vpsrld(d, d, 16);
        s.widenHalves(d, d);
        s.transpose(92, s.values);
        for (int i = 0; i < 4; i++) {
            int nibbles = s.values + 1 + i % 2;
            if (i < 2) {
                s.and(bytes, nibbles, LOW_NIBBLES);
                s.v.vpslld(bits, top, 4 - 2 * i);
            } else {
                s.v.vpsrld(bytes, nibbles, 4);
                s.and(bytes, bytes, LOW_NIBBLES);
                s.v.vpsrld(bits, top, 2 * i - 4);
            }
            s.orAnd(bytes, bits, TOP_BITS);
            s.addBytes(bytes, bytes, MINUS_32);
            s.scaleBytes(bytes, true, d, 4 * i);
        }
    }
}
