package dev.tramontane.kernels;

import static dev.tramontane.kernels.Assembler.Place.at;
import static dev.tramontane.kernels.Strip.MINIMUM;
import static dev.tramontane.kernels.Strip.QUARTERS;
import static dev.tramontane.kernels.Strip.ROWS;
import static dev.tramontane.kernels.Strip.ROW_BYTES;
import static dev.tramontane.kernels.Strip.SCALE;
import static dev.tramontane.kernels.Strip.SCRATCH;
import static dev.tramontane.kernels.Strip.SPARE;
import static dev.tramontane.kernels.Strip.THREE_ROWS;
import static dev.tramontane.kernels.Strip.VALUES;

/// The routines of a product for strips of sixteen rows: quantised ones and 8-bit activations, or
/// floats of both.
///
/// - {@link #direct}: decodes blocks and multiplies them with one to four tokens at once; a token
///   alone never leaves the registers.
/// - {@link #unpack}: decodes blocks into a *panel* in the cache: per group the sixteen scales
///   (then the sixteen minima), then `length / 4` vectors of values.
/// - {@link #panel}: multiplies a panel with one to twelve tokens.
///
/// All three do the same arithmetic. Row r and token t have one float sum, over the groups in
/// order: `sum += (scale[r] · d[t]) · Σ u[r][k]·q[t][k]`, the inner sum and what `offset` takes
/// from it in whole numbers; minima follow as `sum −= minimum[r] · (d[t] · Σ q[t][k])`. So a
/// token's result is the same to the bit in any company.
///
/// A routine takes the address of its {@link Call} in `rdi`.
final class StripCode {
    /// The most tokens of {@link #panel}: as many sums as there are registers for.
    static final int MOST_TOKENS = 12;

    /// The most tokens of {@link #direct}, whose decoders need registers too.
    static final int MOST_DIRECT_TOKENS = 4;

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
        static final int SCRATCH = 80;

        /// Not 0: sums go on from what `OUT` holds.
        static final int GO_ON = 88;

        static final int BYTES = 96;

        private Call() {}
    }

    private static final Gpr CALL = Gpr.RDI;
    private static final Gpr BLOCKS = Gpr.RAX;
    private static final Gpr STRIPS = Gpr.R14;
    private static final Gpr X = Gpr.R10;
    private static final Gpr X_SCALES = Gpr.R11;
    private static final Gpr X_SUMS = Gpr.R12;
    private static final Gpr OUT = Gpr.R13;
    private static final Gpr AHEAD = Gpr.RBP;
    private static final Gpr PANEL = Gpr.R10; // where nothing is multiplied
    private static final Gpr[] SAVED = {Gpr.RBX, Gpr.RBP, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15};

    private static final int VECTOR_BYTES = 64;
    private static final int CACHE_LINE = 64;
    private static final int FAR_AHEAD = 144 * CACHE_LINE; // measured

    /// Sums in whole numbers, and the products of scales.
    private static final int DOTS = SPARE;

    private static final int PRODUCTS = SPARE + 4;

    private final Assembler a = new Assembler();

    private StripCode() {}

    /// Bytes of a panel for `cols` values of sixteen rows.
    static long panelBytes(StripDecoder decoder, int cols) {
        return (long) cols / decoder.groupLength() * groupBytes(decoder);
    }

    private static int groupBytes(StripDecoder decoder) {
        if (decoder.isFloat()) {
            return decoder.groupLength() * VECTOR_BYTES;
        }
        return (decoder.hasMinima() ? 2 : 1) * VECTOR_BYTES + decoder.groupLength() * ROWS;
    }

    /// Rows as they lie in the file, times `tokens` tokens.
    static byte[] direct(StripDecoder decoder, int tokens) {
        if (tokens > MOST_DIRECT_TOKENS) {
            throw new IllegalArgumentException(tokens + " tokens");
        }
        var code = new StripCode();
        Assembler a = code.a;
        int cols = decoder.blockLength();
        code.enter(decoder);
        a.mov(OUT, at(CALL, Call.OUT));
        var strip = new Assembler.Label();
        a.bind(strip);
        code.startOfStrip();
        code.startOfTokens();
        code.clear(0, tokens);
        var block = new Assembler.Label();
        a.bind(block);
        code.startOfBlock(decoder, tokens, SPARE);
        decoder.block(a, (index, values) -> code.multiply(decoder, tokens, index, values, SPARE));
        code.endOfBlock(decoder, tokens, SPARE);
        code.prefetch(decoder);
        code.nextBlock(decoder);
        code.nextTokens(decoder, tokens, cols);
        a.dec(BLOCKS);
        a.jnz(block);
        code.storeSums(tokens);
        code.endOfStrip();
        a.dec(STRIPS);
        a.jnz(strip);
        return code.leave();
    }

    /// Rows as they lie in the file, to a panel.
    static byte[] unpack(StripDecoder decoder) {
        var code = new StripCode();
        Assembler a = code.a;
        int groups = decoder.blockLength() / decoder.groupLength();
        code.enter(decoder);
        a.mov(PANEL, at(CALL, Call.PANEL));
        var strip = new Assembler.Label();
        a.bind(strip);
        code.startOfStrip();
        var block = new Assembler.Label();
        a.bind(block);
        decoder.block(a, (index, values) -> code.storeGroup(decoder, index, values));
        code.prefetch(decoder);
        code.nextBlock(decoder);
        a.add(PANEL, groups * groupBytes(decoder));
        a.dec(BLOCKS);
        a.jnz(block);
        code.endOfStrip();
        a.dec(STRIPS);
        a.jnz(strip);
        return code.leave();
    }

    /// A panel, times `tokens` tokens; `BLOCKS` counts runs of 32 values.
    static byte[] panel(StripDecoder decoder, int tokens) {
        if (tokens > MOST_TOKENS) {
            throw new IllegalArgumentException(tokens + " tokens");
        }
        var code = new StripCode();
        Assembler a = code.a;
        Gpr panel = QUARTERS.get(0);
        int groups = 32 / decoder.groupLength();
        int odd = decoder.isFloat() ? MOST_TOKENS : SPARE;
        int values = decoder.isFloat() ? 2 * MOST_TOKENS : VALUES;
        code.save();
        a.mov(OUT, at(CALL, Call.OUT));
        a.mov(STRIPS, at(CALL, Call.STRIPS));
        a.mov(panel, at(CALL, Call.PANEL));
        var strip = new Assembler.Label();
        a.bind(strip);
        code.startOfTokens();
        code.loadSums(tokens);
        var block = new Assembler.Label();
        a.bind(block);
        code.startOfBlock(decoder, tokens, odd);
        for (int group = 0; group < groups; group++) {
            code.loadGroup(decoder, panel, group, values);
            code.multiply(decoder, tokens, group, values, odd);
        }
        code.endOfBlock(decoder, tokens, odd);
        a.add(panel, groups * groupBytes(decoder));
        code.nextTokens(decoder, tokens, 32);
        a.dec(BLOCKS);
        a.jnz(block);
        code.storeSums(tokens);
        a.dec(STRIPS);
        a.jnz(strip);
        return code.leave();
    }

    // ---- the frame of a routine

    private void save() {
        for (Gpr register : SAVED) {
            a.push(register);
        }
    }

    private void enter(StripDecoder decoder) {
        save();
        decoder.constants(a);
        a.mov(STRIPS, at(CALL, Call.STRIPS));
        a.mov(SCRATCH, at(CALL, Call.SCRATCH));
        a.mov(ROW_BYTES, at(CALL, Call.ROW_BYTES));
        a.lea(THREE_ROWS, at(ROW_BYTES, ROW_BYTES, 2, 0));
    }

    private byte[] leave() {
        for (int i = SAVED.length - 1; i >= 0; i--) {
            a.pop(SAVED[i]);
        }
        a.vzeroupper();
        a.ret();
        return a.bytes();
    }

    // ---- weights

    /// Points the quarters at their rows, and the prefetching at the strip after this one.
    private void startOfStrip() {
        a.mov(QUARTERS.get(0), at(CALL, Call.WEIGHTS));
        for (int quarter = 1; quarter < 4; quarter++) {
            a.lea(QUARTERS.get(quarter), at(QUARTERS.get(quarter - 1), ROW_BYTES, 4, 0));
        }
        a.lea(AHEAD, at(QUARTERS.get(3), ROW_BYTES, 4, 0));
        a.mov(BLOCKS, at(CALL, Call.BLOCKS));
    }

    private void endOfStrip() {
        a.mov(QUARTERS.get(0), at(CALL, Call.WEIGHTS));
        a.lea(QUARTERS.get(0), at(QUARTERS.get(0), ROW_BYTES, 8, 0));
        a.lea(QUARTERS.get(0), at(QUARTERS.get(0), ROW_BYTES, 8, 0));
        a.mov(at(CALL, Call.WEIGHTS), QUARTERS.get(0));
    }

    private void nextBlock(StripDecoder decoder) {
        for (Gpr quarter : QUARTERS) {
            a.add(quarter, decoder.blockBytes());
        }
    }

    /// Asks for as many bytes of the next strip as this block has read, and for what lies some way
    /// behind them: the sixteen rows are sixteen streams to the processor's own prefetcher, but one
    /// to us. The second cache keeps more requests in flight than the first.
    private void prefetch(StripDecoder decoder) {
        int bytes = ROWS * decoder.blockBytes();
        for (int line = 0; line < bytes; line += CACHE_LINE) {
            a.prefetcht0(at(AHEAD, line));
            a.prefetcht1(at(AHEAD, line + FAR_AHEAD));
        }
        a.add(AHEAD, bytes);
    }

    private void storeGroup(StripDecoder decoder, int index, int values) {
        int to = index * groupBytes(decoder);
        if (decoder.isFloat()) {
            a.store(at(PANEL, to), values);
            a.store(at(PANEL, to + VECTOR_BYTES), values + 1);
            return;
        }
        a.store(at(PANEL, to), SCALE);
        to += VECTOR_BYTES;
        if (decoder.hasMinima()) {
            a.store(at(PANEL, to), MINIMUM);
            to += VECTOR_BYTES;
        }
        for (int i = 0; i < decoder.groupLength() / 4; i++) {
            a.store(at(PANEL, to + VECTOR_BYTES * i), values + i);
        }
    }

    private void loadGroup(StripDecoder decoder, Gpr panel, int index, int values) {
        int from = index * groupBytes(decoder);
        if (decoder.isFloat()) {
            a.load(values, at(panel, from));
            a.load(values + 1, at(panel, from + VECTOR_BYTES));
            return;
        }
        a.load(SCALE, at(panel, from));
        from += VECTOR_BYTES;
        if (decoder.hasMinima()) {
            a.load(MINIMUM, at(panel, from));
            from += VECTOR_BYTES;
        }
        for (int i = 0; i < decoder.groupLength() / 4; i++) {
            a.load(values + i, at(panel, from + VECTOR_BYTES * i));
        }
    }

    // ---- tokens

    private void startOfTokens() {
        a.mov(X, at(CALL, Call.X));
        a.mov(X_SCALES, at(CALL, Call.X_SCALES));
        a.mov(X_SUMS, at(CALL, Call.X_SUMS));
        a.mov(BLOCKS, at(CALL, Call.BLOCKS));
    }

    /// Goes on to the tokens' next values.
    private void nextTokens(StripDecoder decoder, int tokens, int cols) {
        if (decoder.isFloat()) {
            a.add(X, cols * tokens * Float.BYTES);
        } else {
            a.add(X, cols * tokens);
            a.add(X_SCALES, cols / 32 * tokens * Float.BYTES);
            a.add(X_SUMS, cols / decoder.groupLength() * tokens * Float.BYTES);
        }
    }

    private void clear(int first, int count) {
        for (int z = first; z < first + count; z++) {
            a.vpxord(z, z, z);
        }
    }

    /// Floats have a second sum a token for odd values, so that fewer additions wait for each
    /// other; the two meet after each block of 32.
    private void startOfBlock(StripDecoder decoder, int tokens, int odd) {
        if (decoder.isFloat()) {
            clear(odd, tokens);
        }
    }

    private void endOfBlock(StripDecoder decoder, int tokens, int odd) {
        if (decoder.isFloat()) {
            for (int t = 0; t < tokens; t++) {
                a.vaddps(t, t, odd + t);
            }
        }
    }

    /// Zeros, or what an earlier part of the depth left.
    private void loadSums(int tokens) {
        var begin = new Assembler.Label();
        var done = new Assembler.Label();
        Gpr rowBytes = Gpr.RDX;
        a.mov(rowBytes, at(CALL, Call.GO_ON));
        a.test(rowBytes, rowBytes);
        a.jz(begin);
        a.mov(rowBytes, at(CALL, Call.OUT_ROW_BYTES));
        a.mov(Gpr.RBX, OUT);
        for (int t = 0; t < tokens; t++) {
            a.load(t, at(Gpr.RBX, 0));
            a.add(Gpr.RBX, rowBytes);
        }
        a.test(CALL, CALL); // never zero
        a.jnz(done);
        a.bind(begin);
        clear(0, tokens);
        a.bind(done);
    }

    private void storeSums(int tokens) {
        Gpr rowBytes = Gpr.RDX;
        a.mov(rowBytes, at(CALL, Call.OUT_ROW_BYTES));
        a.mov(Gpr.RBX, OUT);
        for (int t = 0; t < tokens; t++) {
            a.store(at(Gpr.RBX, 0), t);
            a.add(Gpr.RBX, rowBytes);
        }
        a.add(OUT, VECTOR_BYTES);
    }

    /// Adds a group's products to every token's sums. In whole numbers four tokens go side by side,
    /// so that no addition waits for the one before.
    private void multiply(StripDecoder decoder, int tokens, int index, int values, int odd) {
        if (decoder.isFloat()) {
            for (int t = 0; t < tokens; t++) {
                int x = (2 * index * tokens + t) * Float.BYTES;
                a.vfmadd231ps(t, values, at(X, x));
                a.vfmadd231ps(odd + t, values + 1, at(X, x + tokens * Float.BYTES));
            }
            return;
        }
        int run = index * decoder.groupLength() / 32;
        int within = index * decoder.groupLength() % 32;
        for (int first = 0; first < tokens; first += 4) {
            int last = Math.min(tokens, first + 4);
            for (int t = first; t < last; t++) {
                int dot = DOTS + t - first;
                if (decoder.hasMinima()) {
                    a.vpxord(dot, dot, dot);
                } else {
                    a.vpbroadcastd(dot, at(X_SUMS, (index * tokens + t) * Float.BYTES));
                }
            }
            for (int i = 0; i < decoder.groupLength() / 4; i++) {
                for (int t = first; t < last; t++) {
                    int x = (run * tokens + t) * 32 + within + 4 * i;
                    a.vpdpbusd(DOTS + t - first, values + i, at(X, x));
                }
            }
            for (int t = first; t < last; t++) {
                int dot = DOTS + t - first;
                int product = PRODUCTS + (t & 1);
                a.vcvtdq2ps(dot, dot);
                a.vmulps(product, SCALE, at(X_SCALES, (run * tokens + t) * Float.BYTES));
                a.vfmadd231ps(t, dot, product);
                if (decoder.hasMinima()) {
                    a.vfnmadd231ps(t, MINIMUM, at(X_SUMS, (index * tokens + t) * Float.BYTES));
                }
            }
        }
    }
}
