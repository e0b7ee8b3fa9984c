package dev.tramontane.kernels;

/// The first sixteen bytes of `Q4_K` and `Q5_K` blocks: `d`, `dmin` and the 6-bit scales and minima
/// of eight groups (see {@link dev.tramontane.tensor.Q4K#scales}), a strip of rows at once.
///
/// The products are slots of scratch memory: eight scales, then eight minima.
final class StripKScales {
    static final int LOW_NIBBLES = 0;
    private static final int TOP_BITS = 1;
    private static final int SIX_BITS = 2;

    /// Slots used.
    static final int SLOTS = 16;

    private StripKScales() {}

    static void constants(Strip s) {
        s.constant(LOW_NIBBLES, 0x0F0F0F0F);
        s.constant(TOP_BITS, 0x30303030);
        s.constant(SIX_BITS, 0x3F3F3F3F);
    }

    static void decode(Strip s) {
        int d = s.values; // below dmin
        int first = s.values + 1;
        int second = s.values + 2;
        int third = s.values + 3;
        int dmin = s.values + 4;
        int bytes = s.values + 5;
        s.transpose(0, s.values);
        s.v.vpsrld(dmin, d, 16);
        s.widenHalves(dmin, dmin);
        s.widenHalves(d, d);
        s.and(bytes, first, SIX_BITS);
        s.scaleBytes(bytes, false, d, 0);
        s.and(bytes, second, SIX_BITS);
        s.scaleBytes(bytes, false, dmin, 8);
        upperFour(s, bytes, third, first);
        s.scaleBytes(bytes, false, d, 4);
        s.v.vpsrld(third, third, 4);
        upperFour(s, bytes, third, second);
        s.scaleBytes(bytes, false, dmin, 12);
    }

    /// `(nibbles & 15) | (top >> 2 & 0x30)` in every byte; changes `top`.
    private static void upperFour(Strip s, int to, int nibbles, int top) {
        s.and(to, nibbles, LOW_NIBBLES);
        s.v.vpsrld(top, top, 2);
        s.orAnd(to, top, TOP_BITS);
    }

    /// Brings a group's scales and minima to their registers.
    static void load(Strip s, int group) {
        s.v.load(s.scale, s.slot(group));
        s.v.load(s.minimum, s.slot(8 + group));
    }
}
