package dev.tramontane.eval.suite;

import java.util.random.RandomGenerator;

/// Numbers for the families: drawn by size, and products written out so that each step is one from
/// the tables.
final class Digits {
    private Digits() {}

    /// From `least` to `most`, both included.
    static int between(RandomGenerator random, int least, int most) {
        return random.nextInt(least, most + 1);
    }

    /// `23 × 4 = 80 + 12 = 92`: the second factor times each digit of the first by its place,
    /// unless both are single digits.
    static String product(int a, int b) {
        if (a < 10 && b < 10) {
            return "%d × %d = %d".formatted(a, b, a * b);
        }
        int split = b < 10 ? a : b;
        int other = b < 10 ? b : a;
        StringBuilder parts = new StringBuilder();
        int terms = 0;
        for (int place = 10_000; place >= 1; place /= 10) {
            int digit = split / place % 10;
            if (digit > 0) {
                parts.append(terms++ == 0 ? "" : " + ").append(digit * place * other);
            }
        }
        String sum = terms > 1 ? parts + " = " : "";
        return "%d × %d = %s%d".formatted(a, b, sum, a * b);
    }
}
