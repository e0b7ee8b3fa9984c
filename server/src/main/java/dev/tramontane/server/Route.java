package dev.tramontane.server;

import io.helidon.http.Method;

import java.util.Optional;

/// A line of {@link Routes}.
///
/// @param path in Helidon's words: `{name}` is a part, `{+name}` the rest
record Route(Method method, String path, Access access, Load load, Endpoint endpoint) {
    /// The path of what is in no table.
    static final String NOWHERE = "";

    /// The path as OpenAPI writes it; empty for what is no endpoint.
    Optional<String> template() {
        return this.path.equals(NOWHERE) ? Optional.empty() : Optional.of(path.replace("{+", "{"));
    }

    /// Whether it answers requests of a method: those of HEAD wherever it answers GET (RFC 9110,
    /// section 9.1).
    boolean takes(Method asked) {
        return asked.equals(method) || (asked.equals(Method.HEAD) && method.equals(Method.GET));
    }

    /// Whether a body belongs to its requests: with other methods it means nothing (RFC 9110,
    /// section 9.3).
    boolean readsBody() {
        return method.equals(Method.POST) || method.equals(Method.PATCH);
    }

    /// Who may ask.
    enum Access {
        /// Anybody who reaches the port, such as what watches over the process.
        ANYBODY,
        /// Whoever has a key; where there are no keys, every program of this machine.
        CALLER,
        /// Whoever runs the server, known by a token of its own.
        OPERATOR
    }

    /// What it costs.
    enum Load {
        /// Next to nothing.
        LIGHT,
        /// Time of the model: counted, and refused while the server stops.
        HEAVY
    }
}
