package dev.tramontane.wire;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// How a server of models is reached.
///
/// @param base its address: `http://host:port`, or with the path that `/chat/completions` follows,
///   such as `https://host/v1`; without any path, `/v1` is meant
/// @param model the name it knows the model by; empty where it has just one
/// @param key that it knows the caller by. It is sent to this address alone and stands in no
///   message
/// @param dialect which fields it knows
/// @param opensThinking whether its template opens the thinking and it tells no thinking apart: its
///   text then begins inside the thinking, and only the closing mark comes
/// @param patience how long to wait, and how often to try
/// @param environment whose proxy variables count
public record UpstreamOptions(
        String base,
        Optional<String> model,
        Optional<String> key,
        Dialect dialect,
        boolean opensThinking,
        Patience patience,
        Map<String, String> environment) {
    /// @throws IllegalArgumentException when the address is none, or the key, which is not quoted
    public UpstreamOptions {
        UpstreamAddress.of(base);
        Bearer.check("the key for " + base, key);
        environment = Map.copyOf(environment);
    }

    /// How long to wait, and how often to try.
    ///
    /// @param connect for a connection
    /// @param first for the first sign of an answer; long prompts and queues take their time
    /// @param silence between two signs of an answer. Keep-alive comments are signs
    /// @param limits what an answer may take, whatever signs it gives
    /// @param tries of one request, until something of its answer has come
    /// @param pause how to wait between two tries
    public record Patience(
            Duration connect,
            Duration first,
            Duration silence,
            Limits limits,
            int tries,
            HubOptions.Pause pause) {
        /// Ten seconds, ten minutes, five minutes, no limits, four tries.
        public static final Patience USUAL =
                new Patience(
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(10),
                        Duration.ofMinutes(5),
                        Limits.NONE,
                        4,
                        Thread::sleep);

        public Patience {
            if (tries < 1) {
                throw new IllegalArgumentException("tries is " + tries + ", expected 1 or more");
            }
            check("connect", connect);
            check("first", first);
            check("silence", silence);
        }
    }

    private static void check(String name, Duration time) {
        if (time.toMillis() < 1) {
            throw new IllegalArgumentException(
                    name + " is " + time + ", expected a millisecond or more");
        }
    }

    /// What one answer may take, all tries together. Keep-alive comments do not count here: who
    /// sends nothing else is as good as silent.
    ///
    /// @param first until the first token; a step on in the reading of the prompt, where that is
    ///   told, is as good as one
    /// @param between two tokens
    /// @param whole until the end
    /// @param bytes of the answer as it is sent
    public record Limits(Duration first, Duration between, Duration whole, long bytes) {
        private static final Duration EVER = Duration.ofDays(10_000);

        /// No times, and half a gigabyte.
        public static final Limits NONE = new Limits(EVER, EVER, EVER, 1L << 29);

        public Limits {
            check("first", first);
            check("between", between);
            check("whole", whole);
            if (bytes < 1) {
                throw new IllegalArgumentException("bytes is " + bytes + ", expected 1 or more");
            }
        }
    }

    /// Whether a text can be sent as a key: letters, digits and signs in one word.
    public static boolean isKey(String text) {
        return Bearer.carries(text);
    }

    /// With the dialect of the address's host, and the key that the environment has for it:
    /// `TRAMONTANE_API_KEY` for any, `MISTRAL_API_KEY` and `OPENAI_API_KEY` for their own hosts.
    ///
    /// @param base of the server
    /// @throws IllegalArgumentException when it is no address, or the key is none
    public static UpstreamOptions of(String base, Map<String, String> environment) {
        Dialect dialect = Dialect.of(UpstreamAddress.of(base).host());
        Optional<String> key =
                value(environment, "TRAMONTANE_API_KEY")
                        .or(
                                () ->
                                        switch (dialect) {
                                            case OPENAI -> value(environment, "OPENAI_API_KEY");
                                            case MISTRAL -> value(environment, "MISTRAL_API_KEY");
                                            case OPEN -> Optional.empty();
                                        });
        return new UpstreamOptions(
                base, Optional.empty(), key, dialect, false, Patience.USUAL, environment);
    }

    private static Optional<String> value(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    public UpstreamOptions withModel(String name) {
        return new UpstreamOptions(
                base, Optional.of(name), key, dialect, opensThinking, patience, environment);
    }

    public UpstreamOptions withKey(String secret) {
        return new UpstreamOptions(
                base, model, Optional.of(secret), dialect, opensThinking, patience, environment);
    }

    public UpstreamOptions withDialect(Dialect other) {
        return new UpstreamOptions(base, model, key, other, opensThinking, patience, environment);
    }

    public UpstreamOptions withOpensThinking(boolean opens) {
        return new UpstreamOptions(base, model, key, dialect, opens, patience, environment);
    }

    public UpstreamOptions withPatience(Patience other) {
        return new UpstreamOptions(base, model, key, dialect, opensThinking, other, environment);
    }

    /// Without the key and the environment.
    @Override
    public String toString() {
        return "%s, model %s, %s".formatted(base, model.orElse("any"), dialect);
    }
}
