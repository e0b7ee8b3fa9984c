package dev.tramontane.chat;

import dev.tramontane.engine.TokenEvent;
import dev.tramontane.tokenizer.Tokenizer;

import java.util.ArrayList;
import java.util.List;

/// A token and how likely it was.
///
/// @param text as far as it is whole characters; what is not is U+FFFD
/// @param bytes what it stands for, for clients that put split characters together; shared, not to
///   be changed
/// @param logprob natural, of the model's own distribution: before temperature and every filter
/// @param top the likeliest tokens at this place, likeliest first, themselves without such a list
public record TokenScore(
        int token, String text, byte[] bytes, float logprob, List<TokenScore> top) {
    public TokenScore {
        top = List.copyOf(top);
    }

    static TokenScore of(TokenEvent.Sampled sampled, Tokenizer tokenizer) {
        List<TokenScore> top = new ArrayList<>(sampled.topLogprobs().size());
        for (TokenEvent.TokenLogprob each : sampled.topLogprobs()) {
            top.add(of(each.token(), each.logprob(), List.of(), tokenizer));
        }
        return of(sampled.token(), sampled.logprob(), top, tokenizer);
    }

    /// A token with its spelling.
    public static TokenScore of(
            int token, float logprob, List<TokenScore> top, Tokenizer tokenizer) {
        return new TokenScore(
                token, tokenizer.pieceOf(token), tokenizer.bytesOf(token), logprob, top);
    }
}
