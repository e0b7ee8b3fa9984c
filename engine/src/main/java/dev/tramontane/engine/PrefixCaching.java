package dev.tramontane.engine;

/// Which requests may begin with what others computed. Keys and values of tokens that were computed
/// stay in the cache after their request until the room is needed; a request that begins with the
/// same tokens does not compute them again. No result depends on it.
///
/// @param scope whose requests
/// @param ownerShare part of the cache that an owner's unused blocks may take while another needs
///   room, more than 0 and up to 1: beyond it an owner loses its own first
public record PrefixCaching(Scope scope, double ownerShare) {
    /// Whose requests can share.
    public enum Scope {
        /// Nobody's.
        OFF,
        /// Those of one owner.
        OWNER,
        /// All. An owner can then learn, from the time to the first token, that somebody sent the
        /// same beginning before.
        ALL
    }

    public PrefixCaching {
        if (!(ownerShare > 0 && ownerShare <= 1)) {
            throw new IllegalArgumentException(
                    "ownerShare is %s, expected more than 0, up to 1".formatted(ownerShare));
        }
    }

    /// For requests of one owner; half of the cache is safe from a greedy one.
    public static PrefixCaching defaults() {
        return new PrefixCaching(Scope.OWNER, 0.5);
    }

    /// The same for other requests.
    public PrefixCaching withScope(Scope other) {
        return new PrefixCaching(other, ownerShare);
    }

    /// An owner's share of so many blocks.
    int ownerBlocks(int blocks) {
        return (int) (ownerShare * blocks);
    }
}
