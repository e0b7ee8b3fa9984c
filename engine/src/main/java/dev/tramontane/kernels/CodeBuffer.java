package dev.tramontane.kernels;

import java.util.Arrays;

/// Machine code as it is written, and the encodings that instructions have in common: the
/// assemblers for whole numbers and for vectors all write into one.
///
/// Intel SDM volume 2: section 2.1 (ModR/M and SIB), 2.3 (VEX) and 2.7 (EVEX). Register bits of the
/// prefixes are stored inverted.
final class CodeBuffer {
    /// A mandatory prefix and a map of opcodes, in the numbers that VEX and EVEX have for them.
    enum OpcodeMap {
        NP_0F(0, 1),
        P66_0F(1, 1),
        PF3_0F(2, 1),
        P66_0F38(1, 2),
        PF3_0F38(2, 2),
        P66_0F3A(1, 3);

        private final int prefix;
        private final int map;

        OpcodeMap(int prefix, int map) {
            this.prefix = prefix;
            this.map = map;
        }
    }

    /// Flags of the last EVEX byte, next to a mask's number: vectors of 512 bits, a memory operand
    /// that is one element for all, lanes outside of the mask cleared.
    static final int BITS_512 = 0x40;

    static final int BROADCAST = 0x10;
    static final int ZEROING = 0x80;

    private byte[] code = new byte[4096];
    private int size;

    /// The code so far.
    byte[] bytes() {
        return Arrays.copyOf(code, size);
    }

    int size() {
        return size;
    }

    void put(int value) {
        if (size == code.length) {
            code = Arrays.copyOf(code, 2 * size);
        }
        code[size++] = (byte) value;
    }

    void put(int first, int second) {
        put(first);
        put(second);
    }

    void putInt(int value) {
        for (int shift = 0; shift < 32; shift += 8) {
            put(value >> shift);
        }
    }

    /// Writes the four bytes before `at` again.
    void patchInt(int at, int value) {
        for (int i = 0; i < 4; i++) {
            code[at - 4 + i] = (byte) (value >> 8 * i);
        }
    }

    /// The REX prefix, with no bits but those of the registers.
    static int rex(int register, Place place) {
        return 0x40 | register >> 3 << 2 | place.indexNumber() >> 3 << 1 | place.baseNumber() >> 3;
    }

    /// The ModR/M byte of two registers.
    void operands(int register, int other) {
        put(0xC0 | (register & 7) << 3 | other & 7);
    }

    /// ModR/M, SIB and offset, the offset short where it is a small number of steps.
    ///
    /// @param step bytes that one step of a short offset stands for: 1, or under EVEX the size of
    ///   what is read (disp8*N, SDM table 2-34)
    void operands(int register, Place place, int step) {
        int base = place.baseNumber() & 7;
        boolean none = place.offset() == 0 && base != 5;
        int steps = place.offset() / step;
        boolean few = place.offset() % step == 0 && steps == (byte) steps;
        int mode = none ? 0x00 : few ? 0x40 : 0x80;
        if (place.index() != null || base == 4) {
            int index = place.index() == null ? 4 : place.indexNumber() & 7;
            put(mode | (register & 7) << 3 | 4);
            put(Integer.numberOfTrailingZeros(place.scale()) << 6 | index << 3 | base);
        } else {
            put(mode | (register & 7) << 3 | base);
        }
        if (mode == 0x40) {
            put(steps);
        } else if (mode == 0x80) {
            putInt(place.offset());
        }
    }

    /// An instruction of three registers under EVEX; `z` and `b` are ModR/M's, `a` the prefix's.
    ///
    /// @param w 1 where elements have 64 bits
    /// @param flags {@link #BITS_512} and others, with the number of a mask
    void evex(OpcodeMap map, int w, int opcode, int z, int a, int b, int flags) {
        evexPrefix(map, w, z, a, b >> 4 & 1, b >> 3 & 1, flags);
        put(opcode);
        operands(z, b);
    }

    /// The same with memory in the place of `b`.
    void evex(OpcodeMap map, int w, int opcode, int z, int a, Place b, int step, int flags) {
        evexPrefix(map, w, z, a, b.indexNumber() >> 3, b.baseNumber() >> 3, flags);
        put(opcode);
        operands(z, b, step);
    }

    private void evexPrefix(OpcodeMap map, int w, int z, int a, int x, int base, int flags) {
        put(0x62);
        put((~z >> 3 & 1) << 7 | (~x & 1) << 6 | (~base & 1) << 5 | (~z >> 4 & 1) << 4 | map.map);
        put(w << 7 | (~a & 15) << 3 | 4 | map.prefix);
        put(flags | (~a >> 4 & 1) << 3);
    }

    /// An instruction of three registers under VEX.
    ///
    /// @param bits 128 or 256, of a vector
    void vex(int bits, OpcodeMap map, int w, int opcode, int z, int a, int b) {
        vexPrefix(bits, map, w, z, a, 0, b >> 3);
        put(opcode);
        operands(z, b);
    }

    /// The same with memory in the place of `b`.
    void vex(int bits, OpcodeMap map, int w, int opcode, int z, int a, Place b) {
        vexPrefix(bits, map, w, z, a, b.indexNumber() >> 3, b.baseNumber() >> 3);
        put(opcode);
        operands(z, b, 1);
    }

    /// Two bytes where nothing needs three.
    private void vexPrefix(int bits, OpcodeMap map, int w, int z, int a, int x, int base) {
        if ((z | a) > 15 || base > 1) {
            throw new IllegalArgumentException("no register above 15 under VEX");
        }
        int last = (~a & 15) << 3 | (bits == 256 ? 4 : 0) | map.prefix;
        int r = (~z >> 3 & 1) << 7;
        if (x == 0 && base == 0 && w == 0 && map.map == 1) {
            put(0xC5, r | last);
        } else {
            put(0xC4, r | (~x & 1) << 6 | (~base & 1) << 5 | map.map);
            put(w << 7 | last);
        }
    }
}
