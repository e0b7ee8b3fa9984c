package dev.tramontane.schedule;

import dev.tramontane.cache.BlockPool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Who runs and who waits, and in which order.
///
/// Running sequences *stand* in this order: those that yield behind those that do not; then by how
/// many of their owner's stand before them, so that each owner's first stand before anybody's
/// second; then by arrival. Whoever stands last is the first to be set back: when blocks run out,
/// or when one waits that would stand before it. The one that stands first is never set back but
/// for one that does not yield, so it comes to its end; then another stands first.
///
/// Waiting sequences start in this order: those of owners of whom nothing runs, then those of the
/// least served owner; one that was passed over too often is next. Nobody overtakes the next. It
/// takes the place of one that stands behind it, of an owner who is ahead even of what it asks for:
/// so owners who always have more to do are served as many tokens, however long their prompts are,
/// and not only as many sequences.
final class Lineup {
    private static final Comparator<Sequence> BY_AGE =
            Comparator.comparing(Sequence::yields).thenComparingLong(Sequence::arrival);
    private static final Comparator<Sequence> BY_STANDING =
            Comparator.comparing(Sequence::yields)
                    .thenComparingInt(Sequence::standing)
                    .thenComparingLong(Sequence::arrival);
    private static final Comparator<Sequence> BY_TURN =
            Comparator.comparing(Sequence::yields)
                    .thenComparing(sequence -> !sequence.isOverdue())
                    .thenComparing(sequence -> wouldStand(sequence) > 0)
                    .thenComparingLong(sequence -> sequence.owner().served())
                    .thenComparingInt(Lineup::wouldStand)
                    .thenComparingLong(Sequence::arrival);

    private final BlockPool pool;
    private final int maxSequences;
    private final Map<String, Owner> owners = new HashMap<>();
    private final List<Sequence> running = new ArrayList<>();
    private final List<Sequence> waiting = new ArrayList<>();
    private long arrivals;
    private long setBacks;

    Lineup(BlockPool pool, int maxSequences) {
        this.pool = pool;
        this.maxSequences = maxSequences;
    }

    /// In the order in which they stood at the last {@link #rank}; changes as sequences are set
    /// back.
    List<Sequence> running() {
        return running;
    }

    List<Sequence> waiting() {
        return waiting;
    }

    /// How often a sequence was set back.
    long setBacks() {
        return setBacks;
    }

    /// Takes a new sequence.
    void arrive(Sequence sequence) {
        Owner owner = owners.computeIfAbsent(sequence.ownerName(), Owner::new);
        owner.arrive(leastServed().orElse(owner.served()));
        sequence.arrive(owner, arrivals++);
        waiting.add(sequence);
    }

    private Optional<Long> leastServed() {
        return owners.values().stream()
                .filter(Owner::isActive)
                .map(Owner::served)
                .min(Comparator.naturalOrder());
    }

    /// Forgets a sequence that ends, and takes its blocks.
    void leave(Sequence sequence) {
        if (!running.remove(sequence)) {
            waiting.remove(sequence);
        }
        pool.takeBack(sequence.blocks());
        sequence.owner().leave();
        long least = leastServed().orElse(Long.MAX_VALUE);
        owners.values().removeIf(owner -> !owner.isActive() && owner.served() <= least);
    }

    /// Puts the running sequences in the order in which they stand.
    void rank() {
        waiting.forEach(sequence -> sequence.owner().countNone());
        running.forEach(sequence -> sequence.owner().countNone());
        running.sort(BY_AGE);
        for (Sequence sequence : running) {
            sequence.standAt(sequence.owner().count(sequence.yields()));
        }
        running.sort(BY_STANDING);
    }

    private static int wouldStand(Sequence sequence) {
        return sequence.owner().before(sequence.yields());
    }

    /// Lets waiting sequences run while there is room, and instead of some that stand behind them.
    void admit(Inbox inbox) {
        rank();
        Optional<Sequence> next = waiting.stream().min(BY_TURN);
        while (next.isPresent() && (fits(next.get()) || makeRoom(next.get()))) {
            start(next.get(), inbox);
            rank();
            next = waiting.stream().min(BY_TURN);
        }
        if (!waiting.isEmpty()) {
            tellPlaces();
        }
    }

    private void tellPlaces() {
        int place = 1;
        for (Sequence sequence : waiting.stream().sorted(BY_TURN).toList()) {
            sequence.waitsAt(place++);
        }
    }

    private void start(Sequence sequence, Inbox inbox) {
        waiting.remove(sequence);
        running.add(sequence);
        if (sequence.start()) {
            inbox.left(sequence);
            if (!sequence.yields()) {
                waiting.forEach(Sequence::passOver);
            }
        }
        sequence.adopt(pool);
    }

    private boolean fits(Sequence sequence) {
        return running.size() < maxSequences && roomBeside(sequence) >= 0;
    }

    /// Blocks left over when a sequence started now and all running ones computed what they have
    /// and a little more; below 0 when there are too few.
    private int roomBeside(Sequence sequence) {
        BlockPool.Match kept = sequence.kept(pool);
        int room = pool.availableBlocks() - kept.resting() + kept.blocks() - wanted(sequence);
        for (Sequence other : running) {
            room -= missing(other);
        }
        return room;
    }

    /// Blocks for all tokens that a sequence has, and for some that it will have.
    private static int wanted(Sequence sequence) {
        int soon = BlockPool.blocksFor(sequence.nextPosition() + 1) + 1;
        return Math.min(soon, BlockPool.blocksFor(sequence.longest()));
    }

    private static int missing(Sequence sequence) {
        return Math.max(0, wanted(sequence) - sequence.blocks().count());
    }

    /// Sets back as many of the last as it takes for a sequence to fit, none of which stands before
    /// it; or nobody.
    private boolean makeRoom(Sequence sequence) {
        int room = roomBeside(sequence);
        int left = running.size();
        while (left > 0 && goesBefore(sequence, running.get(left - 1))) {
            Sequence last = running.get(--left);
            room += pool.ownedAlone(last.blocks()) + missing(last);
            if (left < maxSequences && room >= 0) {
                while (running.size() > left) {
                    setBack(running.getLast());
                }
                return fits(sequence);
            }
        }
        return false;
    }

    /// Whether a waiting sequence takes a running one's place.
    private static boolean goesBefore(Sequence waiting, Sequence running) {
        if (waiting.yields() != running.yields()) {
            return running.yields();
        }
        int place = wouldStand(waiting);
        return place < running.standing() && (place == 0 || isBehind(waiting, running));
    }

    /// Whether a sequence's owner is so far behind another that it stays behind with all that the
    /// sequence has, and by what is computed again when the other's is set back.
    static boolean isBehind(Sequence waiting, Sequence running) {
        long behind = running.owner().served() - waiting.owner().served();
        return behind >= waiting.nextPosition() + running.computed();
    }

    /// Sets back the last of the running sequences: it waits, and its blocks rest or are free. Full
    /// ones are found again, unless the room was needed.
    Sequence setBackLast() {
        Sequence last = running.getLast();
        setBack(last);
        return last;
    }

    private void setBack(Sequence sequence) {
        running.remove(sequence);
        pool.takeBack(sequence.blocks());
        sequence.setBack();
        waiting.add(sequence);
        setBacks++;
    }

    /// The sequences that were cancelled.
    List<Sequence> cancelled() {
        List<Sequence> all = new ArrayList<>();
        for (Sequence sequence : running) {
            if (sequence.isCancelled()) {
                all.add(sequence);
            }
        }
        for (Sequence sequence : waiting) {
            if (sequence.isCancelled()) {
                all.add(sequence);
            }
        }
        return all;
    }
}
