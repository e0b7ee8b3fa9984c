package dev.tramontane.server.telemetry;

import dev.tramontane.engine.EngineStats;

import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToLongFunction;

/// Figures under the names of llama-server (`llamacpp:…`), over all models and without labels, for
/// what is set up to watch one. Seconds of prompts are until the first token, waiting included.
final class LlamaServerFigures {
    private long processed;
    private long cached;
    private long predicted;
    private double promptSeconds;
    private double predictedSeconds;
    private long longest;

    synchronized void take(Observed.Generated generated) {
        processed += generated.tokens().input() - generated.tokens().cached();
        cached += generated.tokens().cached();
        predicted += generated.tokens().output();
        Optional<Duration> first = generated.firstToken();
        if (first.isPresent()) {
            promptSeconds += seconds(first.get().minus(generated.began()));
        }
        for (Observed.Choice choice : generated.choices()) {
            longest = Math.max(longest, choice.usage().totalTokens());
            if (choice.firstToken().isPresent()) {
                predictedSeconds += seconds(choice.end().minus(choice.firstToken().get()));
            }
        }
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    /// In Prometheus' text format.
    synchronized String lines(Collection<EngineMeters.State> engines) {
        var page = new StringBuilder();
        counter(page, "prompt_tokens_total", "Prompt tokens computed.", processed);
        counter(page, "prompt_tokens_cached_total", "Prompt tokens that were kept.", cached);
        counter(page, "prompt_seconds_total", "Time until first tokens.", promptSeconds);
        counter(page, "tokens_predicted_total", "Tokens generated.", predicted);
        counter(page, "tokens_predicted_seconds_total", "Time behind them.", predictedSeconds);
        counter(page, "n_tokens_max", "The longest prompt and answer.", longest);
        long steps = sum(engines, EngineStats.Work::stepCount);
        counter(page, "n_decode_total", "Steps of the engine.", steps);
        counter(
                page,
                "spec_decode_num_draft_tokens_total",
                "Tokens computed as guesses.",
                sum(engines, EngineStats.Work::draftedTokens));
        counter(
                page,
                "spec_decode_num_accepted_tokens_total",
                "Guesses that were right.",
                sum(engines, EngineStats.Work::acceptedTokens));
        gauge(
                page,
                "prompt_tokens_seconds",
                "Prompt tokens a second, on average.",
                processed / Math.max(1e-9, promptSeconds));
        gauge(
                page,
                "predicted_tokens_seconds",
                "Tokens generated a second, on average.",
                predicted / Math.max(1e-9, predictedSeconds));
        gauge(
                page,
                "requests_processing",
                "Answers that are being written.",
                engines.stream().mapToInt(each -> each.stats().running()).sum());
        gauge(
                page,
                "requests_deferred",
                "Answers that wait.",
                engines.stream().mapToInt(each -> each.stats().waiting()).sum());
        gauge(
                page,
                "n_busy_slots_per_decode",
                "Answers in a step, on average.",
                (double) sum(engines, EngineStats.Work::sequenceSteps) / Math.max(1, steps));
        return page.toString();
    }

    private static long sum(
            Collection<EngineMeters.State> engines, ToLongFunction<EngineStats.Work> figure) {
        return engines.stream().mapToLong(each -> figure.applyAsLong(each.stats().work())).sum();
    }

    private static void counter(StringBuilder page, String name, String help, Number value) {
        line(page, name, "counter", help, value);
    }

    private static void gauge(StringBuilder page, String name, String help, Number value) {
        line(page, name, "gauge", help, value);
    }

    private static void line(
            StringBuilder page, String name, String type, String help, Number value) {
        page.append(
                "# HELP llamacpp:%s %s\n# TYPE llamacpp:%s %s\n".formatted(name, help, name, type));
        String figure =
                switch (value) {
                    case Double fraction -> String.format(Locale.ROOT, "%.6f", fraction);
                    case Number whole -> whole.toString();
                };
        page.append("llamacpp:%s %s\n".formatted(name, figure));
    }
}
