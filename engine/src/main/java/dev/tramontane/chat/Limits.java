package dev.tramontane.chat;

/// Ceilings on what an answer may cost, whatever its request or a person at the keyboard asks for.
/// They are set by the program that stands between its users and the model.
///
/// @param thinkingTokens most tokens of thinking
/// @param answerTokens most tokens of the answer, from its first text or call on
/// @param totalTokens most generated tokens
public record Limits(int thinkingTokens, int answerTokens, int totalTokens) {
    /// No ceilings but the context.
    public static final Limits NONE =
            new Limits(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

    public Limits {
        check(thinkingTokens, 0, "thinking");
        check(answerTokens, 1, "answer");
        check(totalTokens, 1, "total");
    }

    private static void check(int tokens, int least, String of) {
        if (tokens < least) {
            throw new IllegalArgumentException(
                    "the %s limit is %d tokens, expected %d or more".formatted(of, tokens, least));
        }
    }

    public Limits withThinkingTokens(int most) {
        return new Limits(most, answerTokens, totalTokens);
    }

    public Limits withAnswerTokens(int most) {
        return new Limits(thinkingTokens, most, totalTokens);
    }

    public Limits withTotalTokens(int most) {
        return new Limits(thinkingTokens, answerTokens, most);
    }
}
