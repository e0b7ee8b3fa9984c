package dev.tramontane.kernels;

import dev.tramontane.tensor.DType;

/// Weights of 32 and 16 bits as whole numbers for {@link StripCode}, with 512 bits: of each {@link
/// #GROUP} values of a row, `d = max|w| / 4095`, `q = round(w · (4095 / max|w|))` with halves to
/// even. With activations of {@link #LARGEST_ACTIVATION} at most a group's sum fits 32 bits.
///
/// `vpdpwssd` multiplies twice as many of these as there are floats in a register, and an error of
/// half a step is what binary16 has near the group's greatest weight.
final class StripWords implements StripDecoder {
    /// Values under one scale.
    static final int GROUP = 64;

    static final int LARGEST_ACTIVATION = 8191;

    private static final int LARGEST = 4095;

    // Constants behind the one of floats.
    private static final int MAGNITUDE = 1;
    private static final int LOW_HALF = 2;
    private static final int LEVELS = 3;
    private static final int LEVELS_INVERSE = 4;

    private static final int NOT_ZERO = 4; // a mask that rows are not loaded with

    private final StripFloats floats;

    /// @param type `F32`, `F16` or `BF16`
    StripWords(DType type) {
        floats = new StripFloats(type, GROUP);
    }

    @Override
    public DType type() {
        return floats.type();
    }

    @Override
    public boolean isWords() {
        return true;
    }

    @Override
    public int blockLength() {
        return GROUP;
    }

    @Override
    public int groupLength() {
        return GROUP;
    }

    @Override
    public boolean hasMinima() {
        return false;
    }

    @Override
    public int offset() {
        return 0;
    }

    @Override
    public int largest() {
        return LARGEST;
    }

    @Override
    public void constants(Strip s) {
        floats.constants(s);
        s.constant(MAGNITUDE, 0x7FFF_FFFF);
        s.constant(LOW_HALF, 0xFFFF);
        s.constant(LEVELS, Float.floatToRawIntBits(LARGEST));
        s.constant(LEVELS_INVERSE, Float.floatToRawIntBits(1f / LARGEST));
    }

    /// Floats go to slots while their greatest magnitude is found, and come back as pairs.
    @Override
    public void block(Strip s, Group group) {
        int max = s.minimum;
        s.emitter.clear(max, 1);
        floats.block(
                s,
                (pair, values) -> {
                    for (int i = 0; i < 2; i++) {
                        s.v.store(s.slot(2 * pair + i), values + i);
                        s.and(s.spare, values + i, MAGNITUDE);
                        s.v.vmaxps(max, max, s.spare);
                    }
                });
        int factor = s.spare + 1;
        s.emitter.clear(s.values, 1);
        s.v.vmulps(s.scale, max, Strip.register(LEVELS_INVERSE));
        s.wide.vcmpneqps(NOT_ZERO, max, s.values);
        s.wide.vdivps(factor, Strip.register(LEVELS), max, NOT_ZERO);
        for (int pair = 0; pair < GROUP / 2; pair++) {
            int even = s.values + 2 * (pair % 4);
            int odd = even + 1;
            for (int i = 0; i < 2; i++) {
                s.v.load(even + i, s.slot(2 * pair + i));
                s.v.vmulps(even + i, even + i, factor);
                s.v.vcvtps2dq(even + i, even + i);
            }
            s.v.vpslld(odd, odd, 16);
            s.orAnd(odd, even, LOW_HALF);
            group.emit(pair, odd);
        }
    }
}
