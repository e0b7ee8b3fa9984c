package dev.tramontane.train.grpo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;

class MicrobatchesTest {
    /// A completion with a prompt of one token.
    private static GrpoLoss.Graded of(int tokens) {
        int n = tokens - 1;
        return new GrpoLoss.Graded(
                new Trajectory(new int[] {1}, new int[n], new float[n], new boolean[n]), 1, 1);
    }

    private static List<List<Integer>> packed(int most, int... lengths) {
        return Microbatches.pack(
                        Arrays.stream(lengths).mapToObj(MicrobatchesTest::of).toList(), most)
                .stream()
                .map(batch -> batch.stream().map(one -> one.trajectory().tokens()).toList())
                .toList();
    }

    @Test
    void the_longest_go_first_each_into_the_first_batch_with_room() {
        assertEquals(
                List.of(List.of(9), List.of(7, 3), List.of(6, 4), List.of(2)),
                packed(10, 3, 6, 9, 4, 7, 2));
        assertEquals(List.of(List.of(5, 5), List.of(5)), packed(10, 5, 5, 5));
        assertEquals(List.of(), packed(10));
    }

    @Test
    void a_completion_that_fits_no_batch_is_refused() {
        var thrown = assertThrows(IllegalArgumentException.class, () -> packed(10, 3, 11));
        assertEquals(
                "a completion of 11 tokens with its prompt, expected 10 at most; allow shorter completions or larger batches",
                thrown.getMessage());
    }
}
