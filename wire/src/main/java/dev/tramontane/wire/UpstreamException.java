package dev.tramontane.wire;

import java.util.OptionalInt;

/// A server elsewhere gave no answer, or not all of it; whoever runs or chose the server must act.
/// The message says what was found, what was expected and what to do.
public final class UpstreamException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean mayPass;
    private final int status;

    UpstreamException(String message, boolean mayPass) {
        super(message);
        this.mayPass = mayPass;
        this.status = 0;
    }

    UpstreamException(String message, boolean mayPass, Throwable cause) {
        super(message, cause);
        this.mayPass = mayPass;
        this.status = 0;
    }

    /// @param status that the server answered with
    UpstreamException(String message, boolean mayPass, int status) {
        super(message);
        this.mayPass = mayPass;
        this.status = status;
    }

    /// Whether the same request may succeed later, with nothing changed: a connection that broke, a
    /// server that failed. Not so a wrong key, or an answer that makes no sense.
    public boolean mayPass() {
        return mayPass;
    }

    /// The HTTP status; empty where the failure was none of a status.
    public OptionalInt status() {
        return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
    }
}
