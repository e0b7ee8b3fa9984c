package dev.tramontane.wire;

import java.io.IOException;

/// A hub did not give what was asked for; whoever asked must change something, or try later. The
/// message says which.
public final class HubException extends IOException {
    private static final long serialVersionUID = 1;

    HubException(String message) {
        super(message);
    }

    HubException(String message, Throwable cause) {
        super(message, cause);
    }
}
