package dev.tramontane.chat;

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
}
