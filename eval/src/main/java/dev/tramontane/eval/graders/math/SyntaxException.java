package dev.tramontane.eval.graders.math;

/// A text is no mathematics that the parser knows.
final class SyntaxException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SyntaxException(String what) {
        super(what, null, false, false);
    }
}
