package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;

import java.util.List;
import java.util.function.IntUnaryOperator;

/// Rows side by side, one a dword of a vector register: which register holds what, and the code
/// that brings rows into registers, for both widths. Decoders are written in these pieces.
///
/// Rows are read in the order of the file: sixteen bytes of every row make the 16-byte lanes of
/// four registers, and two rounds of unpacking turn those into four registers of one dword a row.
/// No packed copy of the weights exists anywhere.
///
/// | | 512 bits | 256 bits |
/// | --- | --- | --- |
/// | rows | 16 | 8 |
/// | sums of few tokens | 0 to 3, 8 to 11 | 12 to 14 |
/// | `values` (8) | 12 to 19 | 0 to 7 |
/// | `scale`, `minimum` | 20, 21 | 8, 9 |
/// | `spare` (2), in which the pieces work | 4, 5 | 10, 11 |
/// | constants (6) | 28 to 31, 6, 7 | scratch memory |
final class Strip {
    /// Rows that a product takes in one go: a strip of 512 bits, or two of 256.
    static final int ROWS = 16;

    private static final List<Gpr> QUARTERS = List.of(Gpr.RCX, Gpr.RDX, Gpr.RBX, Gpr.RSI);

    /// Bytes from a row to the next, and three times as many.
    static final Gpr ROW_BYTES = Gpr.R8;

    static final Gpr THREE_ROWS = Gpr.R9;

    /// Address of {@link #SCRATCH_BYTES} bytes: constants of 256 bits, then the decoder's slots.
    static final Gpr SCRATCH = Gpr.R15;

    static final int SCRATCH_BYTES = 4096;

    // Constants that a decoder may have are numbered from 0; these are ours.
    private static final int SIGNS = 5;
    private static final int LOW_HALVES = 6;
    private static final int ONES = 7;
    private static final int CONSTANTS = 8;

    /// `z | (a & b)`.
    private static final int OR_AND = 0xF8;

    final Emitter emitter;

    // Those of the emitter.
    final InstructionSet set;
    final CodeBuffer code;
    final Assembler a;
    final VectorAssembler v;
    final Avx512Assembler wide;
    final Avx2Assembler narrow;

    final int sums;
    final int values;
    final int scale;
    final int minimum;
    final int spare;

    Strip(InstructionSet set) {
        this.emitter = new Emitter(set);
        this.set = set;
        this.code = emitter.code;
        this.a = emitter.a;
        this.v = emitter.v;
        this.wide = emitter.wide;
        this.narrow = emitter.narrow;
        this.sums = set.isWide() ? 0 : 12;
        this.values = set.isWide() ? 12 : 0;
        this.scale = set.isWide() ? 20 : 8;
        this.minimum = set.isWide() ? 21 : 9;
        this.spare = set.isWide() ? 4 : 10;
    }

    /// First rows of each four: 0 and 4, and with 512 bits 8 and 12, at the block being decoded.
    List<Gpr> quarters() {
        return QUARTERS.subList(0, set.lanes() / 4);
    }

    /// What is added to bytes of both signs: 128, which makes them unsigned, or 0 where the
    /// products take signs.
    int bias() {
        return set == InstructionSet.AVX2 ? 0 : 128;
    }

    /// Sets what the pieces need, once a routine.
    void begin() {
        if (set.isWide()) {
            for (int quarter = 1; quarter < 4; quarter++) {
                a.mov(Gpr.RAX, 0xF << 4 * quarter);
                wide.kmovw(quarter, Gpr.RAX);
            }
        } else {
            table(LOW_HALVES, new int[] {0x05040100, 0x0D0C0908, 0x05040100, 0x0D0C0908});
            ones();
        }
        constant(SIGNS, 0x8000_0000);
    }

    /// Sets the {@link #ONES} of 256 bits, once a routine.
    void ones() {
        constant(ONES, 0x00010001);
    }

    /// Sixteen ones of 16 bits.
    Place onesPlace() {
        return place(ONES);
    }

    // ---- constants

    /// Makes a constant of one dword in every lane.
    void constant(int constant, int value) {
        if (set.isWide()) {
            emitter.broadcast(register(constant), value);
        } else {
            emitter.broadcast(spare, value);
            v.store(place(constant), spare);
        }
    }

    /// Makes a constant of the same sixteen bytes over and over. Works in `values`.
    void table(int constant, int[] dwords) {
        for (int i = 0; i < 4; i++) {
            emitter.broadcast(values + i, dwords[i]);
        }
        v.vpunpckldq(values, values, values + 1);
        v.vpunpckldq(values + 2, values + 2, values + 3);
        if (set.isWide()) {
            v.vpunpcklqdq(register(constant), values, values + 2);
        } else {
            v.vpunpcklqdq(values, values, values + 2);
            v.store(place(constant), values);
        }
    }

    /// Makes a table of what sixteen numbers stand for.
    ///
    /// @param bias that is added to each
    void levels(int constant, IntUnaryOperator level, int bias) {
        int[] dwords = new int[4];
        for (int q = 0; q < 16; q++) {
            dwords[q / 4] |= (level.applyAsInt(q) + bias & 0xFF) << 8 * (q % 4);
        }
        table(constant, dwords);
    }

    /// Where a constant is with 512 bits.
    static int register(int constant) {
        return constant < 4 ? 28 + constant : 2 + constant;
    }

    /// Where a constant is with 256 bits.
    private Place place(int constant) {
        return at(SCRATCH, set.vectorBytes() * constant);
    }

    /// `z = x & constant`.
    void and(int z, int x, int constant) {
        if (set.isWide()) {
            v.vpand(z, x, register(constant));
        } else {
            v.vpand(z, x, place(constant));
        }
    }

    /// `z |= x & constant`; `x` is lost.
    void orAnd(int z, int x, int constant) {
        if (set.isWide()) {
            wide.vpternlogd(z, x, register(constant), OR_AND);
        } else {
            v.vpand(x, x, place(constant));
            v.vpor(z, z, x);
        }
    }

    /// `z = x ^ constant`.
    void xor(int z, int x, int constant) {
        if (set.isWide()) {
            v.vpxor(z, x, register(constant));
        } else {
            v.vpxor(z, x, place(constant));
        }
    }

    /// Bytes of `x`, and the constant's added.
    void addBytes(int z, int x, int constant) {
        if (set.isWide()) {
            v.vpaddb(z, x, register(constant));
        } else {
            v.vpaddb(z, x, place(constant));
        }
    }

    /// Unsigned bytes of `x` less the constant's, at least zero.
    void subtractBytes(int z, int x, int constant) {
        if (set.isWide()) {
            v.vpsubusb(z, x, register(constant));
        } else {
            v.vpsubusb(z, x, place(constant));
        }
    }

    /// Bytes of `x` put where the constant says, within sixteen.
    void shuffle(int z, int x, int constant) {
        if (set.isWide()) {
            v.vpshufb(z, x, register(constant));
        } else {
            v.vpshufb(z, x, place(constant));
        }
    }

    /// `count` registers from `first` on, of places in a table, to what stands there.
    void lookUp(int first, int count, int table) {
        int register = set.isWide() ? register(table) : spare + 1;
        if (!set.isWide()) {
            v.load(register, place(table));
        }
        for (int z = first; z < first + count; z++) {
            v.vpshufb(z, register, z);
        }
    }

    // ---- scratch memory

    /// A place of one register's size in scratch memory, numbered from 0.
    Place slot(int number) {
        return at(SCRATCH, set.vectorBytes() * (set.isWide() ? number : CONSTANTS + number));
    }

    /// `z = memory >> bits` in every dword.
    void shiftRight(int z, Place from, int bits) {
        if (bits == 0) {
            v.load(z, from);
        } else if (set.isWide()) {
            wide.vpsrld(z, from, bits);
        } else {
            v.load(z, from);
            v.vpsrld(z, z, bits);
        }
    }

    /// `z = memory << bits` in every dword.
    void shiftLeft(int z, Place from, int bits) {
        if (set.isWide()) {
            wide.vpslld(z, from, bits);
        } else {
            v.load(z, from);
            v.vpslld(z, z, bits);
        }
    }

    // ---- rows

    /// Bytes `offset .. offset + 16` of each row: dword i of all rows to register `to + i`.
    void transpose(int offset, int to) {
        for (int i = 0; i < 4; i++) {
            loadRows(i, offset, to + i);
        }
        v.vpunpckldq(spare, to, to + 1);
        v.vpunpckhdq(to, to, to + 1);
        v.vpunpckldq(to + 1, to + 2, to + 3);
        v.vpunpckhdq(to + 2, to + 2, to + 3);
        v.vpunpckhqdq(to + 3, to, to + 2);
        v.vpunpcklqdq(to + 2, to, to + 2);
        v.vpunpcklqdq(to, spare, to + 1);
        v.vpunpckhqdq(to + 1, spare, to + 1);
    }

    /// {@link #transpose} to the slots from `slot` on. Works in the first four of `values`.
    void transposeToSlots(int offset, int slot) {
        transpose(offset, values);
        for (int i = 0; i < 4; i++) {
            v.store(slot(slot + i), values + i);
        }
    }

    /// The first of the dwords of {@link #transpose} alone.
    void firstDword(int offset, int to) {
        loadRows(0, offset, spare);
        loadRows(1, offset, to);
        v.vpunpckldq(spare, spare, to);
        loadRows(2, offset, spare + 1);
        loadRows(3, offset, to);
        v.vpunpckldq(spare + 1, spare + 1, to);
        v.vpunpcklqdq(to, spare, spare + 1);
    }

    /// The last of the dwords of {@link #transpose} alone.
    void lastDword(int offset, int to) {
        loadRows(0, offset, spare);
        loadRows(1, offset, to);
        v.vpunpckhdq(spare, spare, to);
        loadRows(2, offset, spare + 1);
        loadRows(3, offset, to);
        v.vpunpckhdq(spare + 1, spare + 1, to);
        v.vpunpckhqdq(to, spare, spare + 1);
    }

    /// Sixteen bytes each of rows i, i + 4, i + 8 …, side by side.
    private void loadRows(int i, int offset, int z) {
        for (int quarter = 0; quarter < set.lanes() / 4; quarter++) {
            Gpr base = QUARTERS.get(quarter);
            Place place =
                    switch (i) {
                        case 0 -> at(base, offset);
                        case 1 -> at(base, ROW_BYTES, 1, offset);
                        case 2 -> at(base, ROW_BYTES, 2, offset);
                        default -> at(base, THREE_ROWS, 1, offset);
                    };
            if (set.isWide()) {
                wide.vbroadcasti32x4(z, place, quarter);
            } else if (quarter == 0) {
                narrow.loadHalf(z, place);
            } else {
                narrow.vinserti128(z, z, place, 1);
            }
        }
    }

    // ---- values and scales

    /// Four registers of `values` to eight of their nibbles: the low ones in place, the high ones
    /// in the next four.
    void splitNibbles(int lowNibbles) {
        for (int z = values; z < values + 4; z++) {
            v.vpsrld(z + 4, z, 4);
            and(z, z, lowNibbles);
            and(z + 4, z + 4, lowNibbles);
        }
    }

    /// Widens the binary16 in the low half of each dword of `x`.
    void widenHalves(int z, int x) {
        if (set.isWide()) {
            wide.vpmovdw(z, x);
        } else {
            v.vpshufb(z, x, place(LOW_HALVES));
            narrow.vpermq(z, z, 0x08);
        }
        v.vcvtph2ps(z, z);
    }

    /// The binary16 at this offset of each row is the scale.
    void halfScale(int offset) {
        firstDword(offset, scale);
        widenHalves(scale, scale);
    }

    /// The binary16 at this offset of each row is the scale, and the next what is added to every
    /// value.
    void halfScaleAndMinimum(int offset) {
        firstDword(offset, scale);
        v.vpsrld(minimum, scale, 16);
        widenHalves(minimum, minimum);
        xor(minimum, minimum, SIGNS);
        widenHalves(scale, scale);
    }

    /// The four bytes of each dword as floats, times the row's factor, to four slots.
    void scaleBytes(int bytes, boolean signed, int factor, int slot) {
        for (int i = 0; i < 4; i++) {
            int z = bytes;
            if (i < 3) {
                z = spare;
                v.vpslld(z, bytes, 24 - 8 * i);
            }
            if (signed) {
                v.vpsrad(spare, z, 24);
            } else {
                v.vpsrld(spare, z, 24);
            }
            v.vcvtdq2ps(spare, spare);
            v.vmulps(spare, spare, factor);
            v.store(slot(slot + i), spare);
        }
    }
}
