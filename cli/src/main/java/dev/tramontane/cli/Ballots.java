package dev.tramontane.cli;

import dev.tramontane.chat.Votes;

import tools.jackson.databind.node.ArrayNode;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Votes as people and programs read them.
final class Ballots {
    /// Answers that a line names; the rest is counted.
    private static final int NAMED = 3;

    private static final int LONGEST_ANSWER_CHARS = 24;

    private Ballots() {}

    /// `Voting… 3 of 8 done: 42 (2), 41 (1)`.
    static String line(Votes votes) {
        return "Voting… %d of %d done%s"
                .formatted(votes.finished(), votes.samples(), counts(votes));
    }

    /// `Agreement 75 % (3 of 4): 42 (3), 41 (1)`; the answers that broke off are told too.
    static String summary(Votes votes) {
        int cast = votes.counts().stream().mapToInt(Votes.Count::count).sum();
        int silent = votes.finished() - cast;
        String notCounted = silent == 0 ? "" : ", %d without an answer".formatted(silent);
        if (cast == 0) {
            return "No vote: none of %d answers came to its end".formatted(votes.finished());
        }
        return String.format(
                Locale.ROOT,
                "Agreement %.0f %% (%d of %d)%s%s",
                100 * votes.agreement(),
                votes.counts().getFirst().count(),
                cast,
                counts(votes),
                notCounted);
    }

    private static String counts(Votes votes) {
        List<Votes.Count> counts = votes.counts();
        if (counts.isEmpty()) {
            return "";
        }
        String named =
                counts.stream()
                        .limit(NAMED)
                        .map(count -> cut(count.answer()) + " (" + count.count() + ")")
                        .collect(Collectors.joining(", "));
        int others = counts.size() - NAMED;
        return ": " + named + (others > 0 ? ", %d more".formatted(others) : "");
    }

    private static String cut(String answer) {
        String line = answer.replace('\n', ' ');
        return line.length() <= LONGEST_ANSWER_CHARS
                ? line
                : line.substring(0, LONGEST_ANSWER_CHARS) + "…";
    }

    /// `[{"answer", "count"}…]`, most votes first.
    static void json(Votes votes, ArrayNode out) {
        for (Votes.Count count : votes.counts()) {
            out.addObject().put("answer", count.answer()).put("count", count.count());
        }
    }
}
