package dev.tramontane.chat;

import dev.tramontane.sampling.Intervention;

import java.util.List;

/// What one answer took.
///
/// @param completionTokens all generated tokens, the thinking's included
/// @param reasoningTokens those generated while thinking, marks included
/// @param interventions what control did, in order
/// @param unfinishedThinking whether the end came inside the thinking: there is no answer
public record Usage(
        int promptTokens,
        int completionTokens,
        int reasoningTokens,
        List<Intervention> interventions,
        boolean unfinishedThinking) {
    public Usage {
        interventions = List.copyOf(interventions);
    }

    /// Of an answer that control let be.
    public Usage(int promptTokens, int completionTokens, int reasoningTokens) {
        this(promptTokens, completionTokens, reasoningTokens, List.of(), false);
    }

    public int totalTokens() {
        return promptTokens + completionTokens;
    }
}
