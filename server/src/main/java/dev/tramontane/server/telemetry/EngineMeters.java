package dev.tramontane.server.telemetry;

import dev.tramontane.engine.EngineStats;
import dev.tramontane.sampling.Intervention;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// The figures of one model that runs in this process. While it is not loaded, what it does is no
/// number, and what it did stays.
public final class EngineMeters {
    private final MeterRegistry registry;
    private final Tags tags;
    private volatile @Nullable State now;
    private volatile @Nullable State last;

    /// What an engine does at one moment.
    ///
    /// @param slots answers that it writes at once, at most
    public record State(EngineStats stats, int slots) {}

    EngineMeters(String model, MeterRegistry registry) {
        this.registry = registry;
        this.tags = Tags.of("model", model);
        showLoad();
        showCache();
        showWork();
        for (Intervention each : Intervention.values()) {
            count(
                    "tramontane.interventions",
                    "What control did that the model would not have done.",
                    tags.and("what", Meters.word(each)),
                    state -> state.stats().interventions().getOrDefault(each, 0L));
        }
    }

    /// @param state null where the model is not loaded
    void refresh(@Nullable State state) {
        now = state;
        if (state != null) {
            last = state;
        }
    }

    /// Empty for a model that never was loaded.
    Optional<Meters.Known> known() {
        State latest = last;
        return latest == null
                ? Optional.empty()
                : Optional.of(new Meters.Known(Optional.ofNullable(now), latest));
    }

    private void showLoad() {
        show(
                "tramontane.sequences.waiting",
                "Answers that wait to be written, or to go on.",
                state -> state.stats().waiting());
        show(
                "tramontane.sequences.running",
                "Answers that are being written: slots that are busy.",
                state -> state.stats().running());
        show(
                "tramontane.sequences.most",
                "Answers that are written at once, at most: slots.",
                State::slots);
        show(
                "tramontane.tokens.per.second",
                "Tokens chosen in a second of computing, as of late.",
                state -> state.stats().tokensPerSecond());
    }

    private void showCache() {
        show(
                "tramontane.cache.blocks",
                "Blocks for keys and values.",
                state -> state.stats().cache().blocks());
        show(
                "tramontane.cache.blocks.free",
                "Blocks that no answer owns.",
                state -> state.stats().cache().freeBlocks());
        show(
                "tramontane.cache.blocks.resting",
                "Free blocks that are kept for prompts that begin alike.",
                state -> state.stats().cache().restingBlocks());
        show(
                "tramontane.cache.bytes",
                "Memory of all blocks.",
                state -> state.stats().cache().bytes());
        show(
                "tramontane.cache.usage.ratio",
                "The share of the blocks that answers own.",
                state -> {
                    EngineStats.Cache cache = state.stats().cache();
                    return 1 - (double) cache.freeBlocks() / Math.max(1, cache.blocks());
                });
        count(
                "tramontane.prompt.tokens.reused",
                "Prompt tokens whose keys and values were there.",
                tags,
                state -> state.stats().cache().reusedTokens());
    }

    private void showWork() {
        count(
                "tramontane.tokens.computed",
                "Tokens computed, prompts and drafts included.",
                tags,
                state -> state.stats().work().computedTokens());
        count(
                "tramontane.tokens.sampled",
                "Tokens chosen.",
                tags,
                state -> state.stats().work().sampledTokens());
        count(
                "tramontane.tokens.drafted",
                "Tokens computed as guesses.",
                tags,
                state -> state.stats().work().draftedTokens());
        count(
                "tramontane.tokens.accepted",
                "Guesses that were right.",
                tags,
                state -> state.stats().work().acceptedTokens());
        count(
                "tramontane.set.backs",
                "How often an answer had to wait in favour of another.",
                tags,
                state -> state.stats().work().setBacks());
        count(
                "tramontane.step.seconds",
                "What the steps took.",
                tags,
                state -> state.stats().work().steps().toNanos() / 1e9);
        count(
                "tramontane.control.seconds",
                "What of that was not the forward pass.",
                tags,
                state -> state.stats().work().control().toNanos() / 1e9);
    }

    private void show(String name, String description, ToDoubleFunction<State> figure) {
        Gauge.builder(name, this, meters -> of(meters.now, figure))
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private void count(String name, String description, Tags own, ToDoubleFunction<State> figure) {
        FunctionCounter.builder(name, this, meters -> of(meters.last, figure))
                .description(description)
                .tags(own)
                .register(registry);
    }

    private static double of(@Nullable State state, ToDoubleFunction<State> figure) {
        return state == null ? Double.NaN : figure.applyAsDouble(state);
    }
}
