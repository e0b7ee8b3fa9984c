package dev.tramontane.kernels;

/// The multiplying part of routines, for one width of registers.
interface Products {
    static Products of(InstructionSet set) {
        return set.isWide() ? new WideProducts() : new NarrowProducts();
    }

    /// The most tokens that {@link #direct} takes, next to what the decoder needs registers for.
    int mostDirectTokens(StripDecoder decoder);

    /// Groups of so many tokens for which decoding rows again, from the cache of a core, costs less
    /// than the detour over a panel.
    int mostDirectGroups();

    /// The register in which {@link #direct} has the sum of a token.
    int directSum(Strip s, int token);

    /// First of the registers for odd values' sums of {@link #direct}.
    int oddSums();

    /// Adds the products of a group in registers to the sums of every token.
    ///
    /// @param index of the group, counted from where `X` points
    /// @param values first register of the group's values
    void direct(Strip s, StripDecoder decoder, int tokens, int index, int values);

    /// Emits the loops over a panel's strips and its depth, times `tokens` tokens that lie
    /// together. Sums go on from `OUT` or begin at zero; the frame is the caller's.
    void panel(Strip s, StripDecoder decoder, int tokens);
}
