package dev.tramontane.eval.suite;

import java.util.List;

/// A problem that was drawn, before it has a language.
///
/// @param operands what was drawn, in one line; two drafts with the same are the same problem
/// @param steps each follows from what is given and those before it
public record Draft(String operands, Line question, List<Line> steps, Line.Word answer) {
    public Draft {
        steps = List.copyOf(steps);
    }
}
