package dev.tramontane.cli;

import dev.tramontane.sampling.SamplingParams;

import picocli.CommandLine.Option;

import java.util.List;
import java.util.Optional;

/// How tokens are chosen; what is not said here is the model's default.
final class SamplingFlags {
    /// The names that {@link #set} knows.
    static final List<String> NAMES =
            List.of("temperature", "top-p", "top-k", "min-p", "seed", "max-tokens");

    @Option(
            names = "--temperature",
            paramLabel = "X",
            description = "0 takes the likeliest token each time; up to 2.")
    private Optional<Float> temperature = Optional.empty();

    @Option(
            names = "--top-p",
            paramLabel = "X",
            description = "Draw from the likeliest tokens that make up this probability.")
    private Optional<Float> topP = Optional.empty();

    @Option(
            names = "--top-k",
            paramLabel = "N",
            description = "Draw from the N likeliest tokens; 0 for all.")
    private Optional<Integer> topK = Optional.empty();

    @Option(
            names = "--min-p",
            paramLabel = "X",
            description = "Drop tokens less likely than this share of the likeliest.")
    private Optional<Float> minP = Optional.empty();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "The same seed gives the same answer (default: another each time).")
    private Optional<Long> seed = Optional.empty();

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "Tokens to generate at most, the thinking's included.")
    private Optional<Integer> maxTokens = Optional.empty();

    /// The model's defaults, changed where somebody said so.
    ///
    /// @param freshSeed used where no seed was given
    /// @throws IllegalArgumentException when a value is out of range
    SamplingParams over(SamplingParams defaults, long freshSeed) {
        return new SamplingParams(
                temperature.orElse(defaults.temperature()),
                topK.orElse(defaults.topK()),
                topP.orElse(defaults.topP()),
                minP.orElse(defaults.minP()),
                seed.orElse(freshSeed),
                maxTokens.orElse(defaults.maxTokens()),
                defaults.topLogprobs());
    }

    /// Changes a value by name.
    ///
    /// @return whether there is such a name
    /// @throws NumberFormatException when the value is no number
    boolean set(String name, String value) {
        switch (name) {
            case "temperature" -> temperature = Optional.of(Float.valueOf(value));
            case "top-p" -> topP = Optional.of(Float.valueOf(value));
            case "top-k" -> topK = Optional.of(Integer.valueOf(value));
            case "min-p" -> minP = Optional.of(Float.valueOf(value));
            case "seed" -> seed = Optional.of(Long.valueOf(value));
            case "max-tokens" -> maxTokens = Optional.of(Integer.valueOf(value));
            default -> {
                return false;
            }
        }
        return true;
    }
}
