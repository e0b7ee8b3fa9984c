package dev.tramontane.server;

import dev.tramontane.server.telemetry.LogTarget;

import io.opentelemetry.api.OpenTelemetry;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;

/// What a server tells its operators beside the figures of `/metrics`.
///
/// @param accessLog where each request gets a line
/// @param traces where spans go; its opener's to close, behind the server
public record Telemetry(Log accessLog, OpenTelemetry traces) {
    /// No log, no spans.
    public static final Telemetry NONE = new Telemetry(new Log.Nowhere(), OpenTelemetry.noop());

    /// Where the lines of a log go.
    public sealed interface Log {
        /// There is none.
        record Nowhere() implements Log {}

        /// @param out stays its opener's
        record ToStream(OutputStream out) implements Log {}

        /// @param path of a file that is appended to, and made anew when it has been moved away
        record ToFile(Path path) implements Log {}

        /// Opens it.
        ///
        /// @throws IOException when it cannot be written
        private Optional<LogTarget> target() throws IOException {
            return switch (this) {
                case Nowhere _ -> Optional.empty();
                case ToStream(OutputStream out) -> Optional.of(new LogTarget.Stream(out));
                case ToFile(Path path) -> Optional.of(new LogTarget.AppendedFile(path));
            };
        }
    }

    Optional<LogTarget> openLog() throws IOException {
        return accessLog.target();
    }

    public Telemetry withAccessLog(Log other) {
        return new Telemetry(other, traces);
    }

    public Telemetry withTraces(OpenTelemetry other) {
        return new Telemetry(accessLog, other);
    }
}
