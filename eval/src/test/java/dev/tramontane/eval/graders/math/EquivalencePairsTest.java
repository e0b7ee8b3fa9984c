package dev.tramontane.eval.graders.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The project's own pairs of answers, all of which must be told right.
class EquivalencePairsTest {
    private record Pair(String reference, String answer, boolean same) {
        @Override
        public String toString() {
            return reference + (same ? " === " : " =/= ") + answer;
        }
    }

    private static List<Pair> pairs() throws IOException {
        try (InputStream file =
                EquivalencePairsTest.class.getResourceAsStream(
                        "/dev/tramontane/eval/graders/equivalence.txt")) {
            List<Pair> pairs = new ArrayList<>();
            for (String line :
                    new String(file.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (line.isBlank() || line.startsWith("# ")) {
                    continue;
                }
                String[] sides = line.split(" (===|=/=) ");
                assertEquals(2, sides.length, line);
                pairs.add(new Pair(sides[0], sides[1], line.contains(" === ")));
            }
            return pairs;
        }
    }

    @Test
    void every_pair_is_told_right_in_both_directions() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Pair pair : pairs()) {
            var there = MathComparison.compare(pair.reference(), pair.answer());
            var back = MathComparison.compare(pair.answer(), pair.reference());
            if (there.equal() != pair.same() || back.equal() != pair.same()) {
                wrong.add(pair + "   [" + there.how() + " | " + back.how() + "]");
            }
        }
        assertEquals(List.of(), wrong, String.join("\n", wrong));
    }

    @Test
    void an_answer_equals_itself() throws IOException {
        for (Pair pair : pairs()) {
            assertTrue(
                    MathComparison.compare(pair.answer(), " " + pair.answer() + " ").equal(),
                    pair.answer());
        }
    }

    @Test
    void there_are_enough_pairs_of_both_kinds() throws IOException {
        long same = pairs().stream().filter(Pair::same).count();
        long different = pairs().size() - same;
        assertTrue(same >= 250 && different >= 250, same + " and " + different);
        assertEquals(pairs().size(), pairs().stream().distinct().count());
    }
}
