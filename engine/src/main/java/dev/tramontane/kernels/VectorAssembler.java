package dev.tramontane.kernels;

import static dev.tramontane.kernels.CodeBuffer.BITS_512;
import static dev.tramontane.kernels.CodeBuffer.OpcodeMap.NP_0F;
import static dev.tramontane.kernels.CodeBuffer.OpcodeMap.P66_0F;
import static dev.tramontane.kernels.CodeBuffer.OpcodeMap.P66_0F38;
import static dev.tramontane.kernels.CodeBuffer.OpcodeMap.P66_0F3A;
import static dev.tramontane.kernels.CodeBuffer.OpcodeMap.PF3_0F;

import dev.tramontane.kernels.CodeBuffer.OpcodeMap;

/// Writes the vector instructions that both widths of register have: 512 bits under EVEX (`zmm0` to
/// `zmm31`), or 256 bits under VEX (`ymm0` to `ymm15`), with one opcode for both.
///
/// Registers are given by number, destination first. Instructions have the names of VEX; EVEX adds
/// the size of an element to some (`vpandd`, `vmovdqu32`). What one width alone has is written by
/// {@link Avx512Assembler}.
final class VectorAssembler {
    private final CodeBuffer code;
    private final int bytes;

    /// @param bytes of a register: 64 or 32
    VectorAssembler(CodeBuffer code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    // ---- loads and stores

    void load(int z, Place from) {
        memory(PF3_0F, 0x6F, z, 0, from, bytes);
    }

    void store(Place to, int z) {
        memory(PF3_0F, 0x7F, z, 0, to, bytes);
    }

    /// One dword for all.
    void vpbroadcastd(int z, Place from) {
        memory(P66_0F38, 0x58, z, 0, from, 4);
    }

    /// One word for all.
    void vpbroadcastw(int z, Place from) {
        memory(P66_0F38, 0x79, z, 0, from, 2);
    }

    /// Words of memory to dwords, with zeros.
    void vpmovzxwd(int z, Place from) {
        memory(P66_0F38, 0x33, z, 0, from, bytes / 2);
    }

    /// Bytes of memory to dwords, with zeros.
    void vpmovzxbd(int z, Place from) {
        memory(P66_0F38, 0x31, z, 0, from, bytes / 4);
    }

    /// Signed bytes of memory to dwords.
    void vpmovsxbd(int z, Place from) {
        memory(P66_0F38, 0x21, z, 0, from, bytes / 4);
    }

    /// The binary16 of memory, widened.
    void vcvtph2ps(int z, Place from) {
        memory(P66_0F38, 0x13, z, 0, from, bytes / 2);
    }

    /// The first dword to memory.
    void vmovd(Place to, int z) {
        if (isWide()) {
            code.evex(P66_0F, 0, 0x7E, z, 0, to, 4, 0);
        } else {
            code.vex(128, P66_0F, 0, 0x7E, z, 0, to);
        }
    }

    /// The first quadword to memory.
    void vmovq(Place to, int z) {
        if (isWide()) {
            code.evex(P66_0F, 1, 0x7E, z, 0, to, 8, 0);
        } else {
            code.vex(128, P66_0F, 0, 0xD6, z, 0, to);
        }
    }

    void vzeroupper() {
        code.put(0xC5);
        code.put(0xF8, 0x77);
    }

    // ---- bits and bytes

    void vpunpckldq(int z, int a, int b) {
        registers(P66_0F, 0x62, z, a, b);
    }

    void vpunpckhdq(int z, int a, int b) {
        registers(P66_0F, 0x6A, z, a, b);
    }

    void vpunpcklqdq(int z, int a, int b) {
        quads(0x6C, z, a, b);
    }

    void vpunpckhqdq(int z, int a, int b) {
        quads(0x6D, z, a, b);
    }

    /// Bytes of `table` chosen by the low four bits of each byte of `index`, within 16-byte lanes;
    /// zero where its top bit is set.
    void vpshufb(int z, int table, int index) {
        registers(P66_0F38, 0x00, z, table, index);
    }

    void vpshufb(int z, int table, Place index) {
        memory(P66_0F38, 0x00, z, table, index, bytes);
    }

    /// Dwords chosen within each 16-byte lane.
    void vpshufd(int z, int a, int order) {
        registers(P66_0F, 0x70, z, 0, a);
        code.put(order);
    }

    /// Dwords of `a` in the places that `index` says.
    void vpermd(int z, int index, int a) {
        registers(P66_0F38, 0x36, z, index, a);
    }

    void vpand(int z, int a, int b) {
        registers(P66_0F, 0xDB, z, a, b);
    }

    void vpand(int z, int a, Place b) {
        memory(P66_0F, 0xDB, z, a, b, bytes);
    }

    void vpor(int z, int a, int b) {
        registers(P66_0F, 0xEB, z, a, b);
    }

    void vpxor(int z, int a, int b) {
        registers(P66_0F, 0xEF, z, a, b);
    }

    void vpxor(int z, int a, Place b) {
        memory(P66_0F, 0xEF, z, a, b, bytes);
    }

    void vpsrld(int z, int a, int bits) {
        registers(P66_0F, 0x72, 2, z, a);
        code.put(bits);
    }

    void vpsrad(int z, int a, int bits) {
        registers(P66_0F, 0x72, 4, z, a);
        code.put(bits);
    }

    void vpslld(int z, int a, int bits) {
        registers(P66_0F, 0x72, 6, z, a);
        code.put(bits);
    }

    // ---- arithmetic

    void vpaddb(int z, int a, int b) {
        registers(P66_0F, 0xFC, z, a, b);
    }

    void vpaddb(int z, int a, Place b) {
        memory(P66_0F, 0xFC, z, a, b, bytes);
    }

    void vpaddd(int z, int a, int b) {
        registers(P66_0F, 0xFE, z, a, b);
    }

    void vpsubd(int z, int a, int b) {
        registers(P66_0F, 0xFA, z, a, b);
    }

    /// The low dwords of products.
    void vpmulld(int z, int a, int b) {
        registers(P66_0F38, 0x40, z, a, b);
    }

    /// Unsigned bytes, no less than zero.
    void vpsubusb(int z, int a, int b) {
        registers(P66_0F, 0xD8, z, a, b);
    }

    void vpsubusb(int z, int a, Place b) {
        memory(P66_0F, 0xD8, z, a, b, bytes);
    }

    void vcvtdq2ps(int z, int a) {
        registers(NP_0F, 0x5B, z, 0, a);
    }

    /// To the nearest integers, halves to even.
    void vcvtps2dq(int z, int a) {
        registers(P66_0F, 0x5B, z, 0, a);
    }

    /// The binary16 of the lower half of `a`, widened.
    void vcvtph2ps(int z, int a) {
        registers(P66_0F38, 0x13, z, 0, a);
    }

    void vaddps(int z, int a, int b) {
        registers(NP_0F, 0x58, z, a, b);
    }

    /// Lanes of 64 bits.
    void vaddpd(int z, int a, int b) {
        quads(0x58, z, a, b);
    }

    /// The lower half's floats in double precision.
    void vcvtps2pd(int z, int a) {
        registers(NP_0F, 0x5A, z, 0, a);
    }

    void vsubps(int z, int a, int b) {
        registers(NP_0F, 0x5C, z, a, b);
    }

    void vmulps(int z, int a, int b) {
        registers(NP_0F, 0x59, z, a, b);
    }

    void vdivps(int z, int a, int b) {
        registers(NP_0F, 0x5E, z, a, b);
    }

    void vsqrtps(int z, int a) {
        registers(NP_0F, 0x51, z, 0, a);
    }

    /// The lesser; `b` where one of them is no number.
    void vminps(int z, int a, int b) {
        registers(NP_0F, 0x5D, z, a, b);
    }

    /// The greater; `b` where one of them is no number.
    void vmaxps(int z, int a, int b) {
        registers(NP_0F, 0x5F, z, a, b);
    }

    /// To whole numbers, halves to even. EVEX calls it `vrndscaleps`, with no bits of a fraction.
    void vroundps(int z, int a) {
        registers(P66_0F3A, 0x08, z, 0, a);
        code.put(8); // no exception where it is not exact
    }

    /// `z = z · a + b`.
    void vfmadd213ps(int z, int a, int b) {
        registers(P66_0F38, 0xA8, z, a, b);
    }

    /// `z += a · b`.
    void vfmadd231ps(int z, int a, int b) {
        registers(P66_0F38, 0xB8, z, a, b);
    }

    // ---- encodings

    private boolean isWide() {
        return bytes == 64;
    }

    private void registers(OpcodeMap map, int opcode, int z, int a, int b) {
        if (isWide()) {
            code.evex(map, 0, opcode, z, a, b, BITS_512);
        } else {
            code.vex(256, map, 0, opcode, z, a, b);
        }
    }

    /// Elements of 64 bits, of which EVEX wants to know.
    private void quads(int opcode, int z, int a, int b) {
        if (isWide()) {
            code.evex(P66_0F, 1, opcode, z, a, b, BITS_512);
        } else {
            code.vex(256, P66_0F, 0, opcode, z, a, b);
        }
    }

    private void memory(OpcodeMap map, int opcode, int z, int a, Place b, int step) {
        if (isWide()) {
            code.evex(map, 0, opcode, z, a, b, step, BITS_512);
        } else {
            code.vex(256, map, 0, opcode, z, a, b);
        }
    }
}
