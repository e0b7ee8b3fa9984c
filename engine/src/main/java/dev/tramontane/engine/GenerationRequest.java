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
/// @param owner among whom the engine is shared fairly, and whose computed prompts this request may
///   use; {@link #NO_OWNER} where all are one
/// @param priority how it stands to others
/// @param images in the order of their places in the prompt
public record GenerationRequest(
        int[] prompt,
        SamplingParams sampling,
        Set<Integer> stopTokens,
        List<TokenMask> masks,
        String owner,
        Priority priority,
        List<PlacedImage> images) {
    /// The owner of requests whose owner does not matter.
    public static final String NO_OWNER = "";

    public GenerationRequest {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("the prompt is empty, expected one token at least");
        }
        stopTokens = Set.copyOf(stopTokens);
        masks = List.copyOf(masks);
        images = List.copyOf(images);
    }

    /// Of text alone.
    public GenerationRequest(
            int[] prompt,
            SamplingParams sampling,
            Set<Integer> stopTokens,
            List<TokenMask> masks,
            String owner,
            Priority priority) {
        this(prompt, sampling, stopTokens, masks, owner, priority, List.of());
    }

    /// Of no owner in particular, and interactive.
    public GenerationRequest(
            int[] prompt, SamplingParams sampling, Set<Integer> stopTokens, List<TokenMask> masks) {
        this(prompt, sampling, stopTokens, masks, NO_OWNER, Priority.INTERACTIVE);
    }

    /// The same without masks.
    public static GenerationRequest of(
            int[] prompt, SamplingParams sampling, Set<Integer> stopTokens) {
        return new GenerationRequest(prompt, sampling, stopTokens, List.of());
    }

    public GenerationRequest withOwner(String name) {
        return new GenerationRequest(prompt, sampling, stopTokens, masks, name, priority, images);
    }

    public GenerationRequest withPriority(Priority other) {
        return new GenerationRequest(prompt, sampling, stopTokens, masks, owner, other, images);
    }

    public GenerationRequest withImages(List<PlacedImage> shown) {
        return new GenerationRequest(prompt, sampling, stopTokens, masks, owner, priority, shown);
    }
}
