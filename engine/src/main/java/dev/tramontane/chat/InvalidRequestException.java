package dev.tramontane.chat;

/// The request's author must change something: carries the path of the parameter.
public final class InvalidRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String parameter;

    /// @param parameter its path, such as `messages[2].content[0]`
    /// @param message what was found, what was expected, what to do
    public InvalidRequestException(String parameter, String message) {
        super(parameter + ": " + message);
        this.parameter = parameter;
    }

    /// The path of what must change.
    public String parameter() {
        return parameter;
    }
}
