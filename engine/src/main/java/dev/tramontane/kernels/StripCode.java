package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;
import static dev.tramontane.kernels.Strip.ROW_BYTES;
import static dev.tramontane.kernels.Strip.SCRATCH;
import static dev.tramontane.kernels.Strip.THREE_ROWS;

/// The routines of a product that read rows: quantised ones and 8-bit activations, or floats of
/// both.
///
/// - {@link #direct}: decodes blocks and multiplies them with a few tokens at once; a token alone
///   never leaves the registers.
/// - {@link #unpack}: decodes blocks into a *panel* in the cache, which {@link PanelCode}
///   multiplies: per group the scales of a strip's rows (then the minima), then `length / 4`
///   vectors of values.
///
/// All do the same arithmetic, whatever the instruction set. Row r and token t have one float sum,
/// over the groups in order: `sum += (scale[r] · d[t]) · Σ u[r][k]·q[t][k]`, the inner sum and what
/// `offset` takes from it in whole numbers; minima follow as `sum −= minimum[r] · (d[t] · Σ
/// q[t][k])`. So a token's result is the same to the bit in any company.
///
/// A routine takes the address of its {@link Call} in `rdi`.
final class StripCode {
    /// What a routine is told, `long[]` at these byte offsets.
    static final class Call {
        static final int WEIGHTS = 0;
        static final int ROW_BYTES = 8;
        static final int BLOCKS = 16;
        static final int STRIPS = 24;
        static final int X = 32;
        static final int X_SCALES = 40;
        static final int X_SUMS = 48;
        static final int OUT = 56;
        static final int OUT_ROW_BYTES = 64;
        static final int PANEL = 72;

        /// Bytes of one strip's panel.
        static final int PANEL_STEP = 80;

        static final int SCRATCH = 88;

        /// Not 0: sums go on from what `OUT` holds.
        static final int GO_ON = 96;

        /// Groups of equally many tokens that a panel is multiplied with, and from one to the next
        /// the steps of `X`, `X_SCALES` and `X_SUMS`.
        static final int GROUPS = 104;

        static final int X_STEP = 112;
        static final int X_SCALES_STEP = 120;
        static final int X_SUMS_STEP = 128;

        /// Where the first group's results go, and from one group's to the next's.
        static final int GROUP_OUT = 136;

        static final int GROUP_OUT_STEP = 144;

        static final int BYTES = 152;

        private Call() {}
    }

    static final Gpr CALL = Gpr.RDI;
    static final Gpr BLOCKS = Gpr.RAX;
    static final Gpr STRIPS = Gpr.R14;
    static final Gpr X = Gpr.R10;
    static final Gpr X_SCALES = Gpr.R11;
    static final Gpr X_SUMS = Gpr.R12;
    static final Gpr OUT = Gpr.R13;
    private static final Gpr AHEAD = Gpr.RBP;
    private static final Gpr PANEL = Gpr.R10; // where nothing is multiplied
    private static final Gpr[] SAVED = {Gpr.RBX, Gpr.RBP, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15};

    private static final int CACHE_LINE = 64;
    private static final int FAR_AHEAD = 144 * CACHE_LINE; // measured

    private final Strip s;
    private final Assembler a;
    private final StripDecoder decoder;

    private StripCode(InstructionSet set, StripDecoder decoder) {
        this.s = new Strip(set);
        this.a = s.a;
        this.decoder = decoder;
    }

    /// Bytes of a panel for `cols` values of one strip.
    static long panelBytes(InstructionSet set, StripDecoder decoder, int cols) {
        return (long) cols / decoder.groupLength() * groupBytes(set, decoder);
    }

    /// Bytes of a group in a panel.
    static int groupBytes(InstructionSet set, StripDecoder decoder) {
        if (decoder.isFloat()) {
            return decoder.groupLength() * set.vectorBytes();
        }
        int heads = decoder.hasMinima() ? 2 : 1;
        return (heads + decoder.groupLength() / (decoder.isWords() ? 2 : 4)) * set.vectorBytes();
    }

    /// Rows as they lie in the file, times `tokens` tokens.
    static byte[] direct(InstructionSet set, StripDecoder decoder, int tokens) {
        Products products = Products.of(set);
        if (tokens > products.mostDirectTokens(decoder)) {
            throw new IllegalArgumentException(tokens + " tokens");
        }
        var code = new StripCode(set, decoder);
        Strip s = code.s;
        Assembler a = code.a;
        code.enter();
        a.mov(OUT, at(CALL, Call.OUT));
        var strip = new Assembler.Label();
        a.bind(strip);
        code.startOfStrip();
        startOfTokens(a);
        for (int t = 0; t < tokens; t++) {
            clear(s, products.directSum(s, t), 1);
        }
        var block = new Assembler.Label();
        a.bind(block);
        if (decoder.isFloat()) {
            clear(s, products.oddSums(), tokens);
        }
        decoder.block(s, (index, values) -> products.direct(s, decoder, tokens, index, values));
        if (decoder.isFloat()) {
            joinOddSums(s, s.sums, products.oddSums(), tokens);
        }
        code.nextBlock();
        nextTokens(a, decoder, tokens, decoder.blockLength());
        a.dec(BLOCKS);
        a.jnz(block);
        code.storeSums(products, tokens);
        a.dec(STRIPS);
        a.jnz(strip);
        return leave(s);
    }

    /// Rows as they lie in the file, to a panel.
    static byte[] unpack(InstructionSet set, StripDecoder decoder) {
        var code = new StripCode(set, decoder);
        Assembler a = code.a;
        int groups = decoder.blockLength() / decoder.groupLength();
        code.enter();
        a.mov(PANEL, at(CALL, Call.PANEL));
        var strip = new Assembler.Label();
        a.bind(strip);
        code.startOfStrip();
        var block = new Assembler.Label();
        a.bind(block);
        decoder.block(code.s, code::storeGroup);
        code.nextBlock();
        a.add(PANEL, groups * groupBytes(set, decoder));
        a.dec(BLOCKS);
        a.jnz(block);
        a.dec(STRIPS);
        a.jnz(strip);
        return leave(code.s);
    }

    // ---- the frame of a routine

    static void save(Assembler a) {
        for (Gpr register : SAVED) {
            a.push(register);
        }
    }

    private void enter() {
        save(a);
        a.mov(STRIPS, at(CALL, Call.STRIPS));
        a.mov(SCRATCH, at(CALL, Call.SCRATCH));
        a.mov(ROW_BYTES, at(CALL, Call.ROW_BYTES));
        a.lea(THREE_ROWS, at(ROW_BYTES, ROW_BYTES, 2, 0));
        s.begin();
        decoder.constants(s);
    }

    static byte[] leave(Strip s) {
        for (int i = SAVED.length - 1; i >= 0; i--) {
            s.a.pop(SAVED[i]);
        }
        s.v.vzeroupper();
        s.a.ret();
        return s.code.bytes();
    }

    // ---- weights

    /// Points the quarters at their rows, and the prefetching at the strip after this one.
    private void startOfStrip() {
        Gpr before = s.quarters().getFirst();
        a.mov(before, at(CALL, Call.WEIGHTS));
        for (Gpr quarter : s.quarters().subList(1, s.quarters().size())) {
            a.lea(quarter, at(before, ROW_BYTES, 4, 0));
            before = quarter;
        }
        a.lea(AHEAD, at(before, ROW_BYTES, 4, 0));
        a.mov(at(CALL, Call.WEIGHTS), AHEAD);
        a.mov(BLOCKS, at(CALL, Call.BLOCKS));
    }

    /// Goes on to the next block, and asks for as many bytes of the next strip as this one had, and
    /// for what lies some way behind them: the rows are many streams to the processor's own
    /// prefetcher, but one to us. The second cache keeps more requests in flight than the first.
    private void nextBlock() {
        int bytes = s.set.lanes() * decoder.blockBytes();
        for (int line = 0; line < bytes; line += CACHE_LINE) {
            a.prefetcht0(at(AHEAD, line));
            a.prefetcht1(at(AHEAD, line + FAR_AHEAD));
        }
        a.add(AHEAD, bytes);
        for (Gpr quarter : s.quarters()) {
            a.add(quarter, decoder.blockBytes());
        }
    }

    private void storeGroup(int index, int values) {
        int vectorBytes = s.set.vectorBytes();
        if (decoder.isWords()) {
            s.v.store(at(PANEL, vectorBytes * (1 + index)), values);
            if (index == 0) {
                s.v.store(at(PANEL, 0), s.scale);
            }
            return;
        }
        int to = index * groupBytes(s.set, decoder);
        if (!decoder.isFloat()) {
            s.v.store(at(PANEL, to), s.scale);
            to += vectorBytes;
            if (decoder.hasMinima()) {
                s.v.store(at(PANEL, to), s.minimum);
                to += vectorBytes;
            }
        }
        int vectors = decoder.isFloat() ? 2 : decoder.groupLength() / 4;
        for (int i = 0; i < vectors; i++) {
            s.v.store(at(PANEL, to + vectorBytes * i), values + i);
        }
    }

    // ---- tokens

    private static void startOfTokens(Assembler a) {
        a.mov(X, at(CALL, Call.X));
        a.mov(X_SCALES, at(CALL, Call.X_SCALES));
        a.mov(X_SUMS, at(CALL, Call.X_SUMS));
    }

    /// Goes on to the next `cols` values of `tokens` tokens that lie together.
    static void nextTokens(Assembler a, StripDecoder decoder, int tokens, int cols) {
        if (decoder.isFloat()) {
            a.add(X, cols * tokens * Float.BYTES);
        } else if (decoder.isWords()) {
            a.add(X, cols * tokens * Short.BYTES);
            a.add(X_SCALES, cols / StripWords.GROUP * tokens * Float.BYTES);
        } else {
            a.add(X, cols * tokens);
            a.add(X_SCALES, cols / 32 * tokens * Float.BYTES);
            a.add(X_SUMS, cols / decoder.groupLength() * tokens * Float.BYTES);
        }
    }

    static void clear(Strip s, int first, int count) {
        for (int z = first; z < first + count; z++) {
            s.v.vpxor(z, z, z);
        }
    }

    /// Floats have a second sum for odd values, so that fewer additions wait for each other; the
    /// two meet after each 32.
    static void joinOddSums(Strip s, int sums, int oddSums, int count) {
        for (int i = 0; i < count; i++) {
            s.v.vaddps(sums + i, sums + i, oddSums + i);
        }
    }

    private void storeSums(Products products, int tokens) {
        Gpr rowBytes = Gpr.RDX;
        a.mov(rowBytes, at(CALL, Call.OUT_ROW_BYTES));
        a.mov(Gpr.RBX, OUT);
        for (int t = 0; t < tokens; t++) {
            s.v.store(at(Gpr.RBX, 0), products.directSum(s, t));
            a.add(Gpr.RBX, rowBytes);
        }
        a.add(OUT, s.set.vectorBytes());
    }
}
