package dev.tramontane.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// How fast this machine reads memory: the ceiling of decoding, since each token reads all weights.
final class MemoryBandwidth {
    private static final long BYTES = 512L << 20;
    private static final int ROUNDS = 6;

    private MemoryBandwidth() {}

    /// Bytes read in a second by `threads` threads that each sum a part of a buffer larger than any
    /// cache; the best of some rounds, the first of which also compile the loop.
    static double bytesPerSecond(int threads) {
        try (Arena arena = Arena.ofShared();
                var pool = Executors.newFixedThreadPool(threads)) {
            MemorySegment buffer = arena.allocate(BYTES, 64);
            buffer.fill((byte) 1);
            long part = BYTES / threads / 64 * 64;
            double best = 0;
            long check = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                List<Future<Long>> sums = new ArrayList<>();
                for (int thread = 0; thread < threads; thread++) {
                    MemorySegment mine = buffer.asSlice(thread * part, part);
                    sums.add(pool.submit(() -> sum(mine)));
                }
                for (Future<Long> sum : sums) {
                    check += sum.get();
                }
                long nanos = System.nanoTime() - start;
                best = Math.max(best, (double) part * threads / nanos * 1e9);
            }
            if (check == 0) { // so that no sum can be left out
                throw new IllegalStateException("the buffer was not read");
            }
            return best;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while measuring memory", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("measuring memory failed", e.getCause());
        }
    }

    private static long sum(MemorySegment segment) {
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        for (long at = 0; at < segment.byteSize(); at += 32) {
            a += segment.get(ValueLayout.JAVA_LONG, at);
            b += segment.get(ValueLayout.JAVA_LONG, at + 8);
            c += segment.get(ValueLayout.JAVA_LONG, at + 16);
            d += segment.get(ValueLayout.JAVA_LONG, at + 24);
        }
        return a + b + c + d;
    }
}
