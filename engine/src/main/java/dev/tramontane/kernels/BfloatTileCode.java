package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;

/// The routine of {@link BfloatTiles}: sixteen sums of eight rows by two vectors of columns, a pair
/// of bfloat16 a dword. Takes the address of its {@link Call} in `rdi`.
final class BfloatTileCode {
    /// What the routine is told, `long[]` at these byte offsets; some of it is changed.
    static final class Call {
        /// Pairs of the first tile's first row.
        static final int ROWS = 0;

        static final int TILES = 8;

        /// Pairs of all columns.
        static final int COLUMNS = 16;

        static final int PAIRS = 24;

        /// What sums are added to, and where they go; bytes from a row to the next.
        static final int FROM = 32;

        static final int FROM_STRIDE = 40;
        static final int TO = 48;
        static final int TO_STRIDE = 56;
        static final int BYTES = 64;

        private Call() {}
    }

    private static final Gpr CALL = Gpr.RDI;
    private static final Gpr ROW = Gpr.RSI;
    private static final Gpr COLUMN = Gpr.RDX;
    private static final Gpr PAIRS = Gpr.RAX;
    private static final Gpr TILES = Gpr.RCX;
    private static final Gpr FROM = Gpr.R8;
    private static final Gpr FROM_STRIDE = Gpr.R9;
    private static final Gpr TO = Gpr.R10;
    private static final Gpr TO_STRIDE = Gpr.R11;

    // Registers: two sums a row from 0 on, then these.
    private static final int LEFT = 16;
    private static final int RIGHT = 17;
    private static final int VALUES = 18;

    private static final int VECTOR_BYTES = 64;

    private final Emitter e = new Emitter(InstructionSet.AVX512_VNNI);
    private final BfloatTiles.Layout layout;

    private BfloatTileCode(BfloatTiles.Layout layout) {
        this.layout = layout;
    }

    static byte[] routine(BfloatTiles.Layout layout) {
        return new BfloatTileCode(layout).routine();
    }

    private byte[] routine() {
        e.a.mov(TILES, at(CALL, Call.TILES));
        e.a.mov(FROM, at(CALL, Call.FROM));
        e.a.mov(FROM_STRIDE, at(CALL, Call.FROM_STRIDE));
        e.a.mov(TO, at(CALL, Call.TO));
        e.a.mov(TO_STRIDE, at(CALL, Call.TO_STRIDE));
        e.repeat(TILES, this::tile);
        return e.end();
    }

    private void tile() {
        prefetch(FROM, FROM_STRIDE);
        prefetch(TO, TO_STRIDE);
        e.a.mov(ROW, at(CALL, Call.ROWS));
        e.a.mov(COLUMN, at(CALL, Call.COLUMNS));
        e.a.mov(PAIRS, at(CALL, Call.PAIRS));
        e.clear(0, 2 * BfloatTiles.ROWS);
        e.repeat(PAIRS, this::pair);
        e.a.mov(ROW, at(CALL, Call.ROWS));
        e.a.add(ROW, layout.tileBytes());
        e.a.mov(at(CALL, Call.ROWS), ROW);
        for (int row = 0; row < BfloatTiles.ROWS; row++) {
            for (int half = 0; half < 2; half++) {
                int sum = 2 * row + half;
                e.v.load(VALUES, at(FROM, half * VECTOR_BYTES));
                e.v.vaddps(sum, VALUES, sum);
                e.v.store(at(TO, half * VECTOR_BYTES), sum);
            }
            e.a.add(FROM, FROM_STRIDE);
            e.a.add(TO, TO_STRIDE);
        }
    }

    /// Asks for a tile's rows, which the sums are long in coming to.
    private void prefetch(Gpr first, Gpr stride) {
        e.a.mov(ROW, first);
        for (int row = 0; row < BfloatTiles.ROWS; row++) {
            e.a.prefetcht0(at(ROW, 0));
            e.a.prefetcht0(at(ROW, VECTOR_BYTES));
            e.a.add(ROW, stride);
        }
    }

    private void pair() {
        e.v.load(LEFT, at(COLUMN, 0));
        e.v.load(RIGHT, at(COLUMN, VECTOR_BYTES));
        for (int row = 0; row < BfloatTiles.ROWS; row++) {
            e.v.vpbroadcastd(VALUES, at(ROW, row * layout.rowBytes()));
            e.wide.vdpbf16ps(2 * row, VALUES, LEFT);
            e.wide.vdpbf16ps(2 * row + 1, VALUES, RIGHT);
        }
        e.a.add(ROW, layout.pairBytes());
        e.a.add(COLUMN, 2 * VECTOR_BYTES);
    }
}
