package dev.tramontane.eval.suite;

import java.util.random.RandomGenerator;

/// Numbers for the families, drawn by size.
final class Digits {
    private Digits() {}

    /// From `least` to `most`, both included.
    static int between(RandomGenerator random, int least, int most) {
        return random.nextInt(least, most + 1);
    }
}
