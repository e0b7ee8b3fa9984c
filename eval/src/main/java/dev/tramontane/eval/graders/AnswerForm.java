package dev.tramontane.eval.graders;

import dev.tramontane.eval.Reference;

import java.util.regex.Pattern;

/// How an answer is to be written down, apart from what it says.
public enum AnswerForm {
    /// With a box: `\boxed{…}`.
    BOXED,
    /// As a text alone, without a box.
    PLAIN,
    /// With a closed block of code whose fence names its language.
    FENCED;

    private static final Pattern NAMED_FENCE =
            Pattern.compile(
                    "^\\s*(`{3,})[^`\\s][^\\n`]*\\n.*?^\\s*\\1`*\\s*$",
                    Pattern.DOTALL | Pattern.MULTILINE);

    /// The form that suits a reference.
    public static AnswerForm of(Reference reference) {
        return switch (reference) {
            case Reference.Text _, Reference.Choice _ -> BOXED;
            case Reference.Verbatim _ -> PLAIN;
            case Reference.Tests _ -> FENCED;
        };
    }

    /// Whether an answer is written so.
    public boolean isKept(String answer) {
        return switch (this) {
            case BOXED -> Boxes.last(answer).isPresent();
            case PLAIN -> !answer.isBlank() && Boxes.last(answer).isEmpty();
            case FENCED -> NAMED_FENCE.matcher(answer).find();
        };
    }
}
