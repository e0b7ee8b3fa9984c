package dev.tramontane.eval.report.page;

/// What became of an attempt, as a reader sees it.
enum Verdict {
    /// A right answer, cut off or not.
    RIGHT(0),
    /// A wrong answer, or none.
    WRONG(1),
    /// Cut off by a limit or inside its thinking, and not right.
    TRUNCATED(2),
    /// The model or the grader failed: nothing is known.
    ERROR(3);

    private final int code;

    Verdict(int code) {
        this.code = code;
    }

    /// By which the page's script knows it.
    int code() {
        return code;
    }
}
