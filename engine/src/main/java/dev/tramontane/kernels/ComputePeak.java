package dev.tramontane.kernels;

import static dev.tramontane.kernels.Assembler.Place.at;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// What the processor's widest multipliers do when nothing holds them up: the ceiling of reading
/// prompts. Measured with all threads at once, since cores share power.
///
/// @param int8 operations a second on bytes, two for each product that is added
/// @param float32 operations a second on floats
public record ComputePeak(double int8, double float32) {
    /// Chains of additions, enough for no multiplier to wait.
    private static final int CHAINS = 24;

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
            double int8 = best(workers, zeros, memory.load(bytes()), 2 * 64);
            double float32 = best(workers, zeros, memory.load(floats()), 2 * 16);
            return Optional.of(new ComputePeak(int8, float32));
        }
    }

    private static double best(
            Workers workers, MemorySegment zeros, MethodHandle routine, int operations) {
        long nanos = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            workers.run(workers.count(), 1, (_, _, _) -> Routines.call(routine, zeros));
            nanos = Math.min(nanos, System.nanoTime() - start);
        }
        return 1e9 / nanos * workers.count() * TURNS * CHAINS * operations;
    }

    private static byte[] bytes() {
        var a = new Assembler();
        return turns(a, z -> a.vpdpbusd(z, CHAINS, at(Gpr.RDI, 0)));
    }

    private static byte[] floats() {
        var a = new Assembler();
        return turns(a, z -> a.vfmadd231ps(z, CHAINS, CHAINS));
    }

    private interface Instruction {
        void emit(int z);
    }

    private static byte[] turns(Assembler a, Instruction instruction) {
        for (int z = 0; z <= CHAINS; z++) {
            a.vpxord(z, z, z);
        }
        a.mov(Gpr.RCX, TURNS);
        var turn = new Assembler.Label();
        a.bind(turn);
        for (int z = 0; z < CHAINS; z++) {
            instruction.emit(z);
        }
        a.dec(Gpr.RCX);
        a.jnz(turn);
        a.vzeroupper();
        a.ret();
        return a.bytes();
    }
}
