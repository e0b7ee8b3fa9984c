package dev.tramontane.train.steps;

import java.io.IOException;

/// A log of steps cannot be used; whoever owns the folder must act.
public final class StepLogException extends IOException {
    private static final long serialVersionUID = 1L;

    StepLogException(String message) {
        super(message);
    }

    StepLogException(String message, Throwable cause) {
        super(message, cause);
    }
}
