package dev.tramontane.cli;

import dev.tramontane.eval.benchmark.Benchmark;
import dev.tramontane.eval.run.RunHeader;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.terminal.UsageException;

import picocli.CommandLine.Option;

import java.util.List;
import java.util.Optional;

/// How answers are drawn; what is not said here is the task's.
final class EvalSamplingFlags {
    /// The seed of a run, unless somebody says otherwise: a run is the same when it is repeated.
    private static final long USUAL_SEED = 1;

    @Option(
            names = "--temperature",
            paramLabel = "X",
            description = "0 takes the likeliest token each time; up to 2 (default: the task's).")
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
            names = "--max-tokens",
            paramLabel = "N",
            description = "Tokens of an answer at most, thinking included (default: the task's).")
    private Optional<Integer> maxTokens = Optional.empty();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description =
                    "Decides the seeds of all attempts, and which problems nano-suite has (default: 1).")
    private Optional<Long> seed = Optional.empty();

    /// The task's own, changed where somebody said so.
    ///
    /// @throws UsageException when a value is out of range
    RunHeader.Settings over(Benchmark.Sampling own, int samples, List<String> budgets) {
        var settings =
                new RunHeader.Settings(
                        temperature.orElse(own.temperature()),
                        topP.orElse(own.topP()),
                        topK.orElse(own.topK()),
                        minP.orElse(own.minP()),
                        maxTokens.orElse(own.maxTokens()),
                        samples,
                        budgets,
                        seed.orElse(USUAL_SEED));
        UsageException.check(
                () ->
                        new SamplingParams(
                                settings.temperature(),
                                settings.topK(),
                                settings.topP(),
                                settings.minP(),
                                settings.seed(),
                                settings.maxTokens(),
                                -1));
        return settings;
    }
}
