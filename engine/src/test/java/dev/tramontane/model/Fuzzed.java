package dev.tramontane.model;

import java.io.IOException;
import java.io.UncheckedIOException;

/// What Jazzer calls, in the process of one target: `-Dfuzz.target=` names it.
public final class Fuzzed {
    private static final FuzzTarget TARGET = target();

    private Fuzzed() {}

    private static FuzzTarget target() {
        try {
            return FuzzTarget.named(System.getProperty("fuzz.target", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Loads and instruments what opening needs, which takes seconds: on a busy machine the first
    /// input would look like a hang.
    public static void fuzzerInitialize() throws IOException {
        for (byte[] seed : TARGET.seeds()) {
            TARGET.take(seed);
        }
        TARGET.take(new byte[0]);
    }

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        TARGET.take(input);
    }
}
