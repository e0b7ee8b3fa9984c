package dev.tramontane.eval.report.page;

import java.util.Optional;

/// An attempt, as the page shows it.
///
/// @param sample from 1
/// @param extracted what was taken for the answer
/// @param why the grader's reason, or the error
/// @param ending why the model stopped
/// @param spent what it took
/// @param control what control did to the answer; empty for nothing
/// @param thinking without its marks
record Trial(
        String problem,
        int sample,
        Verdict verdict,
        Optional<String> extracted,
        String why,
        String ending,
        Spent spent,
        String control,
        String thinking,
        String answer) {
    /// @param seconds from the question to the end
    record Spent(int thinkingTokens, int answerTokens, double seconds) {}
}
