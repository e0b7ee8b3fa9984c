package dev.tramontane.eval.report;

/// What a million tokens cost, in whatever currency.
public record Prices(double in, double out) {
    public Prices {
        if (!(in >= 0) || !(out >= 0)) {
            throw new IllegalArgumentException(
                    "prices are %s and %s, expected 0 or more".formatted(in, out));
        }
    }
}
