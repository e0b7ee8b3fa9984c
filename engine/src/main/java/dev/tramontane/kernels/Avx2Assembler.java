package dev.tramontane.kernels;

import static dev.tramontane.kernels.CodeBuffer.OpcodeMap.NP_0F;
import static dev.tramontane.kernels.CodeBuffer.OpcodeMap.P66_0F;
import static dev.tramontane.kernels.CodeBuffer.OpcodeMap.P66_0F38;
import static dev.tramontane.kernels.CodeBuffer.OpcodeMap.P66_0F3A;
import static dev.tramontane.kernels.CodeBuffer.OpcodeMap.PF3_0F;

import dev.tramontane.kernels.CodeBuffer.OpcodeMap;

/// Writes the 256-bit instructions that {@link VectorAssembler} has no 512-bit form of: registers
/// put together from halves of 128 bits, and products of bytes without and with AVX-VNNI.
final class Avx2Assembler {
    private final CodeBuffer code;

    Avx2Assembler(CodeBuffer code) {
        this.code = code;
    }

    // ---- halves

    /// Sixteen bytes to the lower half; the upper becomes zero.
    void loadHalf(int y, Place from) {
        code.vex(128, PF3_0F, 0, 0x6F, y, 0, from);
    }

    /// The lower half to memory.
    void storeHalf(Place to, int y) {
        code.vex(128, PF3_0F, 0, 0x7F, y, 0, to);
    }

    /// One of the first eight words to memory.
    void vpextrw(Place to, int y, int word) {
        code.vex(128, P66_0F3A, 0, 0x15, y, 0, to);
        code.put(word);
    }

    /// Eight floats as binary16, halves to even, to the lower half of `y`; the upper becomes zero.
    void vcvtps2ph(int y, int a) {
        code.vex(256, P66_0F3A, 0, 0x1D, a, 0, y);
        code.put(0);
    }

    /// `a` with another half.
    ///
    /// @param half 0 for the lower, 1 for the upper
    void vinserti128(int y, int a, Place from, int half) {
        code.vex(256, P66_0F3A, 0, 0x38, y, a, from);
        code.put(half);
    }

    /// Two halves of four: those of `a` are 0 and 1, those of `b` 2 and 3, chosen by `halves` for
    /// the lower (bits 0 and 1) and the upper (bits 4 and 5).
    void vperm2i128(int y, int a, int b, int halves) {
        registers(P66_0F3A, 0x46, y, a, b);
        code.put(halves);
    }

    /// Quadwords chosen by pairs of bits.
    void vpermq(int y, int a, int order) {
        code.vex(256, P66_0F3A, 1, 0x00, y, 0, a);
        code.put(order);
    }

    /// The top bit of each dword; the other bits become zero.
    void vmovmskps(Gpr to, int a) {
        code.vex(256, NP_0F, 0, 0x50, to.number(), 0, a);
    }

    /// A dword to the lowest place.
    void vmovd(int y, Gpr from) {
        code.vex(128, P66_0F, 0, 0x6E, y, 0, from.number());
    }

    /// The lowest dword to all places.
    void vpbroadcastd(int y, int a) {
        registers(P66_0F38, 0x58, y, 0, a);
    }

    // ---- arithmetic

    /// `y[i] = a[2i] · b[2i] + a[2i + 1] · b[2i + 1]`: unsigned bytes of `a`, signed ones of `b`,
    /// to 16 bits, where what is too large becomes the largest.
    void vpmaddubsw(int y, int a, int b) {
        registers(P66_0F38, 0x04, y, a, b);
    }

    /// `y[i] = a[2i] · b[2i] + a[2i + 1] · b[2i + 1]`: numbers of 16 bits, to 32.
    void vpmaddwd(int y, int a, Place b) {
        code.vex(256, P66_0F, 0, 0xF5, y, a, b);
    }

    void vpaddw(int y, int a, int b) {
        registers(P66_0F, 0xFD, y, a, b);
    }

    /// Bytes of `a` with the signs of `b` on top of their own.
    void vpsignb(int y, int a, int b) {
        registers(P66_0F38, 0x08, y, a, b);
    }

    void vpabsb(int y, int a) {
        registers(P66_0F38, 0x1C, y, 0, a);
    }

    /// `y[i] += Σ over four bytes of unsigned a · signed b`: AVX-VNNI.
    void vpdpbusd(int y, int a, int b) {
        registers(P66_0F38, 0x50, y, a, b);
    }

    /// All bits of the lanes that differ.
    void vcmpneqps(int y, int a, int b) {
        registers(NP_0F, 0xC2, y, a, b);
        code.put(4);
    }

    /// All bits of the lanes in which `a` is greater, as whole numbers.
    void vpcmpgtd(int y, int a, int b) {
        registers(P66_0F, 0x66, y, a, b);
    }

    /// Lanes of `b` where the mask's top bit is set, of `a` elsewhere.
    void vblendvps(int y, int a, int b, int mask) {
        registers(P66_0F3A, 0x4A, y, a, b);
        code.put(mask << 4);
    }

    /// Whether `a & b` has no bits, for {@link Assembler#jz} and {@link Assembler#jnz}.
    void vptest(int a, int b) {
        registers(P66_0F38, 0x17, a, 0, b);
    }

    /// Dwords to words, no greater than 65535: within each half four of `a`, then four of `b`.
    void vpackusdw(int y, int a, int b) {
        registers(P66_0F38, 0x2B, y, a, b);
    }

    /// `y −= a · b`.
    void vfnmadd231ps(int y, int a, int b) {
        registers(P66_0F38, 0xBC, y, a, b);
    }

    private void registers(OpcodeMap map, int opcode, int y, int a, int b) {
        code.vex(256, map, 0, opcode, y, a, b);
    }
}
