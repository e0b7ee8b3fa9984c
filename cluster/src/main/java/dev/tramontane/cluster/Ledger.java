package dev.tramontane.cluster;

import dev.tramontane.train.grpo.Reward;
import dev.tramontane.train.grpo.Trajectory;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/// Who does what: each admitted problem is sampled once and each completion graded once, whoever
/// goes away meanwhile.
///
/// Work is given out under a number that is never used again. What comes back under a number that
/// is no longer open (its worker was given up, and the work given to another) is thrown away, so
/// nothing counts twice; what is open belongs to a worker that is there, so nothing is lost. A
/// problem's completions are graded when all are there; until then its worker's end costs them all.
///
/// Knows nothing of actors and machines. One thread at a time may call.
///
/// @param <W> what a worker is known by
final class Ledger<W> {
    /// How often a problem may be sampled, or a completion graded, before it is taken for the
    /// culprit.
    static final int MOST_ATTEMPTS = 5;

    /// Reports in a row without a piece of work, after which the message that carried it, or its
    /// result, is taken for lost. One may have crossed it on its way.
    private static final int MOST_MISSED = 3;

    private static final Comparator<Task.Grade> EARLIEST_FIRST =
            Comparator.comparingLong(Task.Grade::number).thenComparingInt(Task.Grade::index);

    private final Map<W, Place> places = new LinkedHashMap<>();
    private final Map<Long, Group> groups = new HashMap<>();
    private final Map<Long, Open<W>> open = new HashMap<>();
    private final PriorityQueue<Long> toSample = new PriorityQueue<>();
    private final PriorityQueue<Task.Grade> toGrade = new PriorityQueue<>(EARLIEST_FIRST);
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

    private static final class Group {
        private Trajectory[] trajectories = {};
        private Reward[] rewards = {};
        private final Set<Integer> arrived = new HashSet<>();
        private int graded;
        private int samplings;
        private int[] gradings = {};
        private @Nullable String failure;

        /// Counts an attempt in vain.
        ///
        /// @return of how many
        int failed(Task task, String why) {
            int attempts =
                    switch (task) {
                        case Task.Sample _ -> ++samplings;
                        case Task.Grade grade -> ++gradings[grade.index];
                    };
            if (attempts >= MOST_ATTEMPTS) {
                failure = why;
            }
            return attempts;
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
            takeBack(each, "its worker went away");
        }
    }

    private List<Open<W>> openOf(W worker) {
        return open.values().stream()
                .filter(each -> each.worker.equals(worker))
                .sorted(Comparator.comparingLong(each -> each.task.id()))
                .toList();
    }

    private void takeBack(Open<W> given, String why) {
        close(given);
        Group group = group(given.task.number());
        if (group.failed(given.task, why) >= MOST_ATTEMPTS) {
            return; // whoever asks for it is told
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
    private Group group(long number) {
        return Objects.requireNonNull(groups.get(number));
    }

    private static void forget(Group group) {
        group.trajectories = new Trajectory[0];
        group.arrived.clear();
    }

    /// These problems may begin.
    void admit(long first, long end) {
        for (long number = first; number < end; number++) {
            if (groups.putIfAbsent(number, new Group()) == null) {
                toSample.add(number);
            }
        }
    }

    /// Gives out what waits, earliest problems first, to who has most room.
    List<Given<W>> give() {
        List<Given<W>> given = new ArrayList<>();
        while (!toGrade.isEmpty()) {
            Task.Grade next = toGrade.peek();
            var task = new Task.Grade(nextTask, next.number, next.index, next.trajectory);
            if (!give(task, given)) {
                break;
            }
            toGrade.remove();
        }
        while (!toSample.isEmpty() && give(new Task.Sample(nextTask, toSample.peek()), given)) {
            toSample.remove();
        }
        return given;
    }

    private boolean give(Task task, List<Given<W>> given) {
        Optional<Map.Entry<W, Place>> freest =
                places.entrySet().stream()
                        .filter(each -> each.getValue().free(task) > 0)
                        .max(Comparator.comparingInt(each -> each.getValue().free(task)));
        if (freest.isEmpty()) {
            return false;
        }
        W worker = freest.get().getKey();
        nextTask++;
        freest.get().getValue().add(task, 1);
        open.put(task.id(), new Open<>(worker, task));
        given.add(new Given<>(worker, task));
        return true;
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
        Group group = group(number);
        if (group.trajectories.length != count) {
            forget(group);
            group.trajectories = new Trajectory[count];
        }
        group.trajectories[index] = trajectory;
        group.arrived.add(index);
        if (group.arrived.size() == count) {
            close(given);
            group.rewards = new Reward[count];
            group.gradings = new int[count];
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
        Group group = group(grade.number);
        group.rewards[grade.index] = reward;
        group.graded++;
    }

    /// A worker could not do it.
    void failed(long id, String why) {
        Open<W> given = open.get(id);
        if (given != null) {
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
                takeBack(each, "a message was lost");
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
        Group group = groups.get(number);
        if (group == null) {
            return Optional.empty();
        }
        if (group.failure != null) {
            throw new IllegalStateException(
                    "problem %d: given up after %d attempts, expected its completions; the last ended so: %s"
                            .formatted(number, MOST_ATTEMPTS, group.failure));
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
