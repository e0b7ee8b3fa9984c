package dev.tramontane.bench;

import dev.tramontane.sampling.Phase;
import dev.tramontane.sampling.Phases;
import dev.tramontane.sampling.RunawayGuard;
import dev.tramontane.sampling.TokenKinds;
import dev.tramontane.sampling.TokenMask;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/// What the guard costs a token, without what tells the phase: nanoseconds. A stream of tokens is
/// as long as a long thought.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class GuardBench {
    private static final int TOKENS = 20_000;
    private static final int VOCAB = 131_072;

    /// `text` repeats single tokens as text does, `phrases` whole phrases in changing order,
    /// `almost` a passage of twenty tokens that breaks off short of a circle, again and again: the
    /// dearest.
    @Param({"text", "phrases", "almost"})
    public String kind;

    @Param({"THINKING", "ANSWER"})
    public Phase phase;

    private int[] tokens;
    private TokenMask guard;

    @Setup
    public void write() {
        var random = new Random(1);
        tokens = new int[TOKENS];
        int start = 0;
        while (start < TOKENS) {
            int length =
                    switch (kind) {
                        case "text" -> 1;
                        case "phrases" -> 5 + random.nextInt(30);
                        default -> 250;
                    };
            int words = kind.equals("almost") ? 20 : length;
            int first = (int) Math.abs(random.nextGaussian() * 1000);
            for (int i = 0; i < length && start < TOKENS; i++) {
                tokens[start++] = (first * 40 + i % words) % VOCAB;
            }
        }
    }

    @Setup(Level.Invocation)
    public void open() {
        var remedy = new RunawayGuard.Remedy(new int[0], new int[] {1});
        guard =
                new RunawayGuard(
                        new Always(phase), Optional.of(remedy), TokenKinds.unknown(), () -> 0);
    }

    @Benchmark
    @OperationsPerInvocation(TOKENS)
    public int read() {
        int free = 0;
        for (int token : tokens) {
            free += guard.next() instanceof TokenMask.Verdict.Any ? 1 : 0;
            guard.accept(token);
        }
        if (free != TOKENS) {
            throw new IllegalStateException(
                    "the guard took a text of the bench for a circle after " + free + " tokens");
        }
        return free;
    }

    private record Always(Phase phase) implements Phases {
        @Override
        public void accept(int token) {}

        @Override
        public void rollback(int count) {}
    }
}
