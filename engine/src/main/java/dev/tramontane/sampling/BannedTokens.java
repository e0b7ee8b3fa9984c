package dev.tramontane.sampling;

import java.util.BitSet;

/// Tokens that never come.
///
/// @param banned shared, not to be changed
public record BannedTokens(BitSet banned) implements TokenMask {
    /// Bans one token.
    public static BannedTokens of(int token) {
        var banned = new BitSet();
        banned.set(token);
        return new BannedTokens(banned);
    }

    @Override
    public Verdict next() {
        return new Verdict.Except(banned);
    }

    @Override
    public void accept(int token) {}

    @Override
    public void rollback(int count) {}
}
