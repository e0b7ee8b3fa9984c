package dev.tramontane.eval.graders.math;

/// An answer asks for more than a grading may spend: digits, nesting or steps. It is then compared
/// as it is written.
final class LimitException extends RuntimeException {
    private static final long serialVersionUID = 1;

    LimitException(String what) {
        super(what, null, false, false);
    }
}
