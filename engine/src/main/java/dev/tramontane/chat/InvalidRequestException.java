package dev.tramontane.chat;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/// The request's author must change something: carries the path of the parameter.
public final class InvalidRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String parameter;
    private final Kind kind;
    private final transient @Nullable Excess excess;

    /// What programs tell apart.
    public enum Kind {
        /// Something in the request is not as it must be.
        PARAMETER,
        /// The request is as it must be, and longer than the model's context.
        CONTEXT_LENGTH
    }

    /// By how much a request is too long.
    ///
    /// @param tokens that it has
    /// @param context positions that there are
    public record Excess(int tokens, int context) {}

    /// @param parameter its path, such as `messages[2].content[0]`
    /// @param message what was found, what was expected, what to do
    public InvalidRequestException(String parameter, String message) {
        this(parameter, message, Kind.PARAMETER);
    }

    /// @param parameter its path
    /// @param message what was found, what was expected, what to do
    public InvalidRequestException(String parameter, String message, Kind kind) {
        this(parameter, message, kind, null);
    }

    private InvalidRequestException(
            String parameter, String message, Kind kind, @Nullable Excess excess) {
        super(parameter + ": " + message);
        this.parameter = parameter;
        this.kind = kind;
        this.excess = excess;
    }

    /// A request that is longer than its model's context. The words are those by which programs
    /// that shorten conversations know it.
    ///
    /// @param parameter its path
    /// @param what is too long, such as `the conversation`
    public static InvalidRequestException tooLong(String parameter, String what, Excess excess) {
        String message =
                "%s has %d tokens, which exceeds the available context size of %d tokens; shorten it, or open the model with a larger context"
                        .formatted(what, excess.tokens(), excess.context());
        return new InvalidRequestException(parameter, message, Kind.CONTEXT_LENGTH, excess);
    }

    /// By how much it is too long, where that is what is wrong and known.
    public Optional<Excess> excess() {
        return Optional.ofNullable(excess);
    }

    public Kind kind() {
        return kind;
    }

    /// The path of what must change.
    public String parameter() {
        return parameter;
    }
}
