package dev.tramontane.wire;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Servers that have the same model, and answer under one name.
///
/// A request goes to the one that is asked least, or rather to the one that knows the beginning of
/// its conversation, as long as that one is not much busier. One that fails is left alone for a
/// time; a request that it failed goes to another, as long as nothing of an answer has come.
///
/// @param name what messages call them. Their addresses, and what they say of themselves, are told
///   to nobody but the log
/// @param servers how each is reached. What one request may take, and how often it is tried, is the
///   first one's {@link UpstreamOptions#patience}
/// @param trust when one of them is left alone
public record UpstreamGroup(String name, List<UpstreamOptions> servers, Trust trust) {
    /// When a server is left alone.
    ///
    /// @param failures in a row that are too many
    /// @param shortest for how long, the first time; twice as long each time that it fails again
    /// @param longest what it comes to at most
    public record Trust(int failures, Duration shortest, Duration longest) {
        /// Five failures; two seconds, up to a minute.
        public static final Trust STANDARD =
                new Trust(5, Duration.ofSeconds(2), Duration.ofMinutes(1));

        public Trust {
            if (failures < 1) {
                throw new IllegalArgumentException(
                        "failures is %d, expected 1 or more".formatted(failures));
            }
            if (!shortest.isPositive() || shortest.compareTo(longest) > 0) {
                throw new IllegalArgumentException(
                        "shortest is %s, expected more than nothing and %s at most"
                                .formatted(shortest, longest));
            }
        }
    }

    /// @throws IllegalArgumentException when there are no servers, or one stands there twice
    public UpstreamGroup {
        servers = List.copyOf(servers);
        if (servers.isEmpty()) {
            throw new IllegalArgumentException(
                    name + ": no servers, expected the address of one at least; add it");
        }
        Set<UpstreamAddress> addresses = new HashSet<>();
        for (UpstreamOptions server : servers) {
            if (!addresses.add(UpstreamAddress.of(server.base()))) {
                throw new IllegalArgumentException(
                        "%s: the server %s stands there twice, expected once; leave one out"
                                .formatted(name, server.base()));
            }
        }
    }
}
