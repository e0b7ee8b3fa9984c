package dev.tramontane.train.command;

/// A configuration of a run cannot be used; its author must change it. An argument that was wrong,
/// as far as the terminal's exit code goes.
final class ConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    ConfigException(String message) {
        super(message);
    }
}
