package dev.tramontane.tools.sandbox;

import java.time.Duration;

/// How much a program may use.
///
/// @param time of processors, rounded up to seconds
/// @param elapsed by the clock, which is longer where others compute beside it
/// @param memoryBytes of address space, which is more than what is touched: each thread's stack
///   counts
/// @param outputBytes kept of standard output, and as many of standard error; the rest is cut
/// @param diskBytes of all files in its folder together, of those it keeps open without a name, and
///   of either stream
/// @param files how many of them, folders included
/// @param threads at a time; up to three more may pass
public record Limits(
        Duration time,
        Duration elapsed,
        long memoryBytes,
        int outputBytes,
        long diskBytes,
        int files,
        int threads) {
    /// Ten seconds, thirty by the clock, 1 GiB, 64 KiB of either stream, 64 MiB in 256 files, 64
    /// threads.
    public static final Limits USUAL =
            new Limits(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    1L << 30,
                    64 << 10,
                    64L << 20,
                    256,
                    64);

    /// The interpreter itself needs this much.
    private static final long LEAST_MEMORY = 128L << 20;

    static final int OPEN_FILES = 64;

    public Limits {
        if (!time.isPositive()
                || !elapsed.isPositive()
                || outputBytes < 0
                || diskBytes < 0
                || files < 1
                || threads < 1) {
            throw new IllegalArgumentException(
                    "limits of %s, %s by the clock, %,d bytes of output, %,d bytes on disk, %d files, %d threads; expected more"
                            .formatted(time, elapsed, outputBytes, diskBytes, files, threads));
        }
        if (memoryBytes < LEAST_MEMORY) {
            throw new IllegalArgumentException(
                    "a limit of %,d bytes of memory, expected %,d or more: Python starts with less in vain"
                            .formatted(memoryBytes, LEAST_MEMORY));
        }
    }

    /// The same, with three times as long by the clock.
    public Limits withTime(Duration other) {
        return new Limits(
                other, other.multipliedBy(3), memoryBytes, outputBytes, diskBytes, files, threads);
    }

    public Limits withElapsed(Duration other) {
        return new Limits(time, other, memoryBytes, outputBytes, diskBytes, files, threads);
    }

    public Limits withMemoryBytes(long other) {
        return new Limits(time, elapsed, other, outputBytes, diskBytes, files, threads);
    }

    public Limits withOutputBytes(int other) {
        return new Limits(time, elapsed, memoryBytes, other, diskBytes, files, threads);
    }

    public Limits withDiskBytes(long other) {
        return new Limits(time, elapsed, memoryBytes, outputBytes, other, files, threads);
    }

    long processorSeconds() {
        return Math.max(1, time.plusNanos(999_999_999).toSeconds());
    }
}
