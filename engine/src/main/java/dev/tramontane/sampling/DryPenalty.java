package dev.tramontane.sampling;

import java.util.Arrays;

/// Lowers the logits of tokens that would continue a repetition: "don't repeat yourself" (P. E.
/// Weidmann 2024, in the form of llama.cpp).
///
/// For a token t let `length` be the longest end of the sequence so far that came before with t
/// behind it, reaching back neither beyond the window nor across a breaker. From `allowedLength` on
///
/// ```
/// logit ← logit − multiplier · base^(length − allowedLength)
/// ```
///
/// A token that is a breaker by itself is never lowered. Derived from the tokens each time, so
/// there is nothing to roll back.
final class DryPenalty {
    /// The greatest penalty: beyond every logit, and finite after any sum.
    private static final double MOST = 1e30;

    private final int[] longest;
    private int[] matches = new int[64];

    DryPenalty(int vocab) {
        longest = new int[vocab]; // all zero between calls
    }

    /// @param logits float[vocab]
    /// @param tokens the sequence so far, `count` of them
    void apply(float[] logits, Dry dry, int[] tokens, int count) {
        int first = count - Ranges.window(dry.lastTokens(), count);
        int reach = afterLastBreaker(dry.breakers(), tokens, first, count);
        if (reach < dry.allowedLength()) {
            return;
        }
        findMatches(tokens, first, count);
        for (int end = first + 1; end < count; end++) {
            int length = Math.min(matches[count - end], reach);
            if (length >= dry.allowedLength()) {
                int next = tokens[end];
                longest[next] = Math.max(longest[next], length);
            }
        }
        for (int i = first + 1; i < count; i++) {
            int token = tokens[i];
            if (longest[token] > 0) {
                if (!dry.breakers().isBreaker(token)) {
                    double growth = Math.pow(dry.base(), longest[token] - dry.allowedLength());
                    logits[token] -= (float) Math.min(MOST, dry.multiplier() * growth);
                }
                longest[token] = 0;
            }
        }
    }

    /// Tokens behind the breaker that ends last; all of the window's where there is none.
    private static int afterLastBreaker(
            SequenceBreakers breakers, int[] tokens, int first, int count) {
        int after = first;
        for (int i = first; i < count; i++) {
            int length = breakers.lengthAt(tokens, i, count);
            after = length > 0 ? Math.max(after, i + length) : after;
        }
        return count - after;
    }

    /// Writes to `matches[d]` how many tokens before `count − d` equal those before `count`, for
    /// `d` from 1: the Z function (Gusfield 1997, section 1.4) of the window read backwards, linear
    /// in its length.
    private void findMatches(int[] tokens, int first, int count) {
        int window = count - first;
        if (matches.length < window) {
            matches = new int[Math.max(window, 2 * matches.length)];
        }
        Arrays.fill(matches, 0, window, 0);
        int left = 0;
        int right = 0; // distances left to right are known to match the end's beginning
        int last = count - 1;
        for (int d = 1; d < window; d++) {
            int length = d < right ? Math.min(right - d, matches[d - left]) : 0;
            while (d + length < window && tokens[last - length] == tokens[last - d - length]) {
                length++;
            }
            matches[d] = length;
            if (d + length > right) {
                left = d;
                right = d + length;
            }
        }
    }
}
