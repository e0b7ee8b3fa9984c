package dev.tramontane.kernels;

/// The assemblers of one routine, and the small steps for which the two widths of register have
/// instructions of their own.
final class Emitter {
    private static final int SWAP_PAIRS = 0x4E;
    private static final int SWAP_NEIGHBOURS = 0xB1;

    final InstructionSet set;
    final CodeBuffer code = new CodeBuffer();
    final Assembler a = new Assembler(code);
    final VectorAssembler v;
    final Avx512Assembler wide = new Avx512Assembler(code);
    final Avx2Assembler narrow = new Avx2Assembler(code);

    Emitter(InstructionSet set) {
        this.set = set;
        this.v = new VectorAssembler(code, set.vectorBytes());
    }

    /// An operation on two registers.
    interface Operation {
        void emit(int z, int a, int b);
    }

    /// Ends a routine.
    byte[] end() {
        v.vzeroupper();
        a.ret();
        return code.bytes();
    }

    /// Runs `body` as often as the counter says, at least once; the counter ends at zero.
    void repeat(Gpr counter, Runnable body) {
        var again = new Assembler.Label();
        a.bind(again);
        body.run();
        a.dec(counter);
        a.jnz(again);
    }

    /// A dword in every lane. Works in `rax`.
    void broadcast(int z, int value) {
        a.mov(Gpr.RAX, value);
        broadcast(z, Gpr.RAX);
    }

    /// The low dword in every lane.
    void broadcast(int z, Gpr from) {
        if (set.isWide()) {
            wide.vpbroadcastd(z, from);
        } else {
            narrow.vmovd(z, from);
            narrow.vpbroadcastd(z, z);
        }
    }

    /// Zeros to `count` registers.
    void clear(int first, int count) {
        for (int z = first; z < first + count; z++) {
            v.vpxor(z, z, z);
        }
    }

    /// All lanes of 64 bits combined, in every lane: halves with halves, always in this order. With
    /// eight lanes that is what `operation` on the halves, and then four lanes, would give.
    void overDoubles(int z, int spare, Operation operation) {
        if (set.isWide()) {
            wide.vshufi32x4(spare, z, z, SWAP_PAIRS);
            operation.emit(z, z, spare);
            wide.vshufi32x4(spare, z, z, SWAP_NEIGHBOURS);
        } else {
            narrow.vperm2i128(spare, z, z, 1);
        }
        operation.emit(z, z, spare);
        v.vpshufd(spare, z, SWAP_PAIRS);
        operation.emit(z, z, spare);
    }

    /// The same for lanes of 32 bits, of which there are twice as many.
    void overLanes(int z, int spare, Operation operation) {
        overDoubles(z, spare, operation);
        v.vpshufd(spare, z, SWAP_NEIGHBOURS);
        operation.emit(z, z, spare);
    }
}
