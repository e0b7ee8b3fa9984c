package dev.tramontane.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.cluster.Ledger.Capacity;
import dev.tramontane.cluster.Ledger.Done;
import dev.tramontane.cluster.Ledger.Given;
import dev.tramontane.cluster.Ledger.Task;
import dev.tramontane.train.grpo.Reward;
import dev.tramontane.train.grpo.Trajectory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

class LedgerTest {
    private static final Capacity ONE_OF_EACH = new Capacity(1, 1);

    private final Ledger<String> ledger = new Ledger<>();

    /// A completion that says whose it is.
    private static Trajectory completion(long number, int index, long task) {
        int[] tokens = {(int) number, index, (int) task};
        return new Trajectory(new int[] {1}, tokens, new float[3], new boolean[3]);
    }

    private static Reward reward(Trajectory trajectory) {
        return new Reward(true, true, true, 0, trajectory.completion()[2], "");
    }

    private static Task.Sample sample(Given<String> given) {
        return (Task.Sample) given.task();
    }

    private Given<String> giveOne() {
        List<Given<String>> given = ledger.give();
        assertEquals(1, given.size(), given.toString());
        return given.getFirst();
    }

    private void sampleAll(long task, long number, int count) {
        for (int i = 0; i < count; i++) {
            ledger.sampled(task, i, count, completion(number, i, task));
        }
    }

    private void gradeAll() {
        for (List<Given<String>> given = ledger.give(); !given.isEmpty(); given = ledger.give()) {
            for (Given<String> each : given) {
                ledger.graded(each.task().id(), reward(((Task.Grade) each.task()).trajectory()));
            }
        }
    }

    @Test
    void a_problem_is_sampled_then_graded_then_done() {
        ledger.join("a", ONE_OF_EACH);
        ledger.admit(5, 6);
        Task.Sample task = sample(giveOne());
        assertEquals(5, task.number());
        assertEquals(List.of(), ledger.give());
        sampleAll(task.id(), 5, 3);
        assertEquals(Optional.empty(), ledger.take(5));
        gradeAll();
        Done done = ledger.take(5).orElseThrow();
        assertEquals(3, done.trajectories().size());
        for (int i = 0; i < 3; i++) {
            assertEquals(i, done.trajectories().get(i).completion()[1]);
            assertEquals(task.id(), (long) done.rewards().get(i).total());
        }
        assertEquals(Optional.empty(), ledger.take(5));
    }

    @Test
    void what_a_worker_had_in_hand_is_anothers_when_it_goes() {
        ledger.join("a", ONE_OF_EACH);
        ledger.admit(0, 1);
        Task.Sample lost = sample(giveOne());
        ledger.sampled(lost.id(), 0, 2, completion(0, 0, lost.id()));
        ledger.leave("a");
        assertEquals(List.of(), ledger.give());
        ledger.join("b", ONE_OF_EACH);
        Given<String> again = giveOne();
        assertEquals("b", again.worker());
        // The first one's answer comes late, and counts nothing.
        ledger.sampled(lost.id(), 1, 2, completion(0, 1, lost.id()));
        sampleAll(again.task().id(), 0, 2);
        gradeAll();
        for (Trajectory trajectory : ledger.take(0).orElseThrow().trajectories()) {
            assertEquals(again.task().id(), trajectory.completion()[2]);
        }
    }

    @Test
    void a_grade_lost_with_its_verifier_is_given_again_and_nothing_is_sampled_anew() {
        ledger.join("generator", new Capacity(1, 0));
        ledger.join("verifier", new Capacity(0, 1));
        ledger.admit(0, 1);
        sampleAll(giveOne().task().id(), 0, 2);
        Given<String> grading = giveOne();
        assertEquals("verifier", grading.worker());
        ledger.leave("verifier");
        assertEquals(List.of(), ledger.give());
        ledger.join("another", new Capacity(0, 2));
        List<Given<String>> given = ledger.give();
        assertEquals(2, given.size());
        for (Given<String> each : given) {
            Task.Grade grade = (Task.Grade) each.task();
            ledger.graded(grade.id(), reward(grade.trajectory()));
        }
        assertTrue(ledger.take(0).isPresent());
    }

    @Test
    void work_goes_to_who_has_most_room_and_earliest_problems_first() {
        ledger.join("small", new Capacity(1, 0));
        ledger.join("large", new Capacity(3, 0));
        ledger.admit(0, 6);
        List<Given<String>> given = ledger.give();
        assertEquals(
                List.of(0L, 1L, 2L, 3L), given.stream().map(each -> each.task().number()).toList());
        assertEquals(
                Map.of("small", 1L, "large", 3L),
                given.stream()
                        .collect(Collectors.groupingBy(Given::worker, Collectors.counting())));
        assertEquals("large", given.getFirst().worker());
    }

    @Test
    void work_that_three_reports_do_not_mention_is_given_again_and_the_old_is_dropped() {
        ledger.join("a", ONE_OF_EACH);
        ledger.admit(0, 1);
        long lost = giveOne().task().id();
        assertEquals(List.of(), ledger.report("a", Set.of()));
        assertEquals(List.of(), ledger.report("a", Set.of(lost)));
        ledger.report("a", Set.of());
        ledger.report("a", Set.of());
        assertEquals(List.of(), ledger.give());
        ledger.report("a", Set.of());
        long again = giveOne().task().id();
        assertTrue(again > lost);
        assertEquals(List.of(lost), ledger.report("a", Set.of(lost, again)));
    }

    @Test
    void a_problem_that_always_fails_is_given_up_with_the_reason() {
        ledger.join("a", ONE_OF_EACH);
        ledger.admit(7, 8);
        for (int i = 0; i < Attempts.MOST_FAILURES; i++) {
            assertEquals(Optional.empty(), ledger.take(7));
            ledger.failed(giveOne().task().id(), "no room");
        }
        assertEquals(List.of(), ledger.give());
        assertEquals(
                "problem 7: given up after 5 attempts, expected its completions; the last ended so: no room",
                assertThrows(IllegalStateException.class, () -> ledger.take(7)).getMessage());
    }

    @Test
    void one_that_fails_at_once_at_everything_costs_no_problem() {
        ledger.join("broken", new Capacity(4, 4));
        ledger.join("sound", ONE_OF_EACH);
        ledger.admit(0, 9);
        Set<Task> tried = new HashSet<>();
        for (List<Given<String>> given = ledger.give(); !given.isEmpty(); given = ledger.give()) {
            for (Given<String> each : given) {
                if (each.worker().equals("sound")) {
                    finish(each.task(), 3);
                } else {
                    assertTrue(tried.add(unnumbered(each.task())), each.toString());
                    ledger.failed(each.task().id(), "no room");
                }
            }
        }
        assertEquals(9, takeAll(0, 3));
        assertFalse(tried.isEmpty());
    }

    /// Work, whoever does it.
    private static Task unnumbered(Task task) {
        return switch (task) {
            case Task.Sample(_, long number) -> new Task.Sample(0, number);
            case Task.Grade(_, long number, int index, Trajectory trajectory) ->
                    new Task.Grade(0, number, index, trajectory);
        };
    }

    @Test
    void what_one_failed_waits_for_another_and_holds_up_nothing_else() {
        ledger.join("a", ONE_OF_EACH);
        ledger.join("b", ONE_OF_EACH);
        ledger.admit(0, 2);
        List<Given<String>> given = ledger.give();
        assertEquals(List.of("a", "b"), given.stream().map(Given::worker).toList());
        ledger.failed(given.getFirst().task().id(), "no room");
        assertEquals(List.of(), ledger.give());
        ledger.admit(2, 3);
        Given<String> next = giveOne();
        assertEquals("a", next.worker());
        assertEquals(2, next.task().number());
        ledger.failed(given.getLast().task().id(), "no room");
        Given<String> again = giveOne();
        assertEquals("b", again.worker());
        assertEquals(0, again.task().number());
    }

    @Test
    void failures_of_one_are_not_taken_for_those_of_five() {
        ledger.admit(0, 1);
        ledger.join("a", ONE_OF_EACH);
        for (int i = 0; i < Attempts.MOST_FAILURES - 1; i++) {
            ledger.failed(giveOne().task().id(), "no room");
        }
        for (String worker : List.of("b", "c", "d")) {
            ledger.join(worker, ONE_OF_EACH);
            Given<String> given = giveOne();
            assertEquals(worker, given.worker());
            ledger.failed(given.task().id(), "out of order");
            assertEquals(Optional.empty(), ledger.take(0));
            ledger.leave(worker);
        }
        ledger.join("e", ONE_OF_EACH);
        ledger.failed(giveOne().task().id(), "too long");
        assertEquals(
                "problem 0: given up after 8 attempts, expected its completions; the last ended so: too long",
                assertThrows(IllegalStateException.class, () -> ledger.take(0)).getMessage());
    }

    @Test
    void two_that_fail_take_turns_until_one_has_failed_five_times() {
        ledger.join("a", ONE_OF_EACH);
        ledger.join("b", ONE_OF_EACH);
        ledger.admit(0, 1);
        List<String> turns = new ArrayList<>();
        for (List<Given<String>> given = ledger.give(); !given.isEmpty(); given = ledger.give()) {
            turns.add(given.getFirst().worker());
            ledger.failed(given.getFirst().task().id(), "no room");
        }
        assertEquals(List.of("a", "b", "a", "b", "a", "b", "a", "b", "a"), turns);
        assertThrows(IllegalStateException.class, () -> ledger.take(0));
    }

    @Test
    void workers_that_go_away_are_no_failures_but_not_for_ever() {
        ledger.admit(0, 1);
        for (int i = 0; i < Attempts.MOST_LOSSES; i++) {
            assertEquals(Optional.empty(), ledger.take(0));
            ledger.join("a", ONE_OF_EACH);
            giveOne();
            ledger.leave("a");
        }
        assertEquals(
                "problem 0: given up after 20 attempts, expected its completions; the last ended so: its worker went away",
                assertThrows(IllegalStateException.class, () -> ledger.take(0)).getMessage());
    }

    @Test
    void nothing_is_admitted_twice() {
        ledger.join("a", new Capacity(9, 0));
        ledger.admit(0, 2);
        ledger.admit(0, 3);
        assertEquals(3, ledger.give().size());
    }

    /// Workers that come and go, answers that come late, twice or never: whatever happens, every
    /// problem is done once, with completions of one and the same task.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void whatever_dies_nothing_is_lost_and_nothing_doubled(long seed) {
        var random = new SplittableRandom(seed);
        int problems = 40;
        int groupSize = 3;
        ledger.admit(0, problems);
        Map<String, Map<Long, Task>> inHand = new HashMap<>();
        List<Task> ghosts = new ArrayList<>();
        long next = 0;
        int deaths = 0;
        for (int event = 0; next < problems; event++) {
            assertTrue(event < 100_000, "problem %d is stuck".formatted(next));
            // Deaths end some day, lest a problem be given up.
            boolean mayDie = deaths < Attempts.MOST_LOSSES - 1;
            if (inHand.isEmpty() || random.nextInt(20) == 0 && inHand.size() < 4) {
                String worker = "worker " + event;
                inHand.put(worker, new HashMap<>());
                ledger.join(worker, new Capacity(random.nextInt(1, 4), random.nextInt(1, 4)));
            }
            for (Given<String> given : ledger.give()) {
                Objects.requireNonNull(inHand.get(given.worker()))
                        .put(given.task().id(), given.task());
            }
            String worker =
                    inHand.keySet().stream()
                            .sorted()
                            .skip(random.nextInt(inHand.size()))
                            .findFirst()
                            .orElseThrow();
            Map<Long, Task> its = Objects.requireNonNull(inHand.get(worker));
            if (mayDie && random.nextInt(30) == 0) {
                deaths++;
                ghosts.addAll(its.values());
                inHand.remove(worker);
                ledger.leave(worker);
            } else if (!ghosts.isEmpty() && random.nextInt(4) == 0) {
                finish(ghosts.get(random.nextInt(ghosts.size())), groupSize);
            } else if (!its.isEmpty()) {
                Task task = its.values().iterator().next();
                its.remove(task.id());
                finish(task, groupSize);
                ghosts.add(task); // and once more, some time
            }
            next = takeAll(next, groupSize);
        }
        assertEquals(List.of(), ledger.give());
    }

    private void finish(Task task, int groupSize) {
        switch (task) {
            case Task.Sample(long id, long number) -> sampleAll(id, number, groupSize);
            case Task.Grade(long id, _, _, Trajectory trajectory) ->
                    ledger.graded(id, reward(trajectory));
        }
    }

    private long takeAll(long next, int groupSize) {
        long number = next;
        for (Optional<Done> done = ledger.take(number);
                done.isPresent();
                done = ledger.take(++number)) {
            List<Trajectory> trajectories = done.get().trajectories();
            assertEquals(groupSize, trajectories.size());
            for (int i = 0; i < groupSize; i++) {
                int[] tokens = trajectories.get(i).completion();
                assertEquals(number, tokens[0]);
                assertEquals(i, tokens[1]);
                assertEquals(trajectories.getFirst().completion()[2], tokens[2]);
                assertEquals(tokens[2], done.get().rewards().get(i).total());
            }
        }
        return number;
    }
}
