package dev.tramontane.cli;

import dev.tramontane.engine.ModelName;
import dev.tramontane.terminal.Screen;
import dev.tramontane.terminal.Sizes;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.wire.PullProgress;

import java.time.Duration;

/// The progress of a download, on standard error.
final class PullShown implements PullProgress {
    private final Stdio io;
    private final Meter meter;

    PullShown(Stdio io) {
        this.io = io;
        this.meter = Meter.of(io);
    }

    @Override
    public void begin(ModelName name, int files, long bytes, long bytesHere) {
        io.err()
                .println(
                        "Pulling %s: %d %s, %s%s"
                                .formatted(
                                        name,
                                        files,
                                        files == 1 ? "file" : "files",
                                        Sizes.bytes(bytes),
                                        bytesHere == 0
                                                ? ""
                                                : ", of which %s are here already"
                                                        .formatted(Sizes.bytes(bytesHere))));
        meter.begin(bytes, bytesHere);
    }

    @Override
    public void arrived(String file, long bytesHere) {
        meter.show(file, bytesHere);
    }

    @Override
    public void waiting(String why, Duration pause) {
        meter.clear();
        io.err()
                .println(
                        Screen.harmless(why)
                                + "; trying again in "
                                + Sizes.time(pause.plusMillis(500)));
    }

    /// Takes the line away.
    void clear() {
        meter.clear();
    }
}
