package dev.tramontane.kernels;

import java.util.Arrays;

/// Writes the x86-64 instructions on whole numbers, and the jumps, that {@link AssembledKernels}
/// are made of, in their shortest encodings.
///
/// Methods are named after the instructions, destination first as in Intel's manuals.
/// `AssemblerTest` holds every instruction of this and the other assemblers ({@link
/// VectorAssembler}, {@link Avx512Assembler}) against GNU as.
final class Assembler {
    /// A place in the code that jumps may name before it is reached.
    static final class Label {
        private int at = -1;
        private int[] waiting = {};
    }

    private final CodeBuffer code;

    Assembler(CodeBuffer code) {
        this.code = code;
    }

    void mov(Gpr to, Place from) {
        wide(0x8B, to, from);
    }

    void mov(Place to, Gpr from) {
        wide(0x89, from, to);
    }

    void mov(Gpr to, Gpr from) {
        wide(0x89, from, to);
    }

    /// The lowest byte of one of the first four registers.
    void movb(Place to, Gpr from) {
        int rex = CodeBuffer.rex(from.number(), to);
        if (from.number() > 3) {
            throw new IllegalArgumentException("the lowest byte of " + from + " is not needed");
        }
        if (rex != 0x40) {
            code.put(rex);
        }
        code.put(0x88);
        code.operands(from.number(), to, 1);
    }

    /// Sets the lower half and clears the upper.
    void mov(Gpr to, int value) {
        if (to.number() >= 8) {
            code.put(0x41);
        }
        code.put(0xB8 | to.number() & 7);
        code.putInt(value);
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
        code.put(0x48 | to.number() >> 3);
        code.put(small ? 0x83 : 0x81);
        code.put(0xC0 | to.number() & 7);
        if (small) {
            code.put(value);
        } else {
            code.putInt(value);
        }
    }

    void dec(Gpr register) {
        code.put(0x48 | register.number() >> 3);
        code.put(0xFF);
        code.put(0xC8 | register.number() & 7);
    }

    void test(Gpr a, Gpr b) {
        wide(0x85, b, a);
    }

    /// Looks at the bits of the lower half.
    void test(Gpr register, int bits) {
        if (register.number() >= 8) {
            code.put(0x41);
        }
        code.put(0xF7);
        code.put(0xC0 | register.number() & 7);
        code.putInt(bits);
    }

    void push(Gpr register) {
        if (register.number() >= 8) {
            code.put(0x41);
        }
        code.put(0x50 | register.number() & 7);
    }

    void pop(Gpr register) {
        if (register.number() >= 8) {
            code.put(0x41);
        }
        code.put(0x58 | register.number() & 7);
    }

    void ret() {
        code.put(0xC3);
    }

    void cpuid() {
        code.put(0x0F);
        code.put(0xA2);
    }

    void xgetbv() {
        code.put(0x0F);
        code.put(0x01);
        code.put(0xD0);
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
        int rex = CodeBuffer.rex(0, place);
        if (rex != 0x40) {
            code.put(rex);
        }
        code.put(0x0F);
        code.put(0x18);
        code.operands(hint, place, 1);
    }

    // ---- jumps

    /// Here is the label.
    void bind(Label label) {
        label.at = code.size();
        for (int from : label.waiting) {
            patch(from, label.at);
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
        code.put(0x0F);
        code.put(condition);
        code.putInt(0);
        if (label.at >= 0) {
            patch(code.size(), label.at);
        } else {
            label.waiting = Arrays.copyOf(label.waiting, label.waiting.length + 1);
            label.waiting[label.waiting.length - 1] = code.size();
        }
    }

    private void patch(int from, int to) {
        code.patchInt(from, to - from);
    }

    private void wide(int opcode, Gpr register, Gpr other) {
        code.put(0x48 | register.number() >> 3 << 2 | other.number() >> 3);
        code.put(opcode);
        code.operands(register.number(), other.number());
    }

    private void wide(int opcode, Gpr register, Place place) {
        code.put(0x08 | CodeBuffer.rex(register.number(), place));
        code.put(opcode);
        code.operands(register.number(), place, 1);
    }
}
