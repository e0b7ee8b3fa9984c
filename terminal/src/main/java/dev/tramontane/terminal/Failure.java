package dev.tramontane.terminal;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.weights.ModelFormatException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// What went wrong, in one message for the person at the terminal.
public final class Failure {
    private Failure() {}

    /// Where, what was found, what was expected, what to do.
    public static String describe(Throwable failure) {
        return switch (failure) {
            case ModelFormatException e -> message(e);
            case InvalidRequestException e -> message(e);
            case EngineOverloadedException e -> message(e);
            case NumberFormatException e -> message(e) + ", expected a number";
            case IllegalArgumentException e -> message(e);
            case UncheckedIOException e when e.getCause() != null -> describe(e.getCause());
            case NoSuchFileException e when e.getReason() == null ->
                    e.getFile() + ": no such file; check the path";
            case AccessDeniedException e ->
                    e.getFile() + ": may not be read or written by you; change its permissions";
            case CharacterCodingException _ ->
                    "not every byte is UTF-8, expected a text in UTF-8; convert it";
            case FileSystemException e -> message(e);
            case IOException e -> message(e);
            default ->
                    "unexpected: "
                            + failure
                            + "; this is a defect, run again with --debug and report what it says";
        };
    }

    private static String message(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
