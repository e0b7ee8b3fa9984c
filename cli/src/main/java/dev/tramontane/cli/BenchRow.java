package dev.tramontane.cli;

import java.util.Arrays;

/// One row of `bench`.
///
/// @param test its name, as `llama-bench` has it
/// @param first tokens a second of the run before, while code is still being compiled
/// @param rates tokens a second of each run, in the order of the runs
/// @param weightBytes of weights read for each token; 0 where a batch shares the reading
/// @param cacheBytes of keys and values read for each token
/// @param peakSeconds what the products of a token take at the processor's peak; 0 where memory is
///   the limit
record BenchRow(
        String test,
        double first,
        double[] rates,
        double weightBytes,
        double cacheBytes,
        double peakSeconds) {
    double min() {
        return sorted()[0];
    }

    double median() {
        return median(rates);
    }

    double max() {
        return sorted()[rates.length - 1];
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private double[] sorted() {
        double[] sorted = rates.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    /// Bytes of weights and cache that are read in a second.
    double bytesPerSecond() {
        return median() * (weightBytes + cacheBytes);
    }

    /// Which part of the processor's peak the products reach; attention counts as nothing.
    double shareOfPeak() {
        return median() * peakSeconds;
    }
}
