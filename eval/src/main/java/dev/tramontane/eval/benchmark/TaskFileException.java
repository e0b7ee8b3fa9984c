package dev.tramontane.eval.benchmark;

/// A task file is wrong, or there is none of that name; whoever wrote or named it must act. The
/// message says how.
public final class TaskFileException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    TaskFileException(String message) {
        super(message);
    }

    TaskFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
