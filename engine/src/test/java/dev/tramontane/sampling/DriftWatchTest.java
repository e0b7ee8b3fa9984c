package dev.tramontane.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;

/// Digits are 0 to 9, words are the ids above.
class DriftWatchTest {
    private static final int ENOUGH = 6000;

    @Test
    void a_sentence_with_a_number_that_counts_on_says_nothing_new() {
        assertTrue(drifts(round -> List.of(words(30), number(round), words(12))));
    }

    @Test
    void sentences_in_changing_order_say_nothing_new() {
        var random = new Random(2);
        assertTrue(drifts(_ -> List.of(words(random.nextBoolean() ? 31 : 37))));
    }

    @Test
    void a_new_word_now_and_then_is_something_new() {
        assertFalse(drifts(round -> List.of(words(200), List.of(100_000 + round))));
    }

    @Test
    void a_long_passage_said_a_second_time_is_no_circle_and_a_third_time_it_is() {
        int length = DriftWatch.WINDOW + 500;
        var watch = new DriftWatch(kinds());
        for (int i = 0; i < 2 * length; i++) {
            watch.accept(100 + i % length);
            assertFalse(watch.drifts(), "after " + i);
        }
        for (int i = 0; i < length; i++) {
            watch.accept(100 + i);
        }
        assertTrue(watch.drifts());
    }

    @Test
    void numbers_that_nobody_could_foretell_are_something_new() {
        var random = new Random(3);
        assertFalse(drifts(_ -> List.of(words(12), number(1000 + random.nextInt(9000)))));
    }

    @Test
    void a_list_of_numbers_is_no_circle() {
        assertFalse(drifts(round -> List.of(number(round), words(2))));
    }

    @Test
    void a_table_of_two_words_in_no_order_is_no_circle() {
        var random = new Random(4);
        assertFalse(drifts(_ -> List.of(List.of(random.nextBoolean() ? 50 : 51), words(1))));
    }

    @Test
    void what_was_said_before_a_restart_is_old_but_does_not_count() {
        var watch = new DriftWatch(kinds());
        for (int i = 0; i < ENOUGH; i++) {
            watch.accept(100 + i % 50);
        }
        assertTrue(watch.drifts());
        watch.restart();
        for (int i = 0; i < DriftWatch.WINDOW; i++) {
            assertFalse(watch.drifts(), "after " + i);
            watch.accept(100 + i % 50);
        }
        assertTrue(watch.drifts());
    }

    @Test
    void tokens_taken_back_leave_no_trace() {
        var random = new Random(5);
        var straight = new DriftWatch(kinds());
        var drafted = new DriftWatch(kinds());
        int drifted = 0;
        for (int i = 0; i < 30_000; i++) {
            int drafts = random.nextInt(5);
            for (int d = 0; d < drafts; d++) {
                drafted.accept(random.nextInt(200));
            }
            drafted.truncate(i, 0);
            boolean isNew = i % 9000 < 3000 && random.nextInt(60) == 0;
            int token = isNew ? 1000 + random.nextInt(100_000) : 100 + i % 70;
            straight.accept(token);
            drafted.accept(token);
            assertEquals(straight.drifts(), drafted.drifts(), "after " + i);
            drifted += straight.drifts() ? 1 : 0;
        }
        assertTrue(drifted > 1000, drifted + " times");
    }

    private static boolean drifts(IntFunction<List<List<Integer>>> rounds) {
        var watch = new DriftWatch(kinds());
        boolean drifted = false;
        for (int round = 0; watch.size() < ENOUGH; round++) {
            for (List<Integer> part : rounds.apply(round)) {
                for (int token : part) {
                    watch.accept(token);
                    drifted |= watch.drifts();
                }
            }
        }
        return drifted;
    }

    /// So many words, the same for the same number.
    private static List<Integer> words(int count) {
        List<Integer> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            words.add(100 * count + i);
        }
        return words;
    }

    private static List<Integer> number(int value) {
        return String.valueOf(value).chars().mapToObj(digit -> digit - '0').toList();
    }

    private static TokenKinds kinds() {
        var digits = new BitSet();
        digits.set(0, 10);
        return new TokenKinds(digits, new BitSet(), new BitSet(), new BitSet());
    }
}
