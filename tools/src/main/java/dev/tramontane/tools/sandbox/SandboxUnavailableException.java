package dev.tramontane.tools.sandbox;

/// Programs cannot be run safely on this machine. Its owner must act: the message says what is
/// missing.
public final class SandboxUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public SandboxUnavailableException(String message) {
        super(message);
    }

    public SandboxUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
