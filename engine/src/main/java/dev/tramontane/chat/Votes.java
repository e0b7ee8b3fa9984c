package dev.tramontane.chat;

import java.util.List;

/// How the votes of several answers to one question stand.
///
/// @param samples answers that were asked for
/// @param finished answers that are complete or given up
/// @param counts what was answered how often, most votes first, then by the first sample that said
///   it. Answers that broke off have no vote
public record Votes(int samples, int finished, List<Count> counts) {
    /// An answer, as short as {@link AnswerKey} makes it, and its votes.
    public record Count(String answer, int count) {}

    public Votes {
        counts = List.copyOf(counts);
    }

    /// The share of the votes cast that the first answer has; 0 without any.
    public double agreement() {
        int cast = counts.stream().mapToInt(Count::count).sum();
        return cast == 0 ? 0 : (double) counts.getFirst().count() / cast;
    }
}
