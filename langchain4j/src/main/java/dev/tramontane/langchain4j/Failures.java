package dev.tramontane.langchain4j;

import dev.langchain4j.exception.RateLimitException;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.engine.EngineOverloadedException;

/// What went wrong in LangChain4j's words: its callers try again what it calls retriable, and
/// nothing else.
final class Failures {
    private Failures() {}

    /// @return what nobody expected stays what it is
    static Throwable of(Throwable failure) {
        return failure instanceof RuntimeException refused ? of(refused) : failure;
    }

    static RuntimeException of(RuntimeException failure) {
        return switch (failure) {
            case InvalidRequestException invalid -> invalid(invalid);
            case EngineOverloadedException full -> new RateLimitException(full.getMessage(), full);
            case RuntimeException other -> other;
        };
    }

    static dev.langchain4j.exception.InvalidRequestException invalid(RuntimeException cause) {
        return new dev.langchain4j.exception.InvalidRequestException(cause.getMessage(), cause);
    }
}
