package dev.tramontane.server.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.server.Waiting;
import dev.tramontane.server.pool.Lease.Outcome;
import dev.tramontane.server.pool.ModelPool.Dismissal;
import dev.tramontane.server.pool.PoolStatus.State;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// When models are opened and closed.
@Timeout(240)
class ModelPoolTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Fake.Notes notes = Fake.Notes.free();

    private static Fake ready(Lease<Fake> lease) {
        Outcome<Fake> outcome = lease.await(LONG);
        assertInstanceOf(Outcome.Ready.class, outcome);
        return ((Outcome.Ready<Fake>) outcome).model();
    }

    private static void use(ModelPool<Fake> pool, String name) {
        try (Lease<Fake> lease = pool.lease(name)) {
            ready(lease);
        }
    }

    @Test
    void a_model_is_opened_once_for_all_who_wait() throws IOException {
        Fake.Notes held = Fake.Notes.holding("a");
        try (var pool = new ModelPool<>(List.of(Fake.of("a", 1, held)), 1);
                Lease<Fake> one = pool.lease("a");
                Lease<Fake> two = pool.lease("a")) {
            Fake.await(held.begun());
            assertInstanceOf(Outcome.Late.class, one.await(Duration.ZERO));
            assertEquals(State.LOADING, pool.status("a").state());
            try (Lease<Fake> three = pool.lease("a")) {
                held.release().countDown();
                assertSame(ready(one), ready(two));
                assertSame(ready(one), ready(three));
            }
            assertEquals(2, pool.status("a").uses());
            assertEquals(List.of("+a"), held.all());
        }
        assertEquals(List.of("+a", "-a"), held.all());
    }

    @Test
    void those_that_are_open_answer_while_another_is_opened() throws IOException {
        Fake.Notes held = Fake.Notes.holding("b");
        List<PooledModel<Fake>> models = List.of(Fake.of("a", 1, held), Fake.of("b", 1, held));
        try (var pool = new ModelPool<>(models, 2)) {
            use(pool, "a");
            try (Lease<Fake> slow = pool.lease("b")) {
                Fake.await(held.begun());
                try (Lease<Fake> quick = pool.lease("a")) {
                    assertInstanceOf(Outcome.Ready.class, quick.await(Duration.ZERO));
                }
                held.release().countDown();
                ready(slow);
            }
        }
    }

    @Test
    void a_failure_is_told_to_all_who_wait_and_the_next_one_tries_again() throws IOException {
        var tries = new AtomicInteger();
        Fake.Notes held = Fake.Notes.holding("gate");
        PooledModel<Fake> gate = Fake.of("gate", 1, held);
        var broken =
                new PooledModel<Fake>(
                        "broken",
                        1,
                        Optional.empty(),
                        () -> {
                            if (tries.getAndIncrement() == 0) {
                                throw new IOException("no such file");
                            }
                            return Fake.of("broken", 1, held).opener().open();
                        });
        try (var pool = new ModelPool<>(List.of(gate, broken), 2)) {
            Lease<Fake> first = pool.lease("gate");
            Fake.await(held.begun());
            try (first;
                    Lease<Fake> one = pool.lease("broken");
                    Lease<Fake> two = pool.lease("broken")) {
                assertEquals(State.WAITING, pool.status("broken").state());
                held.release().countDown();
                for (Lease<Fake> lease : List.of(one, two)) {
                    var failed = assertInstanceOf(Outcome.Failed.class, lease.await(LONG));
                    assertEquals("no such file", failed.cause().getMessage());
                }
            }
            assertEquals(State.UNLOADED, pool.status("broken").state());
            use(pool, "broken");
            assertEquals(2, tries.get());
        }
    }

    @Test
    void a_model_that_nobody_waits_for_any_more_is_not_opened() throws IOException {
        Fake.Notes held = Fake.Notes.holding("a");
        List<PooledModel<Fake>> models = List.of(Fake.of("a", 1, held), Fake.of("b", 1, held));
        try (var pool = new ModelPool<>(models, 2);
                Lease<Fake> first = pool.lease("a")) {
            Fake.await(held.begun());
            try (Lease<Fake> second = pool.lease("b")) {
                second.giveUp();
                assertInstanceOf(Outcome.GivenUp.class, second.await(LONG));
            }
            held.release().countDown();
            ready(first);
            assertEquals(State.UNLOADED, pool.status("b").state());
        }
        assertEquals(List.of("+a", "-a"), held.all());
    }

    @Test
    void the_one_that_rested_longest_goes_when_memory_is_wanted() {
        List<PooledModel<Fake>> models =
                List.of(Fake.of("a", 2, notes), Fake.of("b", 2, notes), Fake.of("c", 2, notes));
        try (var pool = new ModelPool<>(models, 4, new AtomicLong()::incrementAndGet)) {
            use(pool, "a");
            use(pool, "b");
            use(pool, "a");
            use(pool, "c");
            assertEquals(List.of("+a", "+b", "-b", "+c"), notes.all());
        }
    }

    @Test
    void none_is_closed_while_somebody_holds_it() {
        List<PooledModel<Fake>> models = List.of(Fake.of("a", 2, notes), Fake.of("b", 2, notes));
        try (var pool = new ModelPool<>(models, 3)) {
            Lease<Fake> held = pool.lease("a");
            ready(held);
            try (Lease<Fake> waiting = pool.lease("b")) {
                awaitState(pool, "a", State.LEAVING);
                assertInstanceOf(Outcome.Late.class, waiting.await(Duration.ZERO));
                assertEquals(List.of("+a"), notes.all());
                held.close();
                ready(waiting);
                assertEquals(List.of("+a", "-a", "+b"), notes.all());
            }
        }
    }

    @Test
    void models_that_do_not_fit_together_take_turns() {
        List<PooledModel<Fake>> models = List.of(Fake.of("a", 2, notes), Fake.of("b", 2, notes));
        try (var pool = new ModelPool<>(models, 3)) {
            Lease<Fake> first = pool.lease("a");
            ready(first);
            Lease<Fake> second = pool.lease("b");
            awaitState(pool, "a", State.LEAVING);
            try (Lease<Fake> third = pool.lease("a")) {
                assertInstanceOf(Outcome.Late.class, third.await(Duration.ZERO));
                first.close();
                ready(second);
                assertInstanceOf(Outcome.Late.class, third.await(Duration.ZERO));
                second.close();
                ready(third);
            }
        }
        assertEquals(List.of("+a", "-a", "+b", "-b", "+a", "-a"), notes.all());
    }

    @Test
    void whoever_no_longer_waits_makes_nobody_leave() {
        List<PooledModel<Fake>> models = List.of(Fake.of("a", 2, notes), Fake.of("b", 2, notes));
        try (var pool = new ModelPool<>(models, 3);
                Lease<Fake> held = pool.lease("a")) {
            ready(held);
            Lease<Fake> waiting = pool.lease("b");
            awaitState(pool, "a", State.LEAVING);
            waiting.close();
            awaitState(pool, "a", State.LOADED);
            try (Lease<Fake> more = pool.lease("a")) {
                assertInstanceOf(Outcome.Ready.class, more.await(Duration.ZERO));
            }
        }
    }

    @Test
    void a_model_that_needs_more_than_there_is_for_all_is_opened_alone() {
        List<PooledModel<Fake>> models = List.of(Fake.of("a", 1, notes), Fake.of("big", 9, notes));
        try (var pool = new ModelPool<>(models, 3)) {
            use(pool, "a");
            use(pool, "big");
            use(pool, "a");
        }
        assertEquals(List.of("+a", "-a", "+big", "-big", "+a", "-a"), notes.all());
    }

    @Test
    void a_model_that_nobody_used_for_its_time_is_closed() throws InterruptedException {
        var clock = new AtomicLong();
        Optional<Duration> time = Optional.of(Duration.ofSeconds(10));
        List<PooledModel<Fake>> models =
                List.of(Fake.of("a", 1, time, notes), Fake.of("b", 1, notes));
        try (var pool = new ModelPool<>(models, 9, clock::get)) {
            Lease<Fake> lease = pool.lease("a");
            Fake model = ready(lease);
            clock.set(Duration.ofSeconds(100).toNanos());
            pool.look();
            lease.close();
            clock.set(Duration.ofSeconds(109).toNanos());
            pool.look();
            use(pool, "b"); // the pool's thread has looked before it opens anything
            assertEquals(State.LOADED, pool.status("a").state());
            clock.set(Duration.ofSeconds(110).toNanos());
            pool.look();
            model.closed.await();
            awaitState(pool, "a", State.UNLOADED);
            clock.set(Duration.ofDays(1).toNanos());
            pool.look();
            use(pool, "a");
            assertEquals(List.of("+a", "+b", "-a", "+a"), notes.all());
        }
    }

    @Test
    void a_model_kept_for_no_time_is_closed_when_it_is_given_back() throws InterruptedException {
        Optional<Duration> none = Optional.of(Duration.ZERO);
        try (var pool = new ModelPool<>(List.of(Fake.of("a", 1, none, notes)), 1)) {
            Lease<Fake> lease = pool.lease("a");
            Fake model = ready(lease);
            lease.close();
            model.closed.await();
        }
    }

    @Test
    void a_model_is_closed_on_request_once_those_are_done_who_hold_it()
            throws InterruptedException {
        try (var pool = new ModelPool<>(List.of(Fake.of("a", 1, notes)), 1)) {
            assertEquals(Dismissal.WAS_UNLOADED, pool.unload("a", LONG));
            use(pool, "a");
            assertEquals(Dismissal.UNLOADED, pool.unload("a", LONG));
            Lease<Fake> lease = pool.lease("a");
            Fake model = ready(lease);
            assertEquals(Dismissal.LEAVING, pool.unload("a", Duration.ZERO));
            assertEquals(1, model.closed.getCount());
            try (Lease<Fake> later = pool.lease("a")) {
                lease.close();
                model.closed.await();
                ready(later);
            }
        }
    }

    @Test
    void closing_the_pool_tells_those_who_wait_and_closes_what_is_open() throws IOException {
        List<PooledModel<Fake>> models = List.of(Fake.of("a", 2, notes), Fake.of("b", 2, notes));
        var pool = new ModelPool<>(models, 3);
        Lease<Fake> held = pool.lease("a");
        ready(held);
        Lease<Fake> waiting = pool.lease("b");
        pool.close();
        assertInstanceOf(Outcome.Stopped.class, waiting.await(LONG));
        assertEquals(List.of("+a", "-a"), notes.all());
        held.close();
        waiting.close();
        try (Lease<Fake> late = pool.lease("a")) {
            assertInstanceOf(Outcome.Stopped.class, late.await(LONG));
        }
    }

    /// Many ask for many, some give up: nothing is used closed, nothing is left open, and memory is
    /// never exceeded.
    @Test
    void a_crowd_never_meets_a_closed_model() throws Exception {
        Fake.Notes crowd = Fake.Notes.free();
        List<PooledModel<Fake>> models = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            models.add(Fake.of("m" + i, 2 + i % 2, crowd));
        }
        try (var pool = new ModelPool<>(models, 6);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                var random = new SplittableRandom(i);
                all.add(threads.submit(() -> isServedWell(pool, random)));
            }
            for (Future<Boolean> each : all) {
                assertTrue(each.get());
            }
            long open =
                    pool.status().stream()
                            .filter(each -> each.since().isPresent())
                            .mapToLong(PoolStatus::bytes)
                            .sum();
            assertTrue(open <= 6, "open: " + open);
            assertEquals(0, pool.status().stream().mapToInt(PoolStatus::uses).sum());
        }
        long opened = crowd.all().stream().filter(note -> note.startsWith("+")).count();
        assertEquals(2 * opened, crowd.all().size());
    }

    private static boolean isServedWell(ModelPool<Fake> pool, SplittableRandom random) {
        try (Lease<Fake> lease = pool.lease("m" + random.nextInt(5))) {
            if (random.nextInt(4) == 0) {
                lease.giveUp();
            }
            return switch (lease.await(LONG)) {
                case Outcome.Ready<Fake>(Fake model) -> model.closed.getCount() == 1;
                case Outcome.GivenUp<Fake> _ -> true;
                case Outcome.Failed<Fake> _, Outcome.Late<Fake> _, Outcome.Stopped<Fake> _ -> false;
            };
        }
    }

    private static void awaitState(ModelPool<Fake> pool, String name, State state) {
        Waiting.until(name + " is " + state, () -> pool.status(name).state(), state::equals);
    }
}
