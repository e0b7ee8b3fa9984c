package dev.tramontane.server;

import dev.tramontane.wire.Dialect;
import dev.tramontane.wire.UpstreamCard;
import dev.tramontane.wire.UpstreamGroup;
import dev.tramontane.wire.UpstreamOptions;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A model of other servers as it is to be served.
///
/// @param id its public name
/// @param aliases other names that mean it
/// @param servers that have it
/// @param known what the operator knows of it, which counts for more than what the servers tell
/// @param terms on which it is offered
public record UpstreamSettings(
        String id, List<String> aliases, Servers servers, UpstreamCard known, Terms terms) {
    public UpstreamSettings {
        aliases = List.copyOf(aliases);
    }

    /// Servers that have the same model, and how they are asked.
    ///
    /// @param addresses `http://host:port`, or with the path that `/chat/completions` follows, such
    ///   as `https://host/v1`; one at least
    /// @param model what they call it; empty for its public name
    /// @param key that they know this server by
    /// @param dialect which fields they know; empty for what their host says
    /// @param opensThinking whether their template opens the thinking and they tell none apart
    /// @param times that an answer may take
    /// @param tries of one request, as long as nothing of its answer has come
    public record Servers(
            List<String> addresses,
            Optional<String> model,
            UpstreamKey key,
            Optional<Dialect> dialect,
            boolean opensThinking,
            Times times,
            int tries) {
        private static final int USUAL_TRIES = 3;

        public Servers {
            addresses = List.copyOf(addresses);
        }

        /// All as usual.
        public static Servers at(List<String> addresses) {
            return new Servers(
                    addresses,
                    Optional.empty(),
                    new UpstreamKey.Usual(),
                    Optional.empty(),
                    false,
                    Times.STANDARD,
                    USUAL_TRIES);
        }

        /// @param name what the model is called here
        /// @throws IllegalArgumentException when there are none, one stands there twice, or an
        ///   address is none
        public void check(String name) {
            var _ = group(name, Map.of(), Optional.empty());
        }

        private UpstreamGroup group(
                String name, Map<String, String> environment, Optional<String> secret) {
            List<UpstreamOptions> options = new ArrayList<>();
            for (String address : addresses) {
                UpstreamOptions usual =
                        UpstreamOptions.of(address, environment)
                                .withPatience(times.patience(tries))
                                .withOpensThinking(opensThinking);
                UpstreamOptions named = model.map(usual::withModel).orElse(usual);
                UpstreamOptions spoken = dialect.map(named::withDialect).orElse(named);
                options.add(secret.map(spoken::withKey).orElse(spoken));
            }
            return new UpstreamGroup(name, options, UpstreamGroup.Trust.STANDARD);
        }

        public Servers withModel(String name) {
            return new Servers(
                    addresses, Optional.of(name), key, dialect, opensThinking, times, tries);
        }

        public Servers withKey(UpstreamKey other) {
            return new Servers(addresses, model, other, dialect, opensThinking, times, tries);
        }

        public Servers withDialect(Dialect other) {
            return new Servers(
                    addresses, model, key, Optional.of(other), opensThinking, times, tries);
        }

        public Servers withOpensThinking(boolean opens) {
            return new Servers(addresses, model, key, dialect, opens, times, tries);
        }

        public Servers withTimes(Times others) {
            return new Servers(addresses, model, key, dialect, opensThinking, others, tries);
        }

        public Servers withTries(int most) {
            return new Servers(addresses, model, key, dialect, opensThinking, times, most);
        }
    }

    /// What an answer may take, all tries together. A server that only shows that it lives is as
    /// good as silent.
    ///
    /// @param connect for a connection
    /// @param firstToken until the first token, or the next step in the reading of the prompt
    /// @param betweenTokens between two tokens
    /// @param whole until the end
    public record Times(
            Duration connect, Duration firstToken, Duration betweenTokens, Duration whole) {
        /// Ten seconds, ten minutes, two minutes, an hour.
        public static final Times STANDARD =
                new Times(
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(10),
                        Duration.ofMinutes(2),
                        Duration.ofHours(1));

        /// An answer of more bytes, as it is sent, is none.
        private static final long MOST_BYTES = 64L << 20;

        UpstreamOptions.Patience patience(int tries) {
            Duration silence = firstToken.compareTo(betweenTokens) > 0 ? firstToken : betweenTokens;
            return new UpstreamOptions.Patience(
                    connect,
                    firstToken,
                    silence,
                    new UpstreamOptions.Limits(firstToken, betweenTokens, whole, MOST_BYTES),
                    tries,
                    Thread::sleep);
        }
    }

    /// All as usual.
    public static UpstreamSettings of(String id, Servers servers) {
        return new UpstreamSettings(id, List.of(), servers, UpstreamCard.NOTHING, Terms.USUAL);
    }

    public UpstreamSettings withAliases(List<String> others) {
        return new UpstreamSettings(id, others, servers, known, terms);
    }

    public UpstreamSettings withKnown(UpstreamCard other) {
        return new UpstreamSettings(id, aliases, servers, other, terms);
    }

    public UpstreamSettings withTerms(Terms others) {
        return new UpstreamSettings(id, aliases, servers, known, others);
    }

    /// The servers as they are asked.
    ///
    /// @param environment with keys and proxies. The key of `TRAMONTANE_API_KEY`, which goes to any
    ///   server, is sent only where it is named
    /// @throws IllegalArgumentException when an address is none, or the key is not there
    /// @throws IOException when the key's file cannot be read
    UpstreamGroup group(Map<String, String> environment) throws IOException {
        Map<String, String> own = new HashMap<>(environment);
        own.remove("TRAMONTANE_API_KEY");
        return servers.group(id, own, servers.key().read(environment));
    }
}
