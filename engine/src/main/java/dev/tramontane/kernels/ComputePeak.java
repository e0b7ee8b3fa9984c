package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// What the processor's widest multipliers do when nothing holds them up: the ceiling of reading
/// prompts. Measured with all threads at once, since cores share power.
///
/// @param int8 operations a second on bytes, two for each product that is added, with the
///   instructions that {@link AssembledKernels} have here
/// @param float32 operations a second on floats
public record ComputePeak(double int8, double float32) {
    private static final int TURNS = 1_000_000;
    private static final int ROUNDS = 5;

    /// Measures for some tens of milliseconds.
    ///
    /// @param threads that compute, at least 1
    /// @return empty where machine code cannot run
    public static Optional<ComputePeak> measure(int threads) {
        if (!AssembledKernels.obstacle().isEmpty()) {
            return Optional.empty();
        }
        try (Arena arena = Arena.ofShared();
                Workers workers = new Workers(threads)) {
            var memory = new ExecutableMemory(arena);
            MemorySegment zeros = arena.allocate(64, 64);
            InstructionSet set = AssembledKernels.chosen();
            double int8 =
                    best(
                            workers,
                            zeros,
                            memory.load(bytes(set)),
                            chains(set) * 2.0 * set.vectorBytes());
            double float32 =
                    best(workers, zeros, memory.load(floats(set)), chains(set) * 2.0 * set.lanes());
            return Optional.of(new ComputePeak(int8, float32));
        }
    }

    /// Chains of additions: enough for no multiplier to wait, and as few as leave registers.
    private static int chains(InstructionSet set) {
        return set.isWide() ? 24 : 12;
    }

    /// @param operations a turn of the routine
    private static double best(
            Workers workers, MemorySegment zeros, MethodHandle routine, double operations) {
        long nanos = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            workers.run(workers.count(), 1, (_, _, _) -> Routines.call(routine, zeros));
            nanos = Math.min(nanos, System.nanoTime() - start);
        }
        return 1e9 / nanos * workers.count() * TURNS * operations;
    }

    private static byte[] bytes(InstructionSet set) {
        var s = new Strip(set);
        int factor = chains(set);
        return turns(
                s,
                z -> {
                    switch (set) {
                        case AVX512_VNNI -> s.wide.vpdpbusd(z, factor, at(Gpr.RDI, 0));
                        case AVX_VNNI -> s.narrow.vpdpbusd(z, factor, factor);
                        case AVX2 -> {
                            s.narrow.vpmaddubsw(factor + 1, factor, factor);
                            s.narrow.vpaddw(z, z, factor + 1);
                        }
                    }
                });
    }

    private static byte[] floats(InstructionSet set) {
        var s = new Strip(set);
        int factor = chains(set);
        return turns(s, z -> s.v.vfmadd231ps(z, factor, factor));
    }

    private interface Instruction {
        void emit(int z);
    }

    private static byte[] turns(Strip s, Instruction instruction) {
        int chains = chains(s.set);
        for (int z = 0; z <= chains; z++) {
            s.v.vpxor(z, z, z);
        }
        s.a.mov(Gpr.RCX, TURNS);
        var turn = new Assembler.Label();
        s.a.bind(turn);
        for (int z = 0; z < chains; z++) {
            instruction.emit(z);
        }
        s.a.dec(Gpr.RCX);
        s.a.jnz(turn);
        s.v.vzeroupper();
        s.a.ret();
        return s.code.bytes();
    }
}
