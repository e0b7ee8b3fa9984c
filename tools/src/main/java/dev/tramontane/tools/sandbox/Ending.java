package dev.tramontane.tools.sandbox;

import dev.tramontane.tools.sandbox.RunResult.Limit;
import dev.tramontane.tools.sandbox.RunResult.Text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// How a program's process ended, as the driver tells it.
///
/// @param status as `wait` has it
record Ending(
        int status, Duration elapsed, Duration processorTime, long peakBytes, boolean timedOut) {
    private static final int SIGKILL = 9;
    private static final int SIGXCPU = 24;
    private static final int SIGNALS = 0x7F;

    /// @param line `ended STATUS WALL_SECONDS CPU_SECONDS PEAK_KIB TIMED_OUT`
    static Ending of(String line) {
        String[] words = line.split(" ");
        return new Ending(
                Integer.parseInt(words[1]),
                seconds(words[2]),
                seconds(words[3]),
                Long.parseLong(words[4]) << 10,
                words[5].equals("1"));
    }

    /// Of a program that went together with its driver.
    static Ending killed(Duration elapsed) {
        return new Ending(SIGKILL, elapsed, Duration.ZERO, 0, false);
    }

    private static Duration seconds(String text) {
        return Duration.ofNanos(Math.round(Double.parseDouble(text) * 1e9));
    }

    /// @param exceeded a limit that was seen to be exceeded while the program ran
    RunResult result(RunFolder folder, Program program, Limits limits, Optional<Limit> exceeded)
            throws IOException {
        Text errors = text(folder.errors(), limits);
        boolean leftTooMuch = folder.exceeds(program, limits);
        var limit = exceeded.isEmpty() && leftTooMuch ? Optional.of(Limit.DISK) : exceeded;
        Map<String, byte[]> made =
                leftTooMuch || limit.equals(Optional.of(Limit.DISK))
                        ? Map.of()
                        : folder.made(program, limits);
        if (limit.isEmpty()) {
            limit = limit(folder, limits, errors);
        }
        return new RunResult(
                exit(),
                limit,
                text(folder.output(), limits),
                errors,
                made,
                elapsed,
                processorTime,
                peakBytes);
    }

    private Optional<Limit> limit(RunFolder folder, Limits limits, Text errors) throws IOException {
        int signal = status & SIGNALS;
        boolean usedItsTime = processorTime.toSeconds() >= limits.processorSeconds();
        if (timedOut || signal == SIGXCPU || (signal == SIGKILL && usedItsTime)) {
            return Optional.of(Limit.TIME);
        }
        if (Math.max(RunFolder.bytes(folder.output()), RunFolder.bytes(folder.errors()))
                >= limits.diskBytes()) {
            return Optional.of(Limit.OUTPUT);
        }
        // Python says so itself, in the last line of a trace: `MemoryError`, or a library's own
        // kind of it.
        String last = errors.text().strip();
        last = last.substring(last.lastIndexOf('\n') + 1);
        return exit() != 0 && last.split(":", 2)[0].endsWith("MemoryError")
                ? Optional.of(Limit.MEMORY)
                : Optional.empty();
    }

    private int exit() {
        int signal = status & SIGNALS;
        return signal == 0 ? status >> 8 : 128 + signal;
    }

    private static Text text(Path stream, Limits limits) throws IOException {
        byte[] bytes = RunFolder.beginning(stream, limits.outputBytes());
        return new Text(
                new String(bytes, StandardCharsets.UTF_8),
                RunFolder.bytes(stream) > limits.outputBytes());
    }
}
