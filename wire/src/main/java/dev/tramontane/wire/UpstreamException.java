package dev.tramontane.wire;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/// A server elsewhere gave no answer, or not all of it; whoever runs or chose the server must act.
/// The message says what was found, what was expected and what to do.
public final class UpstreamException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Fault fault;
    private final boolean mayPass;
    private final int status;
    private final String particulars;
    private final transient Optional<Duration> retryAfter;

    /// What went wrong.
    public enum Fault {
        /// No connection came about.
        UNREACHABLE,
        /// The connection broke, or the answer ended before its end.
        BROKEN,
        /// Nothing came for too long, or not everything in time.
        LATE,
        /// What came is no answer.
        NONSENSE,
        /// The server answers with an error.
        REFUSED,
        /// The server is not asked at present, since it failed too often.
        RESTING
    }

    private UpstreamException(
            Fault fault,
            Told told,
            boolean mayPass,
            int status,
            Optional<Duration> retryAfter,
            Optional<Throwable> cause) {
        super(told.message(), cause.orElse(null));
        this.fault = fault;
        this.particulars = told.particulars();
        this.mayPass = mayPass;
        this.status = status;
        this.retryAfter = retryAfter;
    }

    /// What is said.
    ///
    /// @param message to whoever asked
    /// @param particulars to whoever runs the servers: with their address, and what they said
    record Told(String message, String particulars) {
        static Told toAll(String message) {
            return new Told(message, message);
        }
    }

    static UpstreamException of(Fault fault, Told told, boolean mayPass, Throwable cause) {
        return new UpstreamException(fault, told, mayPass, 0, Optional.empty(), Optional.of(cause));
    }

    /// @param status that the server answered with
    static UpstreamException refused(Told told, boolean mayPass, int status) {
        return new UpstreamException(
                Fault.REFUSED, told, mayPass, status, Optional.empty(), Optional.empty());
    }

    /// @param wait until it may be asked again
    static UpstreamException resting(String message, Duration wait) {
        return new UpstreamException(
                Fault.RESTING, Told.toAll(message), true, 0, Optional.of(wait), Optional.empty());
    }

    public Fault fault() {
        return fault;
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

    /// The same with the server's address and what it said of itself, for the log of whoever runs
    /// it. No key stands in it.
    public String particulars() {
        return particulars;
    }

    /// When asking again may help; empty where nobody knows.
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
