package dev.tramontane.chat;

/// The request's author must change something: carries the path of the parameter.
public final class InvalidRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String parameter;
    private final Kind kind;

    /// What programs tell apart.
    public enum Kind {
        /// Something in the request is not as it must be.
        PARAMETER,
        /// The request is as it must be, and longer than the model's context.
        CONTEXT_LENGTH
    }

    /// @param parameter its path, such as `messages[2].content[0]`
    /// @param message what was found, what was expected, what to do
    public InvalidRequestException(String parameter, String message) {
        this(parameter, message, Kind.PARAMETER);
    }

    /// @param parameter its path
    /// @param message what was found, what was expected, what to do
    public InvalidRequestException(String parameter, String message, Kind kind) {
        super(parameter + ": " + message);
        this.parameter = parameter;
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /// The path of what must change.
    public String parameter() {
        return parameter;
    }
}
