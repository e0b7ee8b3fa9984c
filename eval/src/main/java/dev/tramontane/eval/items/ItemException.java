package dev.tramontane.eval.items;

import java.io.IOException;

/// Items cannot be read; whoever brought the file must act. The message says how.
public final class ItemException extends IOException {
    private static final long serialVersionUID = 1L;

    public ItemException(String message) {
        super(message);
    }

    public ItemException(String message, Throwable cause) {
        super(message, cause);
    }
}
