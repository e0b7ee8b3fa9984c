package dev.tramontane.engine;

import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.TokenMask;

import java.util.List;
import java.util.Set;

/// What the engine needs to generate.
///
/// @param prompt token ids, at least one; shared, not to be changed
/// @param sampling how tokens are chosen
/// @param stopTokens ids that end the generation; the stop token itself is not reported
/// @param masks asked in order, each narrows what those before it left; where two leave nothing in
///   common, the earlier wins
public record GenerationRequest(
        int[] prompt, SamplingParams sampling, Set<Integer> stopTokens, List<TokenMask> masks) {
    public GenerationRequest {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("the prompt is empty, expected one token at least");
        }
        stopTokens = Set.copyOf(stopTokens);
        masks = List.copyOf(masks);
    }

    /// Without masks.
    public static GenerationRequest of(
            int[] prompt, SamplingParams sampling, Set<Integer> stopTokens) {
        return new GenerationRequest(prompt, sampling, stopTokens, List.of());
    }
}
