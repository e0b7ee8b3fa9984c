package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;
import static dev.tramontane.kernels.StripCode.BLOCKS;
import static dev.tramontane.kernels.StripCode.CALL;
import static dev.tramontane.kernels.StripCode.OUT;
import static dev.tramontane.kernels.StripCode.STRIPS;
import static dev.tramontane.kernels.StripCode.X;
import static dev.tramontane.kernels.StripCode.X_SCALES;
import static dev.tramontane.kernels.StripCode.X_SUMS;

import dev.tramontane.kernels.StripCode.Call;

/// {@link Products} in 256-bit registers. Of a panel two strips are multiplied at once with a
/// *tile* of two or three tokens, whose sums are in registers; {@link NarrowDots} adds up whole
/// numbers.
final class NarrowProducts implements Products {
    private static final Gpr PANEL = Gpr.RCX;
    private static final Gpr PANEL_START = Gpr.R8;
    private static final Gpr PANEL_STEP = Gpr.RSI;
    private static final Gpr TILES = Gpr.R9;

    /// Bytes from the first token's scale to the tile's.
    private static final Gpr TILE = Gpr.RBP;

    @Override
    public int mostDirectTokens(StripDecoder decoder) {
        return 3;
    }

    @Override
    public int mostDirectGroups() {
        return 1;
    }

    @Override
    public int directSum(Strip s, int token) {
        return s.sums + token;
    }

    @Override
    public int oddSums() {
        return 6;
    }

    @Override
    public void direct(Strip s, StripDecoder decoder, int tokens, int index, int values) {
        int x = s.spare;
        for (int t = 0; t < tokens; t++) {
            int sum = s.sums + t;
            if (decoder.isFloat()) {
                int at = (2 * index * tokens + t) * Float.BYTES;
                s.v.vpbroadcastd(x, at(X, at));
                s.v.vfmadd231ps(sum, values, x);
                s.v.vpbroadcastd(x, at(X, at + tokens * Float.BYTES));
                s.v.vfmadd231ps(oddSums() + t, values + 1, x);
                continue;
            }
            var dots = new NarrowDots(s, decoder, tokens);
            int dot = s.spare + 1;
            dots.direct(index, t, values, dot);
            s.v.vcvtdq2ps(dot, dot);
            s.v.vpbroadcastd(x, dots.scale(index, t));
            s.v.vmulps(x, s.scale, x);
            s.v.vfmadd231ps(sum, dot, x);
            if (decoder.hasMinima()) {
                s.v.vpbroadcastd(x, dots.correction(index, t));
                s.narrow.vfnmadd231ps(sum, s.minimum, x);
            }
        }
    }

    @Override
    public void panel(Strip s, StripDecoder decoder, int tokens) {
        Assembler a = s.a;
        int tile = Math.min(tokens, NarrowDots.tile(s.set, decoder));
        a.mov(STRIPS, at(CALL, Call.STRIPS));
        a.mov(PANEL_START, at(CALL, Call.PANEL));
        a.mov(PANEL_STEP, at(CALL, Call.PANEL_STEP));
        a.mov(Strip.SCRATCH, at(CALL, Call.SCRATCH));
        s.ones();
        var strip = new Assembler.Label();
        a.bind(strip);
        a.mov(OUT, at(CALL, Call.OUT));
        a.mov(TILE, 0);
        a.mov(TILES, tokens / tile);
        var tiles = new Assembler.Label();
        a.bind(tiles);
        tile(s, decoder, tokens, tile);
        a.dec(TILES);
        a.jnz(tiles);
        if (tokens % tile > 0) {
            tile(s, decoder, tokens, tokens % tile);
        }
        a.mov(OUT, at(CALL, Call.OUT));
        a.add(OUT, 2 * s.set.vectorBytes());
        a.mov(at(CALL, Call.OUT), OUT);
        a.add(PANEL_START, PANEL_STEP);
        a.add(PANEL_START, PANEL_STEP);
        a.dec(STRIPS);
        a.jnz(strip);
    }

    /// The whole depth of two strips, times some tokens of those that lie together.
    private static void tile(Strip s, StripDecoder decoder, int tokens, int tile) {
        Assembler a = s.a;
        int groups = 32 / decoder.groupLength();
        a.mov(PANEL, PANEL_START);
        a.mov(X, at(CALL, Call.X));
        a.lea(X, at(X, TILE, decoder.isFloat() ? 1 : 8, 0));
        a.mov(X_SCALES, at(CALL, Call.X_SCALES));
        a.add(X_SCALES, TILE);
        a.mov(X_SUMS, at(CALL, Call.X_SUMS));
        a.add(X_SUMS, TILE);
        a.mov(BLOCKS, at(CALL, Call.BLOCKS));
        PanelCode.loadSums(s, OUT, 0, tile, 2);
        var block = new Assembler.Label();
        a.bind(block);
        int odd = 2 * tile;
        if (decoder.isFloat()) {
            StripCode.clear(s, odd, 2 * tile);
        }
        for (int group = 0; group < groups; group++) {
            if (decoder.isFloat()) {
                floatPair(s, tokens, tile, group);
            } else {
                group(s, decoder, tokens, tile, group);
            }
        }
        if (decoder.isFloat()) {
            StripCode.joinOddSums(s, 0, odd, 2 * tile);
        }
        a.add(PANEL, groups * StripCode.groupBytes(s.set, decoder));
        StripCode.nextTokens(a, decoder, tokens, 32);
        a.dec(BLOCKS);
        a.jnz(block);
        PanelCode.storeSums(s, OUT, 0, tile, 2);
        a.mov(OUT, Gpr.RBX);
        a.add(TILE, tile * Float.BYTES);
    }

    /// Two values of each row of two strips.
    private static void floatPair(Strip s, int tokens, int tile, int pair) {
        int sums = 0;
        int values = 12;
        int x = 14;
        for (int i = 0; i < 2; i++) {
            for (int strip = 0; strip < 2; strip++) {
                s.v.load(values + strip, inPanel(strip, (2 * pair + i) * s.set.vectorBytes()));
            }
            for (int t = 0; t < tile; t++) {
                s.v.vpbroadcastd(x, at(X, ((2 * pair + i) * tokens + t) * Float.BYTES));
                for (int strip = 0; strip < 2; strip++) {
                    s.v.vfmadd231ps(sums + t + tile * strip, values + strip, x);
                }
            }
            sums = 2 * tile;
        }
    }

    private static void group(Strip s, StripDecoder decoder, int tokens, int tile, int group) {
        var dots = new NarrowDots(s, decoder, tokens);
        int dot = 2 * tile;
        int heads = 14; // of two strips
        int x = 12;
        int scale = 13;
        int from = group * StripCode.groupBytes(s.set, decoder);
        int bytes = s.set.vectorBytes();
        dots.panel(group, tile, from + (decoder.hasMinima() ? 2 : 1) * bytes);
        for (int strip = 0; strip < 2; strip++) {
            s.v.load(heads + strip, inPanel(strip, from));
        }
        for (int t = 0; t < tile; t++) {
            s.v.vpbroadcastd(x, dots.scale(group, t));
            for (int strip = 0; strip < 2; strip++) {
                int i = t + tile * strip;
                s.v.vcvtdq2ps(dot + i, dot + i);
                s.v.vmulps(scale, heads + strip, x);
                s.v.vfmadd231ps(i, dot + i, scale);
            }
        }
        if (decoder.hasMinima()) {
            for (int strip = 0; strip < 2; strip++) {
                s.v.load(heads + strip, inPanel(strip, from + bytes));
            }
            for (int t = 0; t < tile; t++) {
                s.v.vpbroadcastd(x, dots.correction(group, t));
                for (int strip = 0; strip < 2; strip++) {
                    s.narrow.vfnmadd231ps(t + tile * strip, heads + strip, x);
                }
            }
        }
    }

    /// Bytes of the first or the second strip's panel.
    static Place inPanel(int strip, int offset) {
        return strip == 0 ? at(PANEL, offset) : at(PANEL, PANEL_STEP, 1, offset);
    }
}
