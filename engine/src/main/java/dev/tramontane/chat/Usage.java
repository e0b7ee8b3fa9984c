package dev.tramontane.chat;

/// Tokens of one answer.
///
/// @param completionTokens all generated tokens, the thinking's included
/// @param reasoningTokens those generated while thinking, marks included
public record Usage(int promptTokens, int completionTokens, int reasoningTokens) {
    public int totalTokens() {
        return promptTokens + completionTokens;
    }
}
