package dev.tramontane.weights;

/// The model's file must change: it is damaged, incomplete, or of a kind we do not run. The message
/// says which file and tensor or key, what was found, what was expected, and what to do.
public final class ModelFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ModelFormatException(String message) {
        super(message);
    }

    public ModelFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
