package dev.tramontane.eval.report;

import dev.tramontane.chat.AnswerKey;
import dev.tramontane.eval.graders.math.MathComparison;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The wrong answers to one problem, counted by what they mean: `√8` and `2√2` are one.
///
/// Spellings that are alike are told without comparing. Beyond so many comparisons a new spelling
/// is an answer of its own: samples that all say something else could ask for thousands.
final class WrongAnswers {
    private static final int MOST_COMPARISONS = 200;

    private final boolean byMeaning;
    private final Map<AnswerKey, Integer> kinds = new HashMap<>();
    private final List<String> first = new ArrayList<>();
    private final List<Integer> votes = new ArrayList<>();
    private int comparisons;

    /// @param byMeaning whether answers are mathematics; else spelling alone counts
    WrongAnswers(boolean byMeaning) {
        this.byMeaning = byMeaning;
    }

    void add(String answer) {
        int kind = kinds.computeIfAbsent(AnswerKey.ofExtracted(answer), _ -> kind(answer));
        if (kind == first.size()) {
            first.add(answer);
            votes.add(0);
        }
        votes.set(kind, votes.get(kind) + 1);
    }

    /// Which answer a new spelling is; a new one where it is none of those before.
    private int kind(String answer) {
        for (int kind = 0; byMeaning && kind < first.size(); kind++) {
            if (comparisons == MOST_COMPARISONS) {
                break;
            }
            comparisons++;
            if (MathComparison.isSameAtAGlance(first.get(kind), answer)) {
                return kind;
            }
        }
        return first.size();
    }

    /// How many samples gave each, in order of their first.
    int[] votes() {
        return votes.stream().mapToInt(Integer::intValue).toArray();
    }
}
