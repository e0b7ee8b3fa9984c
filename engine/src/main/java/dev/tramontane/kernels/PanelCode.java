package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;
import static dev.tramontane.kernels.StripCode.CALL;

import dev.tramontane.kernels.StripCode.Call;

/// The routine that multiplies a panel of {@link StripCode#unpack} with groups of up to twelve
/// tokens, one group after the other.
///
/// Of its {@link Call}, `STRIPS` counts strips of {@link Strip#ROWS} rows on every machine, and
/// `BLOCKS` runs ({@link #run}) of values.
final class PanelCode {
    /// The most tokens: as many sums as there are registers for with 512 bits.
    static final int MOST_TOKENS = 12;

    private PanelCode() {}

    /// Values of a row that a step over the depth takes.
    static int run(StripDecoder decoder) {
        return Math.max(32, decoder.groupLength());
    }

    static byte[] routine(InstructionSet set, StripDecoder decoder, int tokens) {
        if (tokens > MOST_TOKENS) {
            throw new IllegalArgumentException(tokens + " tokens");
        }
        var s = new Strip(set);
        StripCode.save(s.a);
        Gpr counter = Gpr.RAX;
        var group = new Assembler.Label();
        s.a.bind(group);
        s.a.mov(Gpr.RAX, at(CALL, Call.GROUP_OUT));
        s.a.mov(at(CALL, Call.OUT), Gpr.RAX);
        Products.of(set).panel(s, decoder, tokens);
        next(s.a, Call.X, Call.X_STEP);
        next(s.a, Call.X_SCALES, Call.X_SCALES_STEP);
        next(s.a, Call.X_SUMS, Call.X_SUMS_STEP);
        next(s.a, Call.GROUP_OUT, Call.GROUP_OUT_STEP);
        s.a.mov(counter, at(CALL, Call.GROUPS));
        s.a.dec(counter);
        s.a.mov(at(CALL, Call.GROUPS), counter);
        s.a.jnz(group);
        return StripCode.leave(s);
    }

    private static void next(Assembler a, int pointer, int step) {
        a.mov(Gpr.RAX, at(CALL, pointer));
        a.mov(Gpr.RCX, at(CALL, step));
        a.add(Gpr.RAX, Gpr.RCX);
        a.mov(at(CALL, pointer), Gpr.RAX);
    }

    /// Zeros, or what an earlier part of the depth left: sums of `tokens` tokens from `out` on, a
    /// row each, in `vectors` registers of theirs. Leaves `out` where it was.
    ///
    /// @param sum number of the first register; a token's second is `tokens` further
    static void loadSums(Strip s, Gpr out, int sum, int tokens, int vectors) {
        Assembler a = s.a;
        var begin = new Assembler.Label();
        var done = new Assembler.Label();
        Gpr rowBytes = Gpr.RDX;
        a.mov(rowBytes, at(CALL, Call.GO_ON));
        a.test(rowBytes, rowBytes);
        a.jz(begin);
        a.mov(rowBytes, at(CALL, Call.OUT_ROW_BYTES));
        a.mov(Gpr.RBX, out);
        for (int t = 0; t < tokens; t++) {
            for (int i = 0; i < vectors; i++) {
                s.v.load(sum + t + tokens * i, at(Gpr.RBX, s.set.vectorBytes() * i));
            }
            a.add(Gpr.RBX, rowBytes);
        }
        a.test(CALL, CALL); // never zero
        a.jnz(done);
        a.bind(begin);
        StripCode.clear(s, sum, tokens * vectors);
        a.bind(done);
    }

    /// Stores what {@link #loadSums} has loaded. Leaves the row after the last in `rbx`.
    static void storeSums(Strip s, Gpr out, int sum, int tokens, int vectors) {
        Assembler a = s.a;
        Gpr rowBytes = Gpr.RDX;
        a.mov(rowBytes, at(CALL, Call.OUT_ROW_BYTES));
        a.mov(Gpr.RBX, out);
        for (int t = 0; t < tokens; t++) {
            for (int i = 0; i < vectors; i++) {
                s.v.store(at(Gpr.RBX, s.set.vectorBytes() * i), sum + t + tokens * i);
            }
            a.add(Gpr.RBX, rowBytes);
        }
    }
}
