package dev.tramontane.tensor;

/// The whole numbers that a format can multiply its scale by: all from a least to a most, or a few
/// that lie unevenly. No magnitude exceeds that of the least.
final class Levels {
    /// Uneven levels are looked up by an eighth of a whole number, since borders between them lie
    /// at halves.
    private static final int EIGHTHS = 8;

    private final int least;
    private final float step;
    private final float fineness;
    private final int first;
    private final byte[] nearest;

    /// @param step from the least level to the next
    /// @param fineness places in `nearest` for each whole number
    /// @param nearest the level at each place, beginning with the least
    private Levels(int least, int step, int fineness, byte[] nearest) {
        this.least = least;
        this.step = step;
        this.fineness = fineness;
        this.first = least * fineness;
        this.nearest = nearest;
    }

    /// Every whole number from `least` to `most`.
    static Levels even(int least, int most) {
        byte[] nearest = new byte[most - least + 1];
        for (int i = 0; i < nearest.length; i++) {
            nearest[i] = (byte) (least + i);
        }
        return new Levels(least, 1, 1, nearest);
    }

    /// Only these, in ascending order.
    static Levels uneven(byte... levels) {
        int least = levels[0];
        byte[] nearest = new byte[EIGHTHS * (levels[levels.length - 1] - least) + 1];
        int place = 0;
        for (int i = 0; i < nearest.length; i++) {
            float value = least + (float) i / EIGHTHS;
            while (place + 1 < levels.length && 2 * value > levels[place] + levels[place + 1]) {
                place++;
            }
            nearest[i] = levels[place];
        }
        return new Levels(least, levels[1] - least, EIGHTHS, nearest);
    }

    int least() {
        return least;
    }

    /// From the least to the next.
    float step() {
        return step;
    }

    /// The level nearest to a value.
    int nearest(float value) {
        int last = first + nearest.length - 1;
        return nearest[ScaleSearch.nearest(value * fineness, first, last) - first];
    }

    /// The same, fast, for values of less than 2¹⁹; any level for others.
    int near(float value) {
        int last = first + nearest.length - 1;
        return nearest[ScaleSearch.near(value * fineness, first, last) - first];
    }
}
