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
    CIRCLE_ENDED("the answer went in circles and was ended"),
    /// The thinking was closed while the answer still has its place.
    ANSWER_RESERVED("the rest of the tokens is kept for the answer"),
    /// The model would have ended inside its thinking, which was closed instead.
    ENDED_THINKING("the model would have ended without an answer"),
    /// The model called a tool inside its thinking, which was closed first.
    CALLED_THINKING("a tool was called inside the thinking"),
    /// The model would have closed its thinking, and was led on as the caller asked.
    LED_ON("it was asked to think longer");

    private final String text;

    Intervention(String text) {
        this.text = text;
    }

    /// For people: what goes after a comma, in lower case.
    public String text() {
        return text;
    }
}
