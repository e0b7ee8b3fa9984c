package dev.tramontane.chat;

import dev.tramontane.sampling.Intervention;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What one answer took.
///
/// @param cachedTokens those of the prompt that had been computed before
/// @param completionTokens all generated tokens, the thinking's included, those of a circle that
///   was ended left out
/// @param reasoningTokens those generated while thinking, marks included
/// @param interventions what control did, in order
/// @param unfinishedThinking whether the end came inside the thinking: there is no answer
/// @param repetition what an answer that went in circles has too much of
/// @param untold counts that are not known, since the server that generated the answer tells none:
///   0 here, but for the reasoning tokens, which are then estimated
/// @param stopText which of the request's stop texts ended the answer; empty where none did
public record Usage(
        int promptTokens,
        int cachedTokens,
        int completionTokens,
        int reasoningTokens,
        List<Intervention> interventions,
        boolean unfinishedThinking,
        Repetition repetition,
        Set<Count> untold,
        Optional<String> stopText) {
    /// What is counted.
    public enum Count {
        PROMPT,
        CACHED,
        COMPLETION,
        REASONING
    }

    /// The end of an answer that only repeats what stands before it. It was told as it came, since
    /// nobody knew; whoever holds the whole answer cuts it off.
    ///
    /// @param tokens generated, not counted as completion tokens
    /// @param chars of the answer's text
    public record Repetition(int tokens, int chars) {
        /// No circle.
        public static final Repetition NONE = new Repetition(0, 0);

        /// A text without its repeats.
        public String trim(String answer) {
            return answer.substring(0, Math.max(0, answer.length() - chars));
        }
    }

    public Usage {
        interventions = List.copyOf(interventions);
        untold = Set.copyOf(untold);
    }

    /// Without a stop text.
    public Usage(
            int promptTokens,
            int cachedTokens,
            int completionTokens,
            int reasoningTokens,
            List<Intervention> interventions,
            boolean unfinishedThinking,
            Repetition repetition,
            Set<Count> untold) {
        this(
                promptTokens,
                cachedTokens,
                completionTokens,
                reasoningTokens,
                interventions,
                unfinishedThinking,
                repetition,
                untold,
                Optional.empty());
    }

    /// With every count known, as it is in this process.
    public Usage(
            int promptTokens,
            int cachedTokens,
            int completionTokens,
            int reasoningTokens,
            List<Intervention> interventions,
            boolean unfinishedThinking,
            Repetition repetition) {
        this(
                promptTokens,
                cachedTokens,
                completionTokens,
                reasoningTokens,
                interventions,
                unfinishedThinking,
                repetition,
                Set.of());
    }

    /// Of an answer that control let be, to a prompt that was new.
    public Usage(int promptTokens, int completionTokens, int reasoningTokens) {
        this(promptTokens, 0, completionTokens, reasoningTokens, List.of(), false, Repetition.NONE);
    }

    /// The same of an answer that this text ended.
    public Usage withStopText(Optional<String> text) {
        return new Usage(
                promptTokens,
                cachedTokens,
                completionTokens,
                reasoningTokens,
                interventions,
                unfinishedThinking,
                repetition,
                untold,
                text);
    }

    public int totalTokens() {
        return promptTokens + completionTokens;
    }
}
