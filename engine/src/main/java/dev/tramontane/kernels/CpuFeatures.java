package dev.tramontane.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What this x86-64 processor and its operating system offer, asked of the processor itself.
///
/// Intel SDM volume 2, CPUID; volume 1, section 15.2 on the state the system must save.
///
/// @param avx512 the foundation with byte, word and doubleword instructions (F, BW, DQ, VL)
/// @param vnni dot products of bytes in 512-bit vectors
record CpuFeatures(boolean avx512, boolean vnni) {
    private static final int OSXSAVE = 1 << 27; // leaf 1, ecx
    private static final int F = 1 << 16; // leaf 7, ebx
    private static final int DQ = 1 << 17;
    private static final int BW = 1 << 30;
    private static final int VL = 1 << 31;
    private static final int VNNI = 1 << 11; // leaf 7, ecx

    /// SSE, AVX, and the three parts of AVX-512: bits of XCR0.
    private static final int ZMM_STATE = 0xE6;

    /// Asks the processor; call on x86-64 alone.
    ///
    /// @throws UnsupportedOperationException when code cannot be made executable
    static CpuFeatures detect() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(6 * 4L, 4);
            Routines.call(new ExecutableMemory(arena).load(question()), answer);
            int ecx1 = answer.getAtIndex(ValueLayout.JAVA_INT, 0);
            int ebx7 = answer.getAtIndex(ValueLayout.JAVA_INT, 1);
            int ecx7 = answer.getAtIndex(ValueLayout.JAVA_INT, 2);
            int xcr0 = answer.getAtIndex(ValueLayout.JAVA_INT, 3);
            boolean saved = (ecx1 & OSXSAVE) != 0 && (xcr0 & ZMM_STATE) == ZMM_STATE;
            boolean avx512 = saved && (ebx7 & (F | DQ | BW | VL)) == (F | DQ | BW | VL);
            return new CpuFeatures(avx512, avx512 && (ecx7 & VNNI) != 0);
        }
    }

    /// Stores leaf 1's `ecx`, leaf 7's `ebx` and `ecx`, and XCR0 (0 where it cannot be read) as
    /// int[4] at `rdi`.
    private static byte[] question() {
        var a = new Assembler();
        a.push(Gpr.RBX);
        a.mov(Gpr.RAX, 1);
        a.mov(Gpr.RCX, 0);
        a.cpuid();
        a.mov(Assembler.Place.at(Gpr.RDI, 0), Gpr.RCX);
        a.mov(Gpr.R8, Gpr.RCX);
        a.mov(Gpr.RAX, 7);
        a.mov(Gpr.RCX, 0);
        a.cpuid();
        a.mov(Assembler.Place.at(Gpr.RDI, 4), Gpr.RBX);
        a.mov(Assembler.Place.at(Gpr.RDI, 8), Gpr.RCX);
        a.mov(Gpr.RAX, 0);
        var unreadable = new Assembler.Label();
        a.test(Gpr.R8, OSXSAVE);
        a.jz(unreadable);
        a.mov(Gpr.RCX, 0);
        a.xgetbv();
        a.bind(unreadable);
        a.mov(Assembler.Place.at(Gpr.RDI, 12), Gpr.RAX);
        a.pop(Gpr.RBX);
        a.ret();
        return a.bytes();
    }
}
