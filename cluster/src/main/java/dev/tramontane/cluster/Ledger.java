package dev.tramontane.cluster;

import dev.tramontane.train.grpo.Reward;
import dev.tramontane.train.grpo.Trajectory;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/// Who does what: each admitted problem is sampled once and each completion graded once, whoever
/// goes away meanwhile.
///
/// Work is given out under a number that is never used again. What comes back under a number that
/// is no longer open (its worker was given up, and the work given to another) is thrown away, so
/// nothing counts twice; what is open belongs to a worker that is there, so nothing is lost. A
/// problem's completions are graded when all are there; until then its worker's end costs them all.
///
/// What a worker could not do is first for those who have not failed at it, so that one broken
/// machine ends no run; what nobody can do is given up with the last one's reason.
///
/// Knows nothing of actors and machines. One thread at a time may call.
///
/// @param <W> what a worker is known by
final class Ledger<W> {
    /// Reports in a row without a piece of work, after which the message that carried it, or its
    /// result, is taken for lost. One may have crossed it on its way.
    private static final int MOST_MISSED = 3;

    private static final Comparator<Task.Grade> EARLIEST_FIRST =
            Comparator.comparingLong(Task.Grade::number).thenComparingInt(Task.Grade::index);

    private final Map<W, Place> places = new LinkedHashMap<>();
    private final Map<Long, Group<W>> groups = new HashMap<>();
    private final Map<Long, Open<W>> open = new HashMap<>();
    private final SortedSet<Long> toSample = new TreeSet<>();
    private final SortedSet<Task.Grade> toGrade = new TreeSet<>(EARLIEST_FIRST);
    private long nextTask;

    /// What a worker can do at a time.
    ///
    /// @param groups problems to sample
    /// @param grades completions to grade
    record Capacity(int groups, int grades) {
        Capacity {
            if (groups < 0 || grades < 0 || groups + grades < 1) {
                throw new IllegalArgumentException(
                        "a worker for %d problems and %d gradings at a time, expected 1 or more of one of them"
                                .formatted(groups, grades));
            }
        }
    }

    /// A piece of work.
    sealed interface Task {
        /// Never used again.
        long id();

        long number();

        /// All completions of a problem.
        record Sample(long id, long number) implements Task {}

        /// One of them.
        record Grade(long id, long number, int index, Trajectory trajectory) implements Task {}
    }

    /// Work for a worker.
    record Given<W>(W worker, Task task) {}

    /// What has been sampled and graded of a problem.
    record Done(List<Trajectory> trajectories, List<Reward> rewards) {}

    private static final class Place {
        private final Capacity capacity;
        private int sampling;
        private int grading;

        Place(Capacity capacity) {
            this.capacity = capacity;
        }

        boolean does(Task task) {
            return switch (task) {
                case Task.Sample _ -> capacity.groups > 0;
                case Task.Grade _ -> capacity.grades > 0;
            };
        }

        int free(Task task) {
            return switch (task) {
                case Task.Sample _ -> capacity.groups - sampling;
                case Task.Grade _ -> capacity.grades - grading;
            };
        }

        void add(Task task, int count) {
            switch (task) {
                case Task.Sample _ -> sampling += count;
                case Task.Grade _ -> grading += count;
            }
        }
    }

    private static final class Open<W> {
        private final W worker;
        private final Task task;
        private int missed;

        Open(W worker, Task task) {
            this.worker = worker;
            this.task = task;
        }
    }

    private static final class Group<W> {
        private Trajectory[] trajectories = {};
        private Reward[] rewards = {};
        private final Set<Integer> arrived = new HashSet<>();
        private int graded;
        private final Attempts<W> samplings = new Attempts<>();
        private List<Attempts<W>> gradings = List.of();
        private @Nullable String failure;

        Attempts<W> attempts(Task task) {
            return switch (task) {
                case Task.Sample _ -> samplings;
                case Task.Grade grade -> gradings.get(grade.index);
            };
        }
    }

    /// A worker has come.
    void join(W worker, Capacity capacity) {
        places.putIfAbsent(worker, new Place(capacity));
    }

    boolean knows(W worker) {
        return places.containsKey(worker);
    }

    /// A worker has gone: its work is others' again.
    void leave(W worker) {
        places.remove(worker);
        for (Open<W> each : openOf(worker)) {
            lost(each, "its worker went away");
        }
    }

    private void lost(Open<W> given, String how) {
        attempts(given.task).lost();
        takeBack(given, how);
    }

    private List<Open<W>> openOf(W worker) {
        return open.values().stream()
                .filter(each -> each.worker.equals(worker))
                .sorted(Comparator.comparingLong(each -> each.task.id()))
                .toList();
    }

    private void takeBack(Open<W> given, String why) {
        close(given);
        Group<W> group = group(given.task.number());
        Attempts<W> attempts = group.attempts(given.task);
        if (attempts.areEnough()) { // whoever asks for it is told
            group.failure =
                    "given up after %d attempts, expected its completions; the last ended so: %s"
                            .formatted(attempts.count(), why);
            return;
        }
        switch (given.task) {
            case Task.Sample(_, long number) -> {
                forget(group);
                toSample.add(number);
            }
            case Task.Grade grade -> toGrade.add(grade);
        }
    }

    private void close(Open<W> given) {
        open.remove(given.task.id());
        Place place = places.get(given.worker);
        if (place != null) {
            place.add(given.task, -1);
        }
    }

    /// That of open work, which is there until all its work is done.
    private Group<W> group(long number) {
        return Objects.requireNonNull(groups.get(number));
    }

    private Attempts<W> attempts(Task task) {
        return group(task.number()).attempts(task);
    }

    private static void forget(Group<?> group) {
        group.trajectories = new Trajectory[0];
        group.arrived.clear();
    }

    /// These problems may begin.
    void admit(long first, long end) {
        for (long number = first; number < end; number++) {
            if (groups.putIfAbsent(number, new Group<>()) == null) {
                toSample.add(number);
            }
        }
    }

    /// Gives out what waits, earliest problems first, to who has most room of those who have failed
    /// at it least often.
    List<Given<W>> give() {
        List<Given<W>> given = new ArrayList<>();
        give(
                toGrade,
                next -> new Task.Grade(nextTask, next.number, next.index, next.trajectory),
                given);
        give(toSample, number -> new Task.Sample(nextTask, number), given);
        return given;
    }

    /// @param named work of one kind under the next number
    private <T> void give(SortedSet<T> waiting, Function<T, Task> named, List<Given<W>> given) {
        for (Iterator<T> each = waiting.iterator(); each.hasNext(); ) {
            Task task = named.apply(each.next());
            if (places.values().stream().noneMatch(place -> place.free(task) > 0)) {
                return;
            }
            Optional<Map.Entry<W, Place>> taker = taker(task);
            if (taker.isPresent()) {
                each.remove();
                nextTask++;
                taker.get().getValue().add(task, 1);
                W worker = taker.get().getKey();
                open.put(task.id(), new Open<>(worker, task));
                given.add(new Given<>(worker, task));
            }
        }
    }

    /// Empty while all who are to take it are busy: whoever has failed at it is not asked before
    /// them.
    private Optional<Map.Entry<W, Place>> taker(Task task) {
        Attempts<W> attempts = attempts(task);
        List<Map.Entry<W, Place>> able =
                places.entrySet().stream().filter(each -> each.getValue().does(task)).toList();
        int fewest =
                able.stream().mapToInt(each -> attempts.failuresOf(each.getKey())).min().orElse(0);
        return able.stream()
                .filter(each -> attempts.failuresOf(each.getKey()) == fewest)
                .filter(each -> each.getValue().free(task) > 0)
                .max(Comparator.comparingInt(each -> each.getValue().free(task)));
    }

    /// A completion has come.
    ///
    /// @param index of it in its group
    /// @param count of its group
    void sampled(long id, int index, int count, Trajectory trajectory) {
        Open<W> given = open.get(id);
        if (given == null || !(given.task instanceof Task.Sample(_, long number))) {
            return;
        }
        Group<W> group = group(number);
        if (group.trajectories.length != count) {
            forget(group);
            group.trajectories = new Trajectory[count];
        }
        group.trajectories[index] = trajectory;
        group.arrived.add(index);
        if (group.arrived.size() == count) {
            close(given);
            group.rewards = new Reward[count];
            group.gradings = Stream.generate(Attempts<W>::new).limit(count).toList();
            for (int i = 0; i < count; i++) {
                toGrade.add(new Task.Grade(-1, number, i, group.trajectories[i]));
            }
        }
    }

    /// A reward has come.
    void graded(long id, Reward reward) {
        Open<W> given = open.get(id);
        if (given == null || !(given.task instanceof Task.Grade grade)) {
            return;
        }
        close(given);
        Group<W> group = group(grade.number);
        group.rewards[grade.index] = reward;
        group.graded++;
    }

    /// A worker could not do it.
    void failed(long id, String why) {
        Open<W> given = open.get(id);
        if (given != null) {
            attempts(given.task).failed(given.worker);
            takeBack(given, why);
        }
    }

    /// A worker says what it has in hand.
    ///
    /// @return what of it is no longer wanted
    List<Long> report(W worker, Set<Long> inHand) {
        for (Open<W> each : openOf(worker)) {
            each.missed = inHand.contains(each.task.id()) ? 0 : each.missed + 1;
            if (each.missed == MOST_MISSED) {
                lost(each, "a message was lost");
            }
        }
        return inHand.stream()
                .filter(id -> open.get(id) == null || !open.get(id).worker.equals(worker))
                .sorted()
                .toList();
    }

    /// Takes a problem's completions out, once all are graded.
    ///
    /// @throws IllegalStateException when it was tried in vain too often
    Optional<Done> take(long number) {
        Group<W> group = groups.get(number);
        if (group == null) {
            return Optional.empty();
        }
        if (group.failure != null) {
            throw new IllegalStateException("problem %d: %s".formatted(number, group.failure));
        }
        if (group.rewards.length == 0 || group.graded < group.rewards.length) {
            return Optional.empty();
        }
        groups.remove(number);
        return Optional.of(
                new Done(Arrays.asList(group.trajectories), Arrays.asList(group.rewards)));
    }

    /// Workers that are there.
    int workers() {
        return places.size();
    }
}
