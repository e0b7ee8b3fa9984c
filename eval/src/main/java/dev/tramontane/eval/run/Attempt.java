package dev.tramontane.eval.run;

import dev.tramontane.eval.Grade;
import dev.tramontane.sampling.FinishReason;

import java.util.List;

/// One try at one problem: a line of the log.
///
/// @param key which
/// @param prompt the SHA-256 of the messages
/// @param seed of the answer's random numbers
/// @param outcome how it ended
/// @param spent what it took
/// @param interventions what control did to the answer, in order
/// @param thinking without its marks
/// @param answer what was graded
public record Attempt(
        Key key,
        String prompt,
        int seed,
        Outcome outcome,
        Spent spent,
        List<String> interventions,
        String thinking,
        String answer) {
    public Attempt {
        interventions = List.copyOf(interventions);
    }

    /// What tells an attempt from the others of its run.
    ///
    /// @param budget of thinking, as it was asked for: `default`, `off`, `low`, `4096`
    /// @param language of the problem; empty where that does not matter
    public record Key(String problem, int sample, String budget, String language) {
        /// Without a language.
        public Key(String problem, int sample, String budget) {
            this(problem, sample, budget, "");
        }
    }

    /// How an attempt ended.
    public sealed interface Outcome {}

    /// There was an answer, or the lack of one.
    ///
    /// @param truncated whether it was cut off: by a limit, or inside its thinking
    public record Graded(Grade grade, FinishReason why, boolean truncated) implements Outcome {}

    /// Nothing is known: the model or the grader failed. It is tried again when the run goes on.
    public record Failed(String error) implements Outcome {}

    /// What an attempt took.
    ///
    /// @param answerTokens behind the thinking
    public record Spent(int promptTokens, int thinkingTokens, int answerTokens, double seconds) {
        /// Of an attempt that failed.
        public static final Spent NOTHING = new Spent(0, 0, 0, 0);

        /// Thinking and answer.
        public int generatedTokens() {
            return thinkingTokens + answerTokens;
        }
    }

    Attempt withOutcome(Outcome other) {
        return new Attempt(key, prompt, seed, other, spent, interventions, thinking, answer);
    }

    /// The same without what the model said, which may be long.
    Attempt withoutTexts() {
        return new Attempt(key, prompt, seed, outcome, spent, interventions, "", "");
    }

    /// Whether it has an outcome, rather than a failure.
    public boolean isGraded() {
        return outcome instanceof Graded;
    }

    /// Whether it is right; a failure is not.
    public boolean isCorrect() {
        return outcome instanceof Graded graded && graded.grade().correct();
    }

    /// Whether it was cut off; a failure was not.
    public boolean isTruncated() {
        return outcome instanceof Graded graded && graded.truncated();
    }
}
