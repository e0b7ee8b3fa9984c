package dev.tramontane.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tramontane.engine.Waiting;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/// The pool, also with many more threads than a machine has processors.
@Timeout(300)
class WorkersTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8, 64})
    void every_item_is_computed_once_by_a_worker_that_is_there(int threads) {
        try (Workers workers = new Workers(threads)) {
            for (int items : new int[] {0, 1, 2, 7, 64, 1000}) {
                for (int chunk : new int[] {1, 3, 100}) {
                    var computed = new AtomicIntegerArray(items);
                    var strangers = new AtomicInteger();
                    workers.run(
                            items,
                            chunk,
                            (worker, from, to) -> {
                                if (worker < 0 || worker >= threads) {
                                    strangers.incrementAndGet();
                                }
                                for (int item = from; item < to; item++) {
                                    computed.incrementAndGet(item);
                                }
                            });
                    assertEquals(0, strangers.get());
                    for (int item = 0; item < items; item++) {
                        assertEquals(1, computed.get(item), "item " + item + " of " + items);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 64})
    void what_a_run_has_written_is_seen_by_the_next(int threads) {
        try (Workers workers = new Workers(threads)) {
            long[] sums = new long[200];
            for (int round = 0; round < 300; round++) {
                workers.run(
                        sums.length,
                        1,
                        (_, from, to) -> {
                            for (int i = from; i < to; i++) {
                                sums[sums.length - 1 - i]++; // another thread's, as a rule
                            }
                        });
            }
            for (long sum : sums) {
                assertEquals(300, sum);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 64})
    void what_a_task_throws_arrives_and_the_pool_goes_on(int threads) {
        try (Workers workers = new Workers(threads)) {
            var thrown = new IllegalStateException("item 5");
            var found =
                    assertThrows(
                            IllegalStateException.class,
                            () ->
                                    workers.run(
                                            100,
                                            1,
                                            (_, from, _) -> {
                                                if (from == 5) {
                                                    throw thrown;
                                                }
                                                if (threads == 1) {
                                                    throw thrown; // all items in one go
                                                }
                                            }));
            assertSame(thrown, found);
            var computed = new AtomicInteger();
            workers.run(100, 1, (_, from, to) -> computed.addAndGet(to - from));
            assertEquals(100, computed.get());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 8, 64})
    void an_idle_pool_sleeps_without_an_alarm_and_wakes(int threads) {
        try (Workers workers = new Workers(threads)) {
            for (int round = 0; round < 3; round++) {
                assertEquals(threads - 1, asleep(workers, threads - 1).size());
                var computed = new AtomicInteger();
                workers.run(1000, 1, (_, from, to) -> computed.addAndGet(to - from));
                assertEquals(1000, computed.get());
            }
        }
    }

    @Test
    void closing_ends_sleeping_threads() {
        Workers workers = new Workers(4);
        List<Thread> asleep = asleep(workers, 3);
        workers.close();
        for (Thread thread : asleep) {
            assertFalse(thread.isAlive());
        }
    }

    /// Threads that are parked in the pool until somebody wakes them: their state is `WAITING`, not
    /// `TIMED_WAITING`. Waits until there are `count`.
    private static List<Thread> asleep(Workers workers, int count) {
        return Waiting.until(
                count + " threads sleep", () -> asleep(workers), all -> all.size() == count);
    }

    private static List<Thread> asleep(Workers workers) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> LockSupport.getBlocker(thread) == workers)
                .filter(thread -> thread.getState() == Thread.State.WAITING)
                .toList();
    }
}
