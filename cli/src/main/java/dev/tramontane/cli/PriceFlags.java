package dev.tramontane.cli;

import dev.tramontane.eval.report.Prices;
import dev.tramontane.terminal.UsageException;

import picocli.CommandLine.Option;

import java.util.Optional;

/// What tokens cost.
final class PriceFlags {
    @Option(
            names = "--price-in",
            paramLabel = "X",
            description = "What a million prompt tokens cost; with it, reports tell costs.")
    private Optional<Double> in = Optional.empty();

    @Option(
            names = "--price-out",
            paramLabel = "X",
            description = "What a million generated tokens cost.")
    private Optional<Double> out = Optional.empty();

    /// Absent where no price was given.
    Optional<Prices> given() {
        return in.isEmpty() && out.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        UsageException.check(() -> new Prices(in.orElse(0.0), out.orElse(0.0))));
    }
}
