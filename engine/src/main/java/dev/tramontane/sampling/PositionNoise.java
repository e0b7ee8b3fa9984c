package dev.tramontane.sampling;

/// Random numbers that belong to places, not to a stream: the number at (seed, position) is always
/// the same.
///
/// So a replay, a resumed sequence and a drafted token all see the number that the plain run saw,
/// whatever was computed beside or before them. The mix is SplitMix64 (Steele, Lea and Flood 2014,
/// figure 17): the generator seeded with the mixed seed, jumped to its output number `position`.
final class PositionNoise {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private PositionNoise() {}

    /// A number from 0 to less than 1, a multiple of 2⁻⁵³.
    ///
    /// @param position the sampled token's index in its sequence
    static double at(long seed, int position) {
        long start = mix(seed + GOLDEN_GAMMA);
        return (mix(start + (position + 1L) * GOLDEN_GAMMA) >>> 11) * 0x1p-53;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
