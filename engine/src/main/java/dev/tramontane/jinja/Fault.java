package dev.tramontane.jinja;

/// Something a template may not do, told where the line is not known; the evaluator adds it.
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /// What kind of wrong.
    enum Kind {
        /// The template, or what it was given.
        MISTAKE,
        /// The template asked for its caller's attention: `raise_exception`.
        RAISED,
        /// A budget is spent.
        BUDGET
    }

    Fault(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    Fault(String found, String expected) {
        this(Kind.MISTAKE, "found " + found + ", expected " + expected);
    }

    Kind kind() {
        return kind;
    }
}
