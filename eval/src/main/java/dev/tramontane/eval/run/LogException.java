package dev.tramontane.eval.run;

import java.io.IOException;

/// A log cannot be used; the message says what to do.
public final class LogException extends IOException {
    private static final long serialVersionUID = 1L;

    public LogException(String message) {
        super(message);
    }

    LogException(String message, Throwable cause) {
        super(message, cause);
    }
}
