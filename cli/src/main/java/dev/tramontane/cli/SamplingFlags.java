package dev.tramontane.cli;

import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.terminal.UsageException;
import dev.tramontane.tokenizer.Tokenizer;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// How tokens are chosen; what is not said here is the model's default.
final class SamplingFlags {
    /// The names that {@link #set} knows.
    static final List<String> NAMES =
            Stream.concat(
                            Stream.of(
                                    "temperature",
                                    "top-p",
                                    "top-k",
                                    "min-p",
                                    "typical-p",
                                    "seed",
                                    "max-tokens"),
                            PenaltyFlags.NAMES.stream())
                    .toList();

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
            names = "--typical-p",
            paramLabel = "X",
            description = "Draw from tokens about as surprising as expected with this probability.")
    private Optional<Float> typicalP = Optional.empty();

    @Mixin private PenaltyFlags penalties = new PenaltyFlags();

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
    /// @param tokenizer finds the tokens of texts among the parameters
    /// @throws UsageException when a value is out of range
    SamplingParams over(SamplingParams defaults, long freshSeed, Tokenizer tokenizer) {
        return UsageException.check(
                () ->
                        new SamplingParams(
                                penalties.over(defaults.penalties(), tokenizer),
                                temperature.orElse(defaults.temperature()),
                                topK.orElse(defaults.topK()),
                                typicalP.orElse(defaults.typicalP()),
                                topP.orElse(defaults.topP()),
                                minP.orElse(defaults.minP()),
                                seed.orElse(freshSeed),
                                maxTokens.orElse(defaults.maxTokens()),
                                defaults.topLogprobs()));
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
            case "typical-p" -> typicalP = Optional.of(Float.valueOf(value));
            case "seed" -> seed = Optional.of(Long.valueOf(value));
            case "max-tokens" -> maxTokens = Optional.of(Integer.valueOf(value));
            default -> {
                return penalties.set(name, value);
            }
        }
        return true;
    }
}
