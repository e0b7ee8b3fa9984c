package dev.tramontane.tools.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How sandboxes are made.
///
/// @param python the interpreter, by its absolute path; absent: the first `python3` that can be run
/// @param readable what programs may read beside the interpreter and the system's libraries
/// @param places how many programs may run at a time; more of them wait
public record SandboxOptions(Optional<Path> python, List<Path> readable, int places) {
    /// The machine's Python, nothing beside it, and as many programs as there are processors.
    public static final SandboxOptions USUAL =
            new SandboxOptions(
                    Optional.empty(), List.of(), Runtime.getRuntime().availableProcessors());

    public SandboxOptions {
        readable = List.copyOf(readable);
        if (places < 1) {
            throw new IllegalArgumentException("%d places, expected 1 or more".formatted(places));
        }
    }

    public SandboxOptions withReadable(List<Path> others) {
        return new SandboxOptions(python, others, places);
    }

    public SandboxOptions withPlaces(int other) {
        return new SandboxOptions(python, readable, other);
    }
}
