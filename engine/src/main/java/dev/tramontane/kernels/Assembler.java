package dev.tramontane.kernels;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Writes x86-64 machine code: the few dozen instructions that {@link AssembledKernels} are made
/// of, in their shortest encodings.
///
/// Methods are named after the instructions, destination first as in Intel's manuals. Vector
/// registers are the 512-bit `zmm0` to `zmm31`, given by number. Encodings: Intel SDM volume 2,
/// section 2.3 (VEX) and 2.7 (EVEX). `AssemblerTest` holds every one against GNU as.
final class Assembler {
    /// A place in memory: `[base + index · scale + offset]`.
    ///
    /// @param index null for none
    /// @param scale 1, 2, 4 or 8
    record Place(Gpr base, @Nullable Gpr index, int scale, int offset) {
        static Place at(Gpr base, int offset) {
            return new Place(base, null, 1, offset);
        }

        static Place at(Gpr base, Gpr index, int scale, int offset) {
            if (index == Gpr.RSP || Integer.bitCount(scale) != 1 || scale > 8) {
                throw new IllegalArgumentException("index " + index + " times " + scale);
            }
            return new Place(base, index, scale, offset);
        }
    }

    /// A place in the code that jumps may name before it is reached.
    static final class Label {
        private int at = -1;
        private int[] waiting = {};
    }

    // The mandatory prefix and the opcode map, as EVEX numbers them.
    private static final int NONE = 0;
    private static final int P66 = 1;
    private static final int PF3 = 2;
    private static final int M0F = 1;
    private static final int M0F38 = 2;
    private static final int M0F3A = 3;

    /// Bytes that one step of a short offset stands for (disp8*N, SDM table 2-34).
    private static final int WHOLE = 64;

    // Bits of the last EVEX byte.
    private static final int BITS_512 = 0x40;
    private static final int BROADCAST = 0x10;

    private static final int HALF = 32;
    private static final int QUARTER = 16;
    private static final int ELEMENT = 4;

    private byte[] code = new byte[4096];
    private int size;

    /// The code so far.
    byte[] bytes() {
        return Arrays.copyOf(code, size);
    }

    private void b(int value) {
        if (size == code.length) {
            code = Arrays.copyOf(code, 2 * size);
        }
        code[size++] = (byte) value;
    }

    private void i32(int value) {
        for (int shift = 0; shift < 32; shift += 8) {
            b(value >> shift);
        }
    }

    // ---- vectors: loads, stores, broadcasts

    void load(int z, Place from) {
        memory(PF3, M0F, 0, 0x6F, z, 0, from, WHOLE, 0, false);
    }

    void store(Place to, int z) {
        memory(PF3, M0F, 0, 0x7F, z, 0, to, WHOLE, 0, false);
    }

    /// Four copies of 16 bytes; under a mask `k1` to `k7` only its lanes are written.
    void vbroadcasti32x4(int z, Place from, int mask) {
        memory(P66, M0F38, 0, 0x5A, z, 0, from, QUARTER, mask, false);
    }

    void vpbroadcastd(int z, Place from) {
        memory(P66, M0F38, 0, 0x58, z, 0, from, ELEMENT, 0, false);
    }

    void vpbroadcastd(int z, Gpr from) {
        registers(P66, M0F38, 0, 0x7C, z, 0, from.number());
    }

    // ---- vectors: bits and bytes

    void vpunpckldq(int z, int a, int b) {
        registers(P66, M0F, 0, 0x62, z, a, b);
    }

    void vpunpckhdq(int z, int a, int b) {
        registers(P66, M0F, 0, 0x6A, z, a, b);
    }

    void vpunpcklqdq(int z, int a, int b) {
        registers(P66, M0F, 1, 0x6C, z, a, b);
    }

    void vpunpckhqdq(int z, int a, int b) {
        registers(P66, M0F, 1, 0x6D, z, a, b);
    }

    /// Bytes of `table` chosen by the low four bits of each byte of `index`, within 16-byte lanes.
    void vpshufb(int z, int table, int index) {
        registers(P66, M0F38, 0, 0x00, z, table, index);
    }

    void vpandd(int z, int a, int b) {
        registers(P66, M0F, 0, 0xDB, z, a, b);
    }

    void vpandd(int z, int a, Place b) {
        memory(P66, M0F, 0, 0xDB, z, a, b, WHOLE, 0, false);
    }

    void vpord(int z, int a, int b) {
        registers(P66, M0F, 0, 0xEB, z, a, b);
    }

    void vpxord(int z, int a, int b) {
        registers(P66, M0F, 0, 0xEF, z, a, b);
    }

    /// `z = table(z, a, b)`, bit by bit: bit `4z + 2a + b` of `table`.
    void vpternlogd(int z, int a, int b, int table) {
        registers(P66, M0F3A, 0, 0x25, z, a, b);
        b(table);
    }

    void vpsrld(int z, int a, int bits) {
        registers(P66, M0F, 0, 0x72, 2, z, a);
        b(bits);
    }

    void vpsrld(int z, Place a, int bits) {
        memory(P66, M0F, 0, 0x72, 2, z, a, WHOLE, 0, false);
        b(bits);
    }

    void vpsrad(int z, int a, int bits) {
        registers(P66, M0F, 0, 0x72, 4, z, a);
        b(bits);
    }

    void vpslld(int z, int a, int bits) {
        registers(P66, M0F, 0, 0x72, 6, z, a);
        b(bits);
    }

    void vpslld(int z, Place a, int bits) {
        memory(P66, M0F, 0, 0x72, 6, z, a, WHOLE, 0, false);
        b(bits);
    }

    // ---- vectors: arithmetic

    /// `z[i] += Σ over four bytes of unsigned a · signed b`, `b` one dword for all.
    void vpdpbusd(int z, int a, Place b) {
        memory(P66, M0F38, 0, 0x50, z, a, b, ELEMENT, 0, true);
    }

    void vpaddd(int z, int a, int b) {
        registers(P66, M0F, 0, 0xFE, z, a, b);
    }

    /// Unsigned bytes, no less than zero.
    void vpsubusb(int z, int a, int b) {
        registers(P66, M0F, 0, 0xD8, z, a, b);
    }

    void vcvtdq2ps(int z, int a) {
        registers(NONE, M0F, 0, 0x5B, z, 0, a);
    }

    /// The low half of each dword, to the lower 32 bytes of `z`.
    void vpmovdw(int z, int a) {
        registers(PF3, M0F38, 0, 0x33, a, 0, z);
    }

    /// Sixteen binary16 of the lower 32 bytes of `a`, widened.
    void vcvtph2ps(int z, int a) {
        registers(P66, M0F38, 0, 0x13, z, 0, a);
    }

    void vcvtph2ps(int z, Place a) {
        memory(P66, M0F38, 0, 0x13, z, 0, a, HALF, 0, false);
    }

    void vmulps(int z, int a, int b) {
        registers(NONE, M0F, 0, 0x59, z, a, b);
    }

    /// `b` one float for all.
    void vmulps(int z, int a, Place b) {
        memory(NONE, M0F, 0, 0x59, z, a, b, ELEMENT, 0, true);
    }

    /// Quotients in the lanes of the mask, zeros elsewhere.
    void vdivps(int z, int a, int b, int mask) {
        registers(NONE, M0F, 0, 0x5E, z, a, b, 0x80 | mask);
    }

    void vmaxps(int z, int a, int b) {
        registers(NONE, M0F, 0, 0x5F, z, a, b);
    }

    void vsubps(int z, int a, int b) {
        registers(NONE, M0F, 0, 0x5C, z, a, b);
    }

    /// To whole numbers, halves to even.
    void vrndscaleps(int z, int a) {
        registers(P66, M0F3A, 0, 0x08, z, 0, a);
        b(8); // no fraction bits, no exceptions
    }

    /// `a · 2^⌊b⌋` in the lanes of the mask, zeros elsewhere; mask 0 is all lanes.
    void vscalefps(int z, int a, int b, int mask) {
        registers(P66, M0F38, 0, 0x2C, z, a, b, mask == 0 ? 0 : 0x80 | mask);
    }

    /// `z = z · a + b`.
    void vfmadd213ps(int z, int a, int b) {
        registers(P66, M0F38, 0, 0xA8, z, a, b);
    }

    /// Lanes of `b` where the mask has ones, of `a` elsewhere.
    void vblendmps(int z, int a, int b, int mask) {
        registers(P66, M0F38, 0, 0x65, z, a, b, mask);
    }

    /// Which lanes of `a` are greater, as whole numbers, of those that `mask` has; 0 is all lanes.
    void vpcmpgtd(int to, int a, int b, int mask) {
        registers(P66, M0F, 0, 0x66, to, a, b, mask);
    }

    /// Sixteen words of memory, widened with zeros.
    void vpmovzxwd(int z, Place from) {
        memory(P66, M0F38, 0, 0x33, z, 0, from, HALF, 0, false);
    }

    /// Sixteen signed bytes of memory, widened.
    void vpmovsxbd(int z, Place from) {
        memory(P66, M0F38, 0, 0x21, z, 0, from, QUARTER, 0, false);
    }

    void vpbroadcastw(int z, Place from) {
        memory(P66, M0F38, 0, 0x79, z, 0, from, 2, 0, false);
    }

    /// Whether a mask has no ones, for {@link #jz} and {@link #jnz}.
    void kortestw(int mask) {
        b(0xC5);
        b(0xF8);
        b(0x98);
        b(0xC0 | mask << 3 | mask);
    }

    /// Which lanes differ, to a mask.
    void vcmpneqps(int mask, int a, int b) {
        registers(NONE, M0F, 0, 0xC2, mask, a, b);
        b(4);
    }

    /// To the nearest integers, halves to even.
    void vcvtps2dq(int z, int a) {
        registers(P66, M0F, 0, 0x5B, z, 0, a);
    }

    /// The low byte of each dword: sixteen bytes to memory.
    void vpmovdb(Place to, int z) {
        memory(PF3, M0F38, 0, 0x31, z, 0, to, QUARTER, 0, false);
    }

    /// 16-byte lanes chosen by the pairs of bits of `lanes`, two of `a`, then two of `b`.
    void vshufi32x4(int z, int a, int b, int lanes) {
        registers(P66, M0F3A, 0, 0x43, z, a, b);
        b(lanes);
    }

    /// Dwords chosen within each 16-byte lane.
    void vpshufd(int z, int a, int order) {
        registers(P66, M0F, 0, 0x70, z, 0, a);
        b(order);
    }

    /// The first dword to memory.
    void vmovd(Place to, int z) {
        memory(P66, M0F, 0, 0x7E, z, 0, to, ELEMENT, 0, 0);
    }

    /// `z += a · b`.
    void vfmadd231ps(int z, int a, int b) {
        registers(P66, M0F38, 0, 0xB8, z, a, b);
    }

    /// `z += a · b`, `b` one float for all.
    void vfmadd231ps(int z, int a, Place b) {
        memory(P66, M0F38, 0, 0xB8, z, a, b, ELEMENT, 0, true);
    }

    void vaddps(int z, int a, int b) {
        registers(NONE, M0F, 0, 0x58, z, a, b);
    }

    /// `z −= a · b`, `b` one float for all.
    void vfnmadd231ps(int z, int a, Place b) {
        memory(P66, M0F38, 0, 0xBC, z, a, b, ELEMENT, 0, true);
    }

    void vzeroupper() {
        b(0xC5);
        b(0xF8);
        b(0x77);
    }

    /// The low sixteen bits of a register as mask `k1` to `k7`.
    void kmovw(int mask, Gpr from) {
        if (from.number() < 8) {
            b(0xC5);
            b(0xF8);
        } else {
            b(0xC4);
            b(0xC1);
            b(0x78);
        }
        b(0x92);
        b(0xC0 | mask << 3 | from.number() & 7);
    }

    // ---- whole numbers

    void mov(Gpr to, Place from) {
        wide(0x8B, to, from);
    }

    void mov(Place to, Gpr from) {
        wide(0x89, from, to);
    }

    void mov(Gpr to, Gpr from) {
        wide(0x89, from, to);
    }

    /// Sets the lower half and clears the upper.
    void mov(Gpr to, int value) {
        if (to.number() >= 8) {
            b(0x41);
        }
        b(0xB8 | to.number() & 7);
        i32(value);
    }

    void lea(Gpr to, Place place) {
        wide(0x8D, to, place);
    }

    void add(Gpr to, Gpr from) {
        wide(0x01, from, to);
    }

    void add(Gpr to, int value) {
        boolean small = value == (byte) value;
        if (!small && to == Gpr.RAX) {
            throw new IllegalArgumentException("rax has a shorter form, which nobody needs here");
        }
        b(0x48 | to.number() >> 3);
        b(small ? 0x83 : 0x81);
        b(0xC0 | to.number() & 7);
        if (small) {
            b(value);
        } else {
            i32(value);
        }
    }

    void dec(Gpr register) {
        b(0x48 | register.number() >> 3);
        b(0xFF);
        b(0xC8 | register.number() & 7);
    }

    void test(Gpr a, Gpr b) {
        wide(0x85, b, a);
    }

    /// Looks at the bits of the lower half.
    void test(Gpr register, int bits) {
        if (register.number() >= 8) {
            b(0x41);
        }
        b(0xF7);
        b(0xC0 | register.number() & 7);
        i32(bits);
    }

    void push(Gpr register) {
        if (register.number() >= 8) {
            b(0x41);
        }
        b(0x50 | register.number() & 7);
    }

    void pop(Gpr register) {
        if (register.number() >= 8) {
            b(0x41);
        }
        b(0x58 | register.number() & 7);
    }

    void ret() {
        b(0xC3);
    }

    void cpuid() {
        b(0x0F);
        b(0xA2);
    }

    void xgetbv() {
        b(0x0F);
        b(0x01);
        b(0xD0);
    }

    /// Asks for a cache line, into the nearest cache; an address that nobody mapped is ignored.
    void prefetcht0(Place place) {
        prefetch(1, place);
    }

    /// The same, but into the second cache.
    void prefetcht1(Place place) {
        prefetch(2, place);
    }

    private void prefetch(int hint, Place place) {
        int rex = rex(0, place);
        if (rex != 0x40) {
            b(rex);
        }
        b(0x0F);
        b(0x18);
        place(hint, place, 1);
    }

    // ---- jumps

    /// Here is the label.
    void bind(Label label) {
        label.at = size;
        for (int from : label.waiting) {
            patch(from, size);
        }
        label.waiting = new int[0];
    }

    void jnz(Label label) {
        jump(0x85, label);
    }

    void jz(Label label) {
        jump(0x84, label);
    }

    private void jump(int condition, Label label) {
        b(0x0F);
        b(condition);
        i32(0);
        if (label.at >= 0) {
            patch(size, label.at);
        } else {
            label.waiting = Arrays.copyOf(label.waiting, label.waiting.length + 1);
            label.waiting[label.waiting.length - 1] = size;
        }
    }

    private void patch(int from, int to) {
        int distance = to - from;
        for (int i = 0; i < 4; i++) {
            code[from - 4 + i] = (byte) (distance >> 8 * i);
        }
    }

    // ---- encodings

    private void wide(int opcode, Gpr register, Gpr other) {
        b(0x48 | register.number() >> 3 << 2 | other.number() >> 3);
        b(opcode);
        b(0xC0 | (register.number() & 7) << 3 | other.number() & 7);
    }

    private void wide(int opcode, Gpr register, Place place) {
        b(0x08 | rex(register.number(), place));
        b(opcode);
        place(register.number(), place, 1);
    }

    private static int rex(int register, Place place) {
        int index = place.index == null ? 0 : place.index.number();
        return 0x40 | register >> 3 << 2 | index >> 3 << 1 | place.base.number() >> 3;
    }

    private void registers(int prefix, int map, int w, int opcode, int z, int a, int b) {
        registers(prefix, map, w, opcode, z, a, b, 0);
    }

    /// @param mask the mask's number; with 0x80, other lanes become zero
    private void registers(int prefix, int map, int w, int opcode, int z, int a, int b, int mask) {
        evex(prefix, map, w, z, a, b >> 4 & 1, b >> 3 & 1, mask, BITS_512);
        b(opcode);
        b(0xC0 | (z & 7) << 3 | b & 7);
    }

    private void memory(
            int prefix,
            int map,
            int w,
            int opcode,
            int z,
            int a,
            Place place,
            int step,
            int mask,
            boolean broadcast) {
        int flags = broadcast ? BITS_512 | BROADCAST : BITS_512;
        memory(prefix, map, w, opcode, z, a, place, step, mask, flags);
    }

    private void memory(
            int prefix,
            int map,
            int w,
            int opcode,
            int z,
            int a,
            Place place,
            int step,
            int mask,
            int flags) {
        int index = place.index == null ? 0 : place.index.number();
        evex(prefix, map, w, z, a, index >> 3, place.base.number() >> 3, mask, flags);
        b(opcode);
        place(z, place, step);
    }

    /// The four bytes before the opcode; register bits are stored inverted.
    private void evex(
            int prefix, int map, int w, int z, int a, int x, int base, int mask, int flags) {
        b(0x62);
        b((~z >> 3 & 1) << 7 | (~x & 1) << 6 | (~base & 1) << 5 | (~z >> 4 & 1) << 4 | map);
        b(w << 7 | (~a & 15) << 3 | 4 | prefix);
        b(flags | (~a >> 4 & 1) << 3 | mask);
    }

    /// ModR/M, SIB and offset, the offset short where it is a small number of `step`s.
    private void place(int register, Place place, int step) {
        int base = place.base.number() & 7;
        boolean none = place.offset == 0 && base != 5;
        int steps = place.offset / step;
        boolean few = place.offset % step == 0 && steps == (byte) steps;
        int mode = none ? 0x00 : few ? 0x40 : 0x80;
        if (place.index != null || base == 4) {
            int index = place.index == null ? 4 : place.index.number() & 7;
            b(mode | (register & 7) << 3 | 4);
            b(Integer.numberOfTrailingZeros(place.scale) << 6 | index << 3 | base);
        } else {
            b(mode | (register & 7) << 3 | base);
        }
        if (mode == 0x40) {
            b(steps);
        } else if (mode == 0x80) {
            i32(place.offset);
        }
    }
}
