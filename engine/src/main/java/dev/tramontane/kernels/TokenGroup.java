package dev.tramontane.kernels;

import java.util.ArrayList;
import java.util.List;

/// Tokens `first .. first + count` of a product, whose activations lie together as {@link
/// StripCode} reads them.
record TokenGroup(int first, int count) {
    /// Cuts tokens into groups that are as equal, and as few, as registers allow.
    ///
    /// @param most tokens of a group
    static List<TokenGroup> of(int tokens, int most) {
        int fewest = (tokens + most - 1) / most;
        int each = (tokens + fewest - 1) / fewest;
        List<TokenGroup> groups = new ArrayList<>();
        for (int first = 0; first < tokens; first += each) {
            groups.add(new TokenGroup(first, Math.min(each, tokens - first)));
        }
        return groups;
    }
}
