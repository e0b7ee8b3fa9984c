package dev.tramontane.engine;

import dev.tramontane.sampling.Intervention;

import java.time.Duration;
import java.util.Map;

/// What an engine is doing, at one moment.
///
/// @param waiting requests that wait to run, or to go on
/// @param running requests that run
/// @param cache the keys and values
/// @param work what was done since the start
/// @param interventions how often since the start control stepped in, for each thing it can do
/// @param tokensPerSecond tokens chosen in a second of computing, as of late; 0 before the first
public record EngineStats(
        int waiting,
        int running,
        Cache cache,
        Work work,
        Map<Intervention, Long> interventions,
        double tokensPerSecond) {
    public EngineStats {
        interventions = Map.copyOf(interventions);
    }

    /// The memory for keys and values.
    ///
    /// @param blocks all of it
    /// @param freeBlocks blocks that no request owns
    /// @param restingBlocks those of them that are kept for requests with the same beginning
    /// @param bytes of all blocks
    /// @param reusedTokens prompt tokens since the start that were not computed, since their keys
    ///   and values were there; counted when a request ends
    public record Cache(
            int blocks, int freeBlocks, int restingBlocks, long bytes, long reusedTokens) {}

    /// What was done since the start.
    ///
    /// @param stepCount steps of the engine
    /// @param sequenceSteps requests that took part in them, summed over the steps
    /// @param computedTokens tokens computed, prompts and drafts included
    /// @param sampledTokens tokens chosen
    /// @param draftedTokens tokens that were computed as guesses
    /// @param acceptedTokens those of them that were right: chosen without a step of their own
    /// @param setBacks how often a request had to wait in favour of another, and to compute again
    ///   what it lost
    /// @param steps what the steps took in all
    /// @param control what of that was not the forward pass: scheduling, masks, sampling, reporting
    /// @param encodedImages images that were encoded, each as often as it was
    public record Work(
            long stepCount,
            long sequenceSteps,
            long computedTokens,
            long sampledTokens,
            long draftedTokens,
            long acceptedTokens,
            long setBacks,
            Duration steps,
            Duration control,
            long encodedImages) {}
}
