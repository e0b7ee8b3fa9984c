package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// What this x86-64 processor and its operating system offer, asked of the processor itself.
///
/// Intel SDM volume 2, CPUID; volume 1, section 15.2 on the state the system must save.
///
/// @param sets that may be used, the fastest first
/// @param hasFastBfloat16 whether AVX-512 multiplies bfloat16 faster than floats: AMD's does,
///   Intel's at half their speed (docs/adr/0030)
record CpuFeatures(List<InstructionSet> sets, boolean hasFastBfloat16) {
    private static final int ANSWERS = 6;
    private static final int AMD = 0x68747541; // "Auth" of AuthenticAMD: leaf 0, ebx

    private static final int FMA = 1 << 12; // leaf 1, ecx
    private static final int OSXSAVE = 1 << 27;
    private static final int AVX = 1 << 28;
    private static final int F16C = 1 << 29;
    private static final int AVX2 = 1 << 5; // leaf 7, ebx
    private static final int F = 1 << 16;
    private static final int DQ = 1 << 17;
    private static final int BW = 1 << 30;
    private static final int VL = 1 << 31;
    private static final int VNNI = 1 << 11; // leaf 7, ecx
    private static final int AVX_VNNI = 1 << 4; // leaf 7, subleaf 1, eax
    private static final int AVX512_BF16 = 1 << 5;

    /// SSE and AVX, and the three parts of AVX-512: bits of XCR0.
    private static final int YMM_STATE = 0x6;

    private static final int ZMM_STATE = 0xE6;

    CpuFeatures {
        sets = List.copyOf(sets);
    }

    /// Asks the processor; call on x86-64 alone.
    ///
    /// @throws UnsupportedOperationException when code cannot be made executable
    static CpuFeatures detect() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate((ANSWERS + 1) * 4L, 4); // stores are wide
            Routines.call(new ExecutableMemory(arena).load(question()), answer);
            return of(answer.toArray(ValueLayout.JAVA_INT));
        }
    }

    /// @param answers leaf 1's `ecx`, leaf 7's `ebx` and `ecx`, the `eax` of its subleaf 1, XCR0,
    ///   leaf 0's `ebx`
    static CpuFeatures of(int[] answers) {
        int ecx1 = answers[0];
        int ebx7 = answers[1];
        int xcr0 = answers[4];
        List<InstructionSet> sets = new ArrayList<>();
        boolean avx512 = has(xcr0, ZMM_STATE) && has(ebx7, F | DQ | BW | VL);
        if (avx512 && has(answers[2], VNNI)) {
            sets.add(InstructionSet.AVX512_VNNI);
        }
        boolean avx2 = has(xcr0, YMM_STATE) && has(ecx1, AVX | FMA | F16C) && has(ebx7, AVX2);
        if (avx2 && has(answers[3], AVX_VNNI)) {
            sets.add(InstructionSet.AVX_VNNI);
        }
        if (avx2) {
            sets.add(InstructionSet.AVX2);
        }
        return new CpuFeatures(sets, avx512 && has(answers[3], AVX512_BF16) && answers[5] == AMD);
    }

    private static boolean has(int bits, int wanted) {
        return (bits & wanted) == wanted;
    }

    /// Stores what {@link #of} takes as int[6] at `rdi`; 0 for what cannot be asked.
    private static byte[] question() {
        var code = new CodeBuffer();
        var a = new Assembler(code);
        a.push(Gpr.RBX);
        cpuid(a, 1, 0);
        a.mov(at(Gpr.RDI, 0), Gpr.RCX);
        a.mov(Gpr.R8, Gpr.RCX);
        cpuid(a, 7, 0);
        a.mov(at(Gpr.RDI, 4), Gpr.RBX);
        a.mov(at(Gpr.RDI, 8), Gpr.RCX);
        var noSubleaf = new Assembler.Label();
        a.test(Gpr.RAX, Gpr.RAX); // the last subleaf
        a.mov(Gpr.RAX, 0);
        a.jz(noSubleaf);
        cpuid(a, 7, 1);
        a.bind(noSubleaf);
        a.mov(at(Gpr.RDI, 12), Gpr.RAX);
        a.mov(Gpr.RAX, 0);
        var unreadable = new Assembler.Label();
        a.test(Gpr.R8, OSXSAVE);
        a.jz(unreadable);
        a.mov(Gpr.RCX, 0);
        a.xgetbv();
        a.bind(unreadable);
        a.mov(at(Gpr.RDI, 16), Gpr.RAX);
        cpuid(a, 0, 0);
        a.mov(at(Gpr.RDI, 20), Gpr.RBX);
        a.pop(Gpr.RBX);
        a.ret();
        return code.bytes();
    }

    private static void cpuid(Assembler a, int leaf, int subleaf) {
        a.mov(Gpr.RAX, leaf);
        a.mov(Gpr.RCX, subleaf);
        a.cpuid();
    }
}
