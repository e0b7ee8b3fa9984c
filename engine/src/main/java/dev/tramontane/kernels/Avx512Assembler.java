package dev.tramontane.kernels;

import static dev.tramontane.kernels.CodeBuffer.BITS_512;
import static dev.tramontane.kernels.CodeBuffer.BROADCAST;
import static dev.tramontane.kernels.CodeBuffer.OpcodeMap.NP_0F;
import static dev.tramontane.kernels.CodeBuffer.OpcodeMap.P66_0F;
import static dev.tramontane.kernels.CodeBuffer.OpcodeMap.P66_0F38;
import static dev.tramontane.kernels.CodeBuffer.OpcodeMap.P66_0F3A;
import static dev.tramontane.kernels.CodeBuffer.OpcodeMap.PF3_0F38;
import static dev.tramontane.kernels.CodeBuffer.ZEROING;

import dev.tramontane.kernels.CodeBuffer.OpcodeMap;

/// Writes the 512-bit instructions that {@link VectorAssembler} has no 256-bit form of: those with
/// masks `k1` to `k7`, with a memory operand that is one element for all, and dot products.
final class Avx512Assembler {
    // Bytes that one step of a short offset stands for.
    private static final int WHOLE = 64;
    private static final int HALF = 32;
    private static final int QUARTER = 16;
    private static final int ELEMENT = 4;

    private final CodeBuffer code;

    Avx512Assembler(CodeBuffer code) {
        this.code = code;
    }

    /// The low sixteen bits of a register as a mask.
    void kmovw(int mask, Gpr from) {
        if (from.number() < 8) {
            code.put(0xC5, 0xF8);
        } else {
            code.put(0xC4, 0xC1);
            code.put(0x78);
        }
        code.put(0x92);
        code.operands(mask, from.number());
    }

    /// A mask to memory, two bytes.
    void kmovw(Place to, int mask) {
        code.vex(128, NP_0F, 0, 0x91, mask, 0, to);
    }

    /// The top bit of each dword, to a mask.
    void vpmovd2m(int mask, int a) {
        registers(PF3_0F38, 0x39, mask, 0, a);
    }

    /// Four copies of 16 bytes; under a mask (0 for none) only its lanes are written.
    void vbroadcasti32x4(int z, Place from, int mask) {
        code.evex(P66_0F38, 0, 0x5A, z, 0, from, QUARTER, BITS_512 | mask);
    }

    void vpbroadcastd(int z, Gpr from) {
        registers(P66_0F38, 0x7C, z, 0, from.number());
    }

    /// `z = table(z, a, b)`, bit by bit: bit `4z + 2a + b` of `table`.
    void vpternlogd(int z, int a, int b, int table) {
        registers(P66_0F3A, 0x25, z, a, b);
        code.put(table);
    }

    void vpsrld(int z, Place a, int bits) {
        code.evex(P66_0F, 0, 0x72, 2, z, a, WHOLE, BITS_512);
        code.put(bits);
    }

    void vpslld(int z, Place a, int bits) {
        code.evex(P66_0F, 0, 0x72, 6, z, a, WHOLE, BITS_512);
        code.put(bits);
    }

    /// The low half of each dword, to the lower 32 bytes of `z`.
    void vpmovdw(int z, int a) {
        registers(PF3_0F38, 0x33, a, 0, z);
    }

    /// The low half of each dword: 32 bytes to memory.
    void vpmovdw(Place to, int z) {
        code.evex(PF3_0F38, 0, 0x33, z, 0, to, HALF, BITS_512);
    }

    /// The low byte of each dword: sixteen bytes to memory.
    void vpmovdb(Place to, int z) {
        code.evex(PF3_0F38, 0, 0x31, z, 0, to, QUARTER, BITS_512);
    }

    /// 16-byte lanes chosen by the pairs of bits of `lanes`, two of `a`, then two of `b`.
    void vshufi32x4(int z, int a, int b, int lanes) {
        registers(P66_0F3A, 0x43, z, a, b);
        code.put(lanes);
    }

    /// Lanes of `b` where the mask has ones, of `a` elsewhere.
    void vblendmps(int z, int a, int b, int mask) {
        code.evex(P66_0F38, 0, 0x65, z, a, b, BITS_512 | mask);
    }

    /// Which lanes of `a` are greater, as whole numbers, of those that `mask` has; 0 is all lanes.
    void vpcmpgtd(int to, int a, int b, int mask) {
        code.evex(P66_0F, 0, 0x66, to, a, b, BITS_512 | mask);
    }

    /// Whether a mask has no ones, for {@link Assembler#jz} and {@link Assembler#jnz}.
    void kortestw(int mask) {
        code.put(0xC5, 0xF8);
        code.put(0x98);
        code.operands(mask, mask);
    }

    /// Which lanes differ, to a mask.
    void vcmpneqps(int mask, int a, int b) {
        registers(NP_0F, 0xC2, mask, a, b);
        code.put(4);
    }

    /// Quotients in the lanes of the mask, zeros elsewhere.
    void vdivps(int z, int a, int b, int mask) {
        code.evex(NP_0F, 0, 0x5E, z, a, b, BITS_512 | ZEROING | mask);
    }

    /// `z[i] += Σ over four bytes of unsigned a · signed b`, `b` one dword for all.
    void vpdpbusd(int z, int a, Place b) {
        broadcast(P66_0F38, 0x50, z, a, b);
    }

    /// `z[i] += Σ over two words of a · b`, both signed, `b` one dword for all.
    void vpdpwssd(int z, int a, Place b) {
        broadcast(P66_0F38, 0x52, z, a, b);
    }

    /// `z[i] += Σ over two bfloat16 of a · b`, the one in the upper half of a dword first, each sum
    /// rounded.
    void vdpbf16ps(int z, int a, int b) {
        registers(PF3_0F38, 0x52, z, a, b);
    }

    /// `b` one float for all.
    void vmulps(int z, int a, Place b) {
        broadcast(NP_0F, 0x59, z, a, b);
    }

    /// `z += a · b`, `b` one float for all.
    void vfmadd231ps(int z, int a, Place b) {
        broadcast(P66_0F38, 0xB8, z, a, b);
    }

    /// `z −= a · b`, `b` one float for all.
    void vfnmadd231ps(int z, int a, Place b) {
        broadcast(P66_0F38, 0xBC, z, a, b);
    }

    private void registers(OpcodeMap map, int opcode, int z, int a, int b) {
        code.evex(map, 0, opcode, z, a, b, BITS_512);
    }

    private void broadcast(OpcodeMap map, int opcode, int z, int a, Place b) {
        code.evex(map, 0, opcode, z, a, b, ELEMENT, BITS_512 | BROADCAST);
    }
}
