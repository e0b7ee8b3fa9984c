package dev.tramontane.sampling;

/// What control did to a sequence that its model would not have done.
public enum Intervention {
    /// The thinking spent its budget and was closed.
    BUDGET_SPENT("the thinking budget is spent"),
    /// The caller wanted the answer, and the thinking was closed.
    ANSWER_ASKED("the answer was asked for"),
    /// A thought went in circles, and was told so.
    CIRCLE_NUDGED("a circle in the thinking was interrupted"),
    /// The thinking went in circles again, and was closed.
    CIRCLE_CLOSED("the thinking went in circles and was closed"),
    /// The answer went in circles, and was ended.
    CIRCLE_ENDED("the answer went in circles and was ended");

    private final String text;

    Intervention(String text) {
        this.text = text;
    }

    /// For people: what goes after a comma, in lower case.
    public String text() {
        return text;
    }
}
