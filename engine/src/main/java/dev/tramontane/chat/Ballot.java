package dev.tramontane.chat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Counts votes as they come in, in any order, and knows when nothing can change the winner.
///
/// Most votes win. Between answers with as many, the one wins that the sample with the lowest
/// number gave. So the winner depends on what the samples say alone, not on which is done first.
final class Ballot {
    /// @param first lowest number of the samples that said it
    private record Party(AnswerKey key, int count, int first) {}

    private static final Comparator<Party> ORDER =
            Comparator.comparingInt(Party::count).reversed().thenComparingInt(Party::first);

    private final int samples;
    private final Map<AnswerKey, Party> parties = new HashMap<>();
    private final boolean[] finished;
    private int left;

    Ballot(int samples) {
        this.samples = samples;
        this.finished = new boolean[samples];
        this.left = samples;
    }

    /// A sample is done.
    ///
    /// @param key its vote; empty for none
    void cast(int sample, Optional<AnswerKey> key) {
        finished[sample] = true;
        left--;
        key.ifPresent(
                answer ->
                        parties.merge(
                                answer,
                                new Party(answer, 1, sample),
                                (a, b) ->
                                        new Party(
                                                answer,
                                                a.count + b.count,
                                                Math.min(a.first, b.first))));
    }

    /// Whether the winner is sure, whatever the samples say that are not done.
    boolean isDecided() {
        if (left == 0) {
            return true;
        }
        List<Party> order = order();
        if (order.isEmpty()) {
            return false;
        }
        Party leader = order.getFirst();
        int open = firstOpen();
        boolean beatsNewcomers = beats(leader, left, open);
        return beatsNewcomers
                && order.stream()
                        .skip(1)
                        .allMatch(
                                other ->
                                        beats(
                                                leader,
                                                other.count + left,
                                                Math.min(other.first, open)));
    }

    private static boolean beats(Party leader, int most, int first) {
        return leader.count > most || (leader.count == most && leader.first < first);
    }

    private int firstOpen() {
        int sample = 0;
        while (finished[sample]) {
            sample++;
        }
        return sample;
    }

    /// The answer that leads; empty without votes.
    Optional<AnswerKey> leader() {
        return order().stream().findFirst().map(Party::key);
    }

    Votes votes() {
        List<Votes.Count> counts = new ArrayList<>();
        order().forEach(party -> counts.add(new Votes.Count(party.key.value(), party.count)));
        return new Votes(samples, samples - left, counts);
    }

    private List<Party> order() {
        return parties.values().stream().sorted(ORDER).toList();
    }
}
