package dev.tramontane.terminal;

import java.util.function.Supplier;

/// What was typed is wrong, whatever files and machines hold: the exit code is 2, not 1.
public final class UsageException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message);
    }

    private UsageException(IllegalArgumentException wrong) {
        super(Failure.describe(wrong), wrong);
    }

    /// What somebody typed is wrong, as something that read it has found.
    public static UsageException of(IllegalArgumentException wrong) {
        return new UsageException(wrong);
    }

    /// What a flag or an argument stands for.
    ///
    /// @throws UsageException instead of another {@link IllegalArgumentException}
    public static <T> T check(Supplier<T> typed) {
        try {
            return typed.get();
        } catch (UsageException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new UsageException(e);
        }
    }
}
