package dev.tramontane.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.wire.UpstreamGroup.Trust;

import org.junit.jupiter.api.Test;

import java.time.Duration;

/// A breaker under a clock of the test's own.
class BreakerTest {
    private static final Trust THREE = new Trust(3, Duration.ofSeconds(2), Duration.ofSeconds(10));

    private long now = Long.MAX_VALUE - 1000; // a monotonic clock may run over
    private double chance;
    private final Breaker breaker = new Breaker(THREE, () -> now, () -> chance);

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private long enter() {
        return breaker.enter().orElseThrow();
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            breaker.failed(enter());
        }
    }

    @Test
    void failures_in_a_row_open_it_and_one_request_tries_again() {
        fail(2);
        assertEquals(Duration.ZERO, breaker.rest());
        assertTrue(breaker.failed(enter()), "that was too much");
        assertTrue(breaker.isBroken());
        assertEquals(Duration.ofSeconds(2), breaker.rest());
        assertTrue(breaker.enter().isEmpty());
        pass(Duration.ofSeconds(2));
        long probe = enter();
        assertTrue(breaker.enter().isEmpty(), "one at a time");
        breaker.succeeded(probe);
        assertFalse(breaker.isBroken());
        fail(2);
        assertEquals(Duration.ZERO, breaker.rest(), "the row begins anew");
    }

    @Test
    void a_good_answer_between_failures_ends_their_row() {
        fail(2);
        breaker.succeeded(enter());
        fail(2);
        assertEquals(Duration.ZERO, breaker.rest());
    }

    @Test
    void each_time_that_it_fails_again_it_is_left_alone_for_longer() {
        fail(3);
        for (long seconds : new long[] {2, 4, 8, 10, 10}) {
            assertEquals(Duration.ofSeconds(seconds), breaker.rest());
            pass(Duration.ofSeconds(seconds));
            assertTrue(breaker.failed(enter()));
        }
        pass(Duration.ofSeconds(10));
        breaker.succeeded(enter());
        fail(3);
        assertEquals(Duration.ofSeconds(2), breaker.rest(), "after a whole answer from the start");
    }

    @Test
    void many_are_not_let_in_at_the_same_time() {
        chance = 0.5;
        fail(3);
        assertEquals(Duration.ofMillis(2250), breaker.rest());
    }

    @Test
    void an_answer_that_begins_lets_others_in_but_its_failure_counts_in_full() {
        fail(3);
        pass(Duration.ofSeconds(2));
        long probe = enter();
        assertTrue(breaker.answers(probe));
        assertFalse(breaker.answers(probe), "said once");
        enter();
        assertTrue(breaker.failed(probe), "it broke in the middle");
        assertEquals(Duration.ofSeconds(4), breaker.rest());
    }

    @Test
    void a_try_that_nobody_waits_for_leaves_the_place_to_the_next() {
        fail(3);
        pass(Duration.ofSeconds(2));
        breaker.left(enter());
        breaker.succeeded(enter());
        assertFalse(breaker.isBroken());
    }

    @Test
    void what_began_before_it_opened_says_nothing_of_now() {
        long old = enter();
        long other = enter();
        fail(3);
        breaker.succeeded(old);
        assertTrue(breaker.isBroken(), "a server may finish old answers and take no new ones");
        pass(Duration.ofSeconds(2));
        long probe = enter();
        assertFalse(breaker.failed(other));
        breaker.succeeded(probe);
        assertEquals(Duration.ZERO, breaker.rest());
    }

    @Test
    void a_busy_server_is_left_alone_as_long_as_it_asks() {
        breaker.busy(enter(), Duration.ofSeconds(7));
        assertFalse(breaker.isBroken());
        assertTrue(breaker.enter().isEmpty());
        pass(Duration.ofSeconds(6));
        assertEquals(Duration.ofSeconds(1), breaker.rest());
        pass(Duration.ofSeconds(1));
        fail(2);
        assertEquals(Duration.ZERO, breaker.rest(), "being busy was no failure");
    }

    @Test
    void a_server_that_asks_to_be_left_alone_for_ever_is_tried_after_an_hour() {
        breaker.busy(enter(), Duration.ofDays(365 * 8000)); // more nanoseconds than a long holds
        assertEquals(Duration.ofHours(1), breaker.rest());
        pass(Duration.ofHours(1));
        breaker.busy(enter(), Duration.ofDays(365 * 30));
        assertEquals(Duration.ofHours(1), breaker.rest());
    }

    @Test
    void of_two_wishes_to_be_left_alone_the_longer_counts() {
        long first = enter();
        long second = enter();
        breaker.busy(first, Duration.ofSeconds(7));
        breaker.busy(second, Duration.ofSeconds(3));
        assertEquals(Duration.ofSeconds(7), breaker.rest());
    }

    @Test
    void a_busy_answer_to_the_try_is_not_held_against_it() {
        fail(3);
        pass(Duration.ofSeconds(2));
        breaker.busy(enter(), Duration.ofSeconds(1));
        assertEquals(Duration.ofSeconds(1), breaker.rest());
        pass(Duration.ofSeconds(1));
        breaker.succeeded(enter());
        assertFalse(breaker.isBroken());
    }
}
