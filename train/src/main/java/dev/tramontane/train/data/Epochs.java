package dev.tramontane.train.data;

import java.util.SplittableRandom;

/// Things gone through again and again, each time in an order that the seed and the number of the
/// time decide.
///
/// One thread at a time may call.
public final class Epochs {
    private final long seed;
    private final int count;
    private long epoch = -1;
    private int[] order = {};

    /// @param count of the things, one at least
    public Epochs(long seed, int count) {
        this.seed = seed;
        this.count = count;
    }

    /// Which of the things has a number.
    ///
    /// @param number from 0 on, without end
    public int at(long number) {
        if (number / count != epoch) {
            epoch = number / count;
            order = shuffled();
        }
        return order[(int) (number % count)];
    }

    /// Fisher and Yates.
    private int[] shuffled() {
        var random = new SplittableRandom(new SplittableRandom(seed).nextLong() + epoch);
        int[] shuffled = new int[count];
        for (int i = 0; i < count; i++) {
            int other = random.nextInt(i + 1);
            shuffled[i] = shuffled[other];
            shuffled[other] = i;
        }
        return shuffled;
    }
}
