package dev.tramontane.sampling;

/// What control did to a sequence that its model would not have done.
public enum Intervention {
    /// The thinking spent its budget and was closed.
    BUDGET_SPENT("the thinking budget is spent"),
    /// The caller wanted the answer, and the thinking was closed.
    ANSWER_ASKED("the answer was asked for");

    private final String text;

    Intervention(String text) {
        this.text = text;
    }

    /// For people: what goes after a comma, in lower case.
    public String text() {
        return text;
    }
}
