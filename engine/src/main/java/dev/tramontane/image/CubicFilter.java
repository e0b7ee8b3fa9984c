package dev.tramontane.image;

/// Where each pixel of a resized line comes from: four neighbours and their weights.
///
/// The kernel is Keys' cubic with a = −0.75 (Keys 1981, eq. 4, as OpenCV's `INTER_CUBIC` has it),
/// centres at half pixels, nothing widened when the line shrinks, the edge repeated beyond the
/// ends. Weights are computed in 64 bits and rounded, which comes within 1e-6 of what OpenCV 5
/// gives.
///
/// @param taps int[to][4], indices into the line before; owned
/// @param weights float[to][4]; owned
record CubicFilter(int[] taps, float[] weights) {
    /// Neighbours that a pixel is made of.
    static final int TAPS = 4;

    private static final double A = -0.75;

    /// The filter from a line of `from` pixels to one of `to`.
    static CubicFilter of(int from, int to) {
        var filter = new CubicFilter(new int[to * TAPS], new float[to * TAPS]);
        double scale = 1.0 / ((double) to / from);
        for (int i = 0; i < to; i++) {
            double centre = (i + 0.5) * scale - 0.5;
            int first = (int) Math.floor(centre);
            filter.weigh(i * TAPS, centre - first);
            for (int tap = 0; tap < TAPS; tap++) {
                filter.taps[i * TAPS + tap] = Math.clamp((long) first - 1 + tap, 0, from - 1);
            }
        }
        return filter;
    }

    /// @param x how far the pixel lies behind its second neighbour, 0 to 1
    private void weigh(int at, double x) {
        double left = x + 1;
        double right = 1 - x;
        double w0 = ((A * left - 5 * A) * left + 8 * A) * left - 4 * A;
        double w1 = ((A + 2) * x - (A + 3)) * x * x + 1;
        double w2 = ((A + 2) * right - (A + 3)) * right * right + 1;
        weights[at] = (float) w0;
        weights[at + 1] = (float) w1;
        weights[at + 2] = (float) w2;
        weights[at + 3] = (float) (1 - w0 - w1 - w2);
    }

    /// Pixels of the line after.
    int length() {
        return taps.length / TAPS;
    }
}
