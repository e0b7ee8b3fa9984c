package dev.tramontane.chat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Counts votes as they come in, in any order, and knows when nothing can change the winner.
///
/// Most votes win. Between answers with as many, the one wins that the sample with the lowest
/// number gave. So the winner depends on what the samples say alone, not on which is done first.
///
/// A number without a unit is a vote for that number in the unit that most give it: 5 goes to 5 km,
/// and 5 m and 5 km are two answers.
final class Ballot {
    /// @param own votes in just these words
    /// @param bare votes for the same number without a unit that go to it
    /// @param first lowest number of the samples that said either
    private record Party(AnswerKey key, int own, int bare, int first) {
        int count() {
            return own + bare;
        }
    }

    private static final Comparator<Party> ORDER =
            Comparator.comparingInt(Party::count).reversed().thenComparingInt(Party::first);

    private final List<Optional<AnswerKey>> votes = new ArrayList<>();
    private final boolean[] finished;
    private int left;

    Ballot(int samples) {
        for (int sample = 0; sample < samples; sample++) {
            votes.add(Optional.empty());
        }
        this.finished = new boolean[samples];
        this.left = samples;
    }

    /// A sample is done.
    ///
    /// @param key its vote; empty for none
    void cast(int sample, Optional<AnswerKey> key) {
        finished[sample] = true;
        left--;
        votes.set(sample, key);
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
        List<Party> others = order.subList(1, order.size());
        boolean mayLoseBare = mayLoseBare(leader, others);
        int sure = mayLoseBare ? leader.own : leader.count();
        int first = mayLoseBare ? samples() : leader.first;
        int open = firstOpen();
        return beats(sure, first, left + (mayLoseBare ? leader.bare : 0), open)
                && others.stream()
                        .allMatch(
                                other ->
                                        beats(
                                                sure,
                                                first,
                                                other.own + left + bare(other.key),
                                                Math.min(other.first, open)));
    }

    /// Whether another unit of the same number may yet have more votes, and take those without one.
    private boolean mayLoseBare(Party leader, List<Party> others) {
        int most =
                others.stream()
                        .filter(other -> other.key.value().equals(leader.key.value()))
                        .mapToInt(Party::own)
                        .max()
                        .orElse(0);
        return leader.bare > 0 && leader.own <= most + left;
    }

    /// Votes for a number without a unit.
    private int bare(AnswerKey key) {
        Optional<AnswerKey> bare = Optional.of(key.bare());
        return key.unit().isEmpty() ? 0 : Collections.frequency(votes, bare);
    }

    private static boolean beats(int count, int first, int most, int othersFirst) {
        return count > most || (count == most && first < othersFirst);
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

    /// The first sample that gave it; empty without votes.
    OptionalInt leadingSample() {
        return order().stream().mapToInt(Party::first).findFirst();
    }

    Votes votes() {
        List<Votes.Count> counts = new ArrayList<>();
        order().forEach(party -> counts.add(new Votes.Count(party.key.shown(), party.count())));
        return new Votes(samples(), samples() - left, counts);
    }

    private int samples() {
        return votes.size();
    }

    /// The parties, that which leads first.
    private List<Party> order() {
        Map<AnswerKey, Party> parties = new LinkedHashMap<>();
        for (int i = 0; i < samples(); i++) {
            int sample = i;
            votes.get(i)
                    .ifPresent(
                            key ->
                                    parties.merge(
                                            key,
                                            new Party(key, 1, 0, sample),
                                            (some, _) ->
                                                    new Party(key, some.own + 1, 0, some.first)));
        }
        for (Party bare : List.copyOf(parties.values())) {
            Optional<Party> united =
                    parties.values().stream()
                            .filter(party -> bare.key.unit().isEmpty())
                            .filter(party -> !party.key.unit().isEmpty())
                            .filter(party -> party.key.value().equals(bare.key.value()))
                            .min(ORDER);
            if (united.isPresent()) {
                Party party = united.get();
                int first = Math.min(party.first, bare.first);
                parties.put(party.key, new Party(party.key, party.own, bare.own, first));
                parties.remove(bare.key);
            }
        }
        return parties.values().stream().sorted(ORDER).toList();
    }
}
