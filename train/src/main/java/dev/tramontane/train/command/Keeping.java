package dev.tramontane.train.command;

import java.nio.file.Path;
import java.util.Optional;

/// Where a run is kept.
///
/// @param out its folder
/// @param checkpointEvery steps between two states
/// @param kept states that stay
/// @param curvesEvery steps between two pages
record Keeping(Path out, int checkpointEvery, int kept, int curvesEvery) {
    /// @param chosenOut the folder that the command line names, if it does
    static Keeping read(Settings settings, Optional<Path> chosenOut, int usualEvery) {
        Optional<Path> out = settings.path("out");
        return new Keeping(
                chosenOut
                        .or(() -> out)
                        .orElseThrow(
                                () ->
                                        settings.wrong(
                                                "out",
                                                "is missing, expected the run's folder; add it, or give --out")),
                settings.whole("checkpoint-every", usualEvery, 1),
                settings.whole("checkpoints-kept", 2, 1),
                settings.whole("curves-every", 50, 1));
    }

    /// Where they are.
    Path states() {
        return out.resolve("states");
    }
}
