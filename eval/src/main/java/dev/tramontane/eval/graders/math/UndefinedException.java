package dev.tramontane.eval.graders.math;

/// An expression has no value at a point, or none that the present precision can tell.
final class UndefinedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UndefinedException(String what) {
        super(what, null, false, false);
    }
}
