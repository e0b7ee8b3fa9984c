package dev.tramontane.server;

import io.helidon.http.Method;

/// A line of {@link Routes}.
///
/// @param path in Helidon's words: `{name}` is a part, `{+name}` the rest
record Route(Method method, String path, Access access, Load load, Endpoint endpoint) {
    /// Who may ask.
    enum Access {
        /// Anybody who reaches the port, such as what watches over the process.
        ANYBODY,
        /// Whoever has a key; where there are no keys, every program of this machine.
        CALLER
    }

    /// What it costs.
    enum Load {
        /// Next to nothing.
        LIGHT,
        /// Time of the model: counted, and refused while the server stops.
        HEAVY
    }
}
