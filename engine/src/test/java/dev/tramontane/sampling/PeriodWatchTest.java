package dev.tramontane.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.sampling.PeriodWatch.Circle;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

class PeriodWatchTest {
    /// Counts every run at every question.
    private static final class Plain {
        private final List<Integer> tokens = new ArrayList<>();
        private final List<Boolean> forced = new ArrayList<>();
        private int fresh;

        Optional<Circle> circle(int matched) {
            for (int period = 1; period <= PeriodWatch.LONGEST_PERIOD; period++) {
                int run = 0;
                int i = tokens.size() - 1;
                while (i - period >= fresh && tokens.get(i).equals(tokens.get(i - period))) {
                    run++;
                    i--;
                }
                boolean isLong = run >= Math.max((PeriodWatch.COPIES - 1) * period, matched);
                if (isLong
                        && forced.subList(tokens.size() - period, tokens.size()).contains(false)) {
                    return Optional.of(new Circle(period, run));
                }
            }
            return Optional.empty();
        }
    }

    @Test
    void looking_when_it_is_due_finds_what_counting_every_run_finds() {
        var random = new Random(11);
        int found = 0;
        for (int round = 0; round < 300; round++) {
            var plain = new Plain();
            var watch = new PeriodWatch(TokenKinds.unknown());
            int period = 1 + random.nextInt(12);
            int matched = 5 + random.nextInt(60);
            for (int step = 0; step < 150; step++) {
                int size = plain.tokens.size();
                boolean repeats = size >= period && random.nextInt(40) > 0;
                int token = repeats ? plain.tokens.get(size - period) : random.nextInt(3);
                boolean forced = round % 3 == 0 && token == 0;
                plain.tokens.add(token);
                plain.forced.add(forced);
                watch.accept(token, forced);
                if (random.nextInt(50) == 0) {
                    plain.fresh = size + 1;
                    watch.restart();
                }
                if (random.nextInt(10) == 0) {
                    int left = Math.max(plain.fresh, size - random.nextInt(8));
                    plain.tokens.subList(left, plain.tokens.size()).clear();
                    plain.forced.subList(left, plain.forced.size()).clear();
                    watch.truncate(left, plain.fresh);
                }
                int wanted = random.nextInt(20) == 0 ? matched / 2 : matched;
                Optional<Circle> expected = plain.circle(wanted);
                assertEquals(expected, watch.circle(wanted), "round " + round + " step " + step);
                found += expected.isPresent() ? 1 : 0;
            }
        }
        assertTrue(found > 1000, found + " circles");
    }

    @Test
    void a_circle_is_told_by_its_shortest_period_and_all_behind_the_first_copy() {
        var watch = new PeriodWatch(TokenKinds.unknown());
        for (int i = 0; i < 100; i++) {
            watch.accept(1000 + i, false);
        }
        for (int i = 0; i < 50; i++) {
            watch.accept(i % 5, false);
        }
        assertEquals(Optional.of(new Circle(5, 45)), watch.circle(30));
        assertEquals(Optional.empty(), watch.circle(46));
    }

    @Test
    void four_copies_are_needed_however_long_they_are() {
        var watch = new PeriodWatch(TokenKinds.unknown());
        int period = PeriodWatch.LONGEST_PERIOD;
        for (int i = 0; i < 4 * period; i++) {
            assertEquals(Optional.empty(), watch.circle(16), "after " + i);
            watch.accept(i % period, false);
        }
        assertEquals(Optional.of(new Circle(period, 3 * period)), watch.circle(16));
    }

    @Test
    void a_longer_period_is_not_seen() {
        var watch = new PeriodWatch(TokenKinds.unknown());
        int period = PeriodWatch.LONGEST_PERIOD + 1;
        for (int i = 0; i < 8 * period; i++) {
            watch.accept(i % period, false);
            assertEquals(Optional.empty(), watch.circle(256));
        }
    }
}
