package dev.tramontane.train.data;

import java.io.IOException;

/// A file of examples cannot be learned from; its owner must change it.
public final class DataException extends IOException {
    private static final long serialVersionUID = 1L;

    DataException(String message) {
        super(message);
    }

    DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
