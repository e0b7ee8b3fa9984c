package dev.tramontane.kernels;

import static dev.tramontane.kernels.Assembler.Place.at;

import java.util.List;

/// Sixteen rows side by side: which register holds what, and the code that brings rows into
/// registers.
///
/// Rows are read in the order of the file: sixteen bytes of four rows make the four quarters of one
/// register, and two rounds of unpacking turn four such registers into four of sixteen rows each.
/// No packed copy of the weights exists anywhere.
final class Strip {
    /// Rows side by side.
    static final int ROWS = 16;

    // The registers of every routine. 0 to 11 hold sums; with four tokens or fewer, decoders work
    // in 4 to 11.
    static final int VALUES = 12;
    static final int SCALE = 20;
    static final int MINIMUM = 21;
    static final int SPARE = 22;

    /// First row of the strip at this block, and rows 4, 8 and 12.
    static final List<Gpr> QUARTERS = List.of(Gpr.RCX, Gpr.RDX, Gpr.RBX, Gpr.RSI);

    /// Bytes from a row to the next, and three times as many.
    static final Gpr ROW_BYTES = Gpr.R8;

    static final Gpr THREE_ROWS = Gpr.R9;

    /// Room for {@link #SCRATCH_BYTES} bytes that the decoder may use.
    static final Gpr SCRATCH = Gpr.R15;

    static final int SCRATCH_BYTES = 4096;

    private Strip() {}

    /// Loads the masks that {@link #transpose} needs.
    static void quarterMasks(Assembler a) {
        for (int quarter = 1; quarter < 4; quarter++) {
            a.mov(Gpr.RAX, 0xF << 4 * quarter);
            a.kmovw(quarter, Gpr.RAX);
        }
    }

    /// A register of one dword sixteen times.
    static void constant(Assembler a, int z, int value) {
        a.mov(Gpr.RAX, value);
        a.vpbroadcastd(z, Gpr.RAX);
    }

    /// A register of the same sixteen bytes in every quarter. Works in 22 to 25.
    static void table(Assembler a, int z, int[] dwords) {
        for (int i = 0; i < 4; i++) {
            constant(a, SPARE + i, dwords[i]);
        }
        a.vpunpckldq(SPARE, SPARE, SPARE + 1);
        a.vpunpckldq(SPARE + 2, SPARE + 2, SPARE + 3);
        a.vpunpcklqdq(z, SPARE, SPARE + 2);
    }

    /// Four registers of bytes to eight of their nibbles: the low ones in place, the high ones in
    /// the next four.
    static void splitNibbles(Assembler a, int lowNibbles) {
        for (int z = VALUES; z < VALUES + 4; z++) {
            a.vpsrld(z + 4, z, 4);
            a.vpandd(z, z, lowNibbles);
            a.vpandd(z + 4, z + 4, lowNibbles);
        }
    }

    /// Eight registers of places in a table to what stands there.
    static void lookUp(Assembler a, int table) {
        for (int z = VALUES; z < VALUES + 8; z++) {
            a.vpshufb(z, table, z);
        }
    }

    /// Bytes `offset .. offset + 16` of each row: dword i of all rows to register `to + i`. Works
    /// in 4 to 11, which `to` may be the start of.
    static void transpose(Assembler a, int offset, int to) {
        loadRows(a, offset);
        a.vpunpckldq(8, 4, 5);
        a.vpunpckhdq(9, 4, 5);
        a.vpunpckldq(10, 6, 7);
        a.vpunpckhdq(11, 6, 7);
        a.vpunpcklqdq(to, 8, 10);
        a.vpunpckhqdq(to + 1, 8, 10);
        a.vpunpcklqdq(to + 2, 9, 11);
        a.vpunpckhqdq(to + 3, 9, 11);
    }

    /// The first of the dwords of {@link #transpose} alone.
    static void firstDword(Assembler a, int offset, int to) {
        loadRows(a, offset);
        a.vpunpckldq(8, 4, 5);
        a.vpunpckldq(10, 6, 7);
        a.vpunpcklqdq(to, 8, 10);
    }

    /// The last of the dwords of {@link #transpose} alone.
    static void lastDword(Assembler a, int offset, int to) {
        loadRows(a, offset);
        a.vpunpckhdq(9, 4, 5);
        a.vpunpckhdq(11, 6, 7);
        a.vpunpckhqdq(to, 9, 11);
    }

    /// Sixteen bytes of every row: register 4 + i takes rows i, i + 4, i + 8 and i + 12.
    private static void loadRows(Assembler a, int offset) {
        for (int i = 0; i < 4; i++) {
            for (int quarter = 0; quarter < 4; quarter++) {
                Gpr base = QUARTERS.get(quarter);
                Assembler.Place place =
                        switch (i) {
                            case 0 -> at(base, offset);
                            case 1 -> at(base, ROW_BYTES, 1, offset);
                            case 2 -> at(base, ROW_BYTES, 2, offset);
                            default -> at(base, THREE_ROWS, 1, offset);
                        };
                a.vbroadcasti32x4(4 + i, place, quarter);
            }
        }
    }

    /// Widens the binary16 in the low half of each dword of `z`, in place.
    static void widenHalves(Assembler a, int z) {
        a.vpmovdw(z, z);
        a.vcvtph2ps(z, z);
    }
}
