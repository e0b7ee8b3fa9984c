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

import java.util.function.IntUnaryOperator;

/// {@link Products} in 512-bit registers: dot products of bytes, activations broadcast by the
/// instructions that use them. A strip of a panel and twelve tokens have their sums in registers.
final class WideProducts implements Products {
    private static final Gpr PANEL = Gpr.RCX;

    /// Sums in whole numbers of four tokens, and products of scales.
    private static final int DOTS = 22;

    private static final int SCALES = DOTS + 4;

    // Registers of floats, and of words, in a panel.
    private static final int PANEL_ODD_SUMS = PanelCode.MOST_TOKENS;
    private static final int PANEL_DOTS = PanelCode.MOST_TOKENS;
    private static final int PANEL_FLOATS = 2 * PanelCode.MOST_TOKENS;

    @Override
    public int mostDirectTokens(StripDecoder decoder) {
        if (decoder.isWords()) {
            return 0;
        }
        return decoder.isFloat() ? 4 : 8;
    }

    @Override
    public int mostDirectGroups() {
        return 2;
    }

    /// Around the registers in which decoders work and have constants.
    @Override
    public int directSum(Strip s, int token) {
        return s.sums + (token < s.spare ? token : token + 4);
    }

    @Override
    public int oddSums() {
        return DOTS;
    }

    @Override
    public void direct(Strip s, StripDecoder decoder, int tokens, int index, int values) {
        if (decoder.isFloat()) {
            multiplyFloats(s, tokens, index, values, DOTS);
        } else {
            multiply(s, decoder, tokens, index, values, t -> directSum(s, t));
        }
    }

    @Override
    public void panel(Strip s, StripDecoder decoder, int tokens) {
        Assembler a = s.a;
        int run = PanelCode.run(decoder);
        int groups = run / decoder.groupLength();
        int groupBytes = StripCode.groupBytes(s.set, decoder);
        a.mov(OUT, at(CALL, Call.OUT));
        a.mov(STRIPS, at(CALL, Call.STRIPS));
        a.mov(PANEL, at(CALL, Call.PANEL));
        var strip = new Assembler.Label();
        a.bind(strip);
        a.mov(X, at(CALL, Call.X));
        a.mov(X_SCALES, at(CALL, Call.X_SCALES));
        a.mov(X_SUMS, at(CALL, Call.X_SUMS));
        a.mov(BLOCKS, at(CALL, Call.BLOCKS));
        PanelCode.loadSums(s, OUT, s.sums, tokens, 1);
        var block = new Assembler.Label();
        a.bind(block);
        if (decoder.isFloat()) {
            StripCode.clear(s, PANEL_ODD_SUMS, tokens);
        }
        for (int group = 0; group < groups; group++) {
            panelGroup(s, decoder, tokens, group);
        }
        if (decoder.isFloat()) {
            StripCode.joinOddSums(s, s.sums, PANEL_ODD_SUMS, tokens);
        }
        a.add(PANEL, groups * groupBytes);
        StripCode.nextTokens(a, decoder, tokens, run);
        a.dec(BLOCKS);
        a.jnz(block);
        PanelCode.storeSums(s, OUT, s.sums, tokens, 1);
        a.add(OUT, s.set.vectorBytes());
        a.dec(STRIPS);
        a.jnz(strip);
    }

    private static void panelGroup(Strip s, StripDecoder decoder, int tokens, int group) {
        int bytes = s.set.vectorBytes();
        int from = group * StripCode.groupBytes(s.set, decoder);
        if (decoder.isFloat()) {
            s.v.load(PANEL_FLOATS, at(PANEL, from));
            s.v.load(PANEL_FLOATS + 1, at(PANEL, from + bytes));
            multiplyFloats(s, tokens, group, PANEL_FLOATS, PANEL_ODD_SUMS);
            return;
        }
        if (decoder.isWords()) {
            multiplyWords(s, tokens);
            return;
        }
        s.v.load(s.scale, at(PANEL, from));
        from += bytes;
        if (decoder.hasMinima()) {
            s.v.load(s.minimum, at(PANEL, from));
            from += bytes;
        }
        for (int i = 0; i < decoder.groupLength() / 4; i++) {
            s.v.load(s.values + i, at(PANEL, from + bytes * i));
        }
        multiply(s, decoder, tokens, group, s.values, t -> s.sums + t);
    }

    /// A group of words whose values come from the panel: whole numbers of every token, then their
    /// scales.
    private static void multiplyWords(Strip s, int tokens) {
        int bytes = s.set.vectorBytes();
        StripCode.clear(s, PANEL_DOTS, tokens);
        for (int pair = 0; pair < StripWords.GROUP / 2; pair++) {
            int values = PANEL_FLOATS + pair % 2;
            s.v.load(values, at(PANEL, bytes * (1 + pair)));
            for (int t = 0; t < tokens; t++) {
                int x = t * StripWords.GROUP * Short.BYTES + pair * Integer.BYTES;
                s.wide.vpdpwssd(PANEL_DOTS + t, values, at(X, x));
            }
        }
        int scale = PANEL_FLOATS;
        s.v.load(scale, at(PANEL, 0));
        for (int t = 0; t < tokens; t++) {
            int product = scale + 1 + t % 2;
            s.v.vcvtdq2ps(PANEL_DOTS + t, PANEL_DOTS + t);
            s.wide.vmulps(product, scale, at(X_SCALES, t * Float.BYTES));
            s.v.vfmadd231ps(s.sums + t, PANEL_DOTS + t, product);
        }
    }

    private static void multiplyFloats(Strip s, int tokens, int index, int values, int oddSums) {
        for (int t = 0; t < tokens; t++) {
            int x = (2 * index * tokens + t) * Float.BYTES;
            s.wide.vfmadd231ps(s.sums + t, values, at(X, x));
            s.wide.vfmadd231ps(oddSums + t, values + 1, at(X, x + tokens * Float.BYTES));
        }
    }

    /// Four tokens go side by side, so that no addition waits for the one before.
    private static void multiply(
            Strip s,
            StripDecoder decoder,
            int tokens,
            int index,
            int values,
            IntUnaryOperator sums) {
        int run = index * decoder.groupLength() / 32;
        int within = index * decoder.groupLength() % 32;
        for (int first = 0; first < tokens; first += 4) {
            int last = Math.min(tokens, first + 4);
            for (int t = first; t < last; t++) {
                int dot = DOTS + t - first;
                if (decoder.hasMinima()) {
                    s.v.vpxor(dot, dot, dot);
                } else {
                    s.v.vpbroadcastd(dot, at(X_SUMS, (index * tokens + t) * Float.BYTES));
                }
            }
            for (int i = 0; i < decoder.groupLength() / 4; i++) {
                for (int t = first; t < last; t++) {
                    int x = (run * tokens + t) * 32 + within + 4 * i;
                    s.wide.vpdpbusd(DOTS + t - first, values + i, at(X, x));
                }
            }
            for (int t = first; t < last; t++) {
                int dot = DOTS + t - first;
                int product = SCALES + (t & 1);
                s.v.vcvtdq2ps(dot, dot);
                s.wide.vmulps(product, s.scale, at(X_SCALES, (run * tokens + t) * Float.BYTES));
                s.v.vfmadd231ps(sums.applyAsInt(t), dot, product);
                if (decoder.hasMinima()) {
                    int sum = (index * tokens + t) * Float.BYTES;
                    s.wide.vfnmadd231ps(sums.applyAsInt(t), s.minimum, at(X_SUMS, sum));
                }
            }
        }
    }
}
