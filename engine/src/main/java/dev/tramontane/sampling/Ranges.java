package dev.tramontane.sampling;

/// Checks parameters by the names that people know them by.
final class Ranges {
    private Ranges() {}

    /// @param name the parameter's path in a request
    static void check(boolean holds, String name, Object found, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + " is " + found + ", expected " + expected);
        }
    }

    /// The tokens that a window of the last `lastTokens` holds of `count`; −1 for all.
    static int window(int lastTokens, int count) {
        return lastTokens < 0 ? count : Math.min(lastTokens, count);
    }
}
