package dev.tramontane.eval.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Against numpy, scipy and counting, as `record.py` beside the data recorded them.
class StatisticsReferenceTest {
    /// What the harness promises.
    private static final double TOLERANCE = 1e-9;

    private static final JsonNode REFERENCE = reference();

    private static JsonNode reference() {
        try {
            return JsonMapper.builder()
                    .build()
                    .readTree(Files.readString(Path.of("src/test/resources/stats/reference.json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int[] ints(JsonNode list) {
        int[] values = new int[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = list.get(i).intValue();
        }
        return values;
    }

    @Test
    void pass_at_k_is_the_exact_fraction() {
        for (JsonNode each : REFERENCE.path("pass_at_k")) {
            int n = each.path("n").intValue();
            int c = each.path("c").intValue();
            int k = each.path("k").intValue();
            assertEquals(each.path("value").doubleValue(), PassAtK.of(n, c, k), TOLERANCE);
        }
        assertThrows(IllegalArgumentException.class, () -> PassAtK.of(3, 1, 4));
    }

    @Test
    void majority_at_k_is_the_mean_over_all_subsets() {
        assertTrue(REFERENCE.path("majority_at_k").size() > 30);
        for (JsonNode each : REFERENCE.path("majority_at_k")) {
            double found =
                    MajorityAtK.of(
                            each.path("right").intValue(),
                            ints(each.path("wrong")),
                            each.path("silent").intValue(),
                            each.path("k").intValue());
            assertEquals(each.path("value").doubleValue(), found, TOLERANCE, each.toString());
        }
    }

    @Test
    void majority_at_1_is_pass_at_1_and_at_all_samples_it_is_the_vote() {
        assertEquals(20 / 64.0, MajorityAtK.of(20, new int[] {30, 8}, 6, 1), TOLERANCE);
        assertEquals(0, MajorityAtK.of(20, new int[] {30, 8}, 6, 64), TOLERANCE);
        assertEquals(0.5, MajorityAtK.of(30, new int[] {30}, 4, 64), TOLERANCE);
        assertEquals(1, MajorityAtK.of(400, new int[] {300, 300}, 24, 1024), TOLERANCE);
    }

    /// Gives numbers that were drawn elsewhere.
    private record Recorded(int[] numbers, int[] at) implements RandomGenerator {
        @Override
        public int nextInt(int bound) {
            return numbers[at[0]++];
        }

        @Override
        public long nextLong() {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void intervals_are_those_of_numpy_and_scipy() {
        JsonNode data = REFERENCE.path("bootstrap");
        JsonNode list = data.path("means");
        double[] means = new double[list.size()];
        for (int i = 0; i < means.length; i++) {
            means[i] = list.get(i).doubleValue();
        }
        var random = new Recorded(ints(data.path("indices")), new int[1]);
        Interval bootstrap = Interval.bootstrap(means, data.path("resamples").intValue(), random);
        assertEquals(data.path("low").doubleValue(), bootstrap.low(), TOLERANCE);
        assertEquals(data.path("high").doubleValue(), bootstrap.high(), TOLERANCE);
        assertEquals(
                data.path("standard_error").doubleValue(),
                Interval.standardError(means),
                TOLERANCE);
        assertEquals(
                data.path("normal_low").doubleValue(), Interval.normal(means).low(), TOLERANCE);
        assertEquals(
                data.path("normal_high").doubleValue(), Interval.normal(means).high(), TOLERANCE);
        for (JsonNode each : REFERENCE.path("wilson")) {
            Interval wilson =
                    Interval.wilson(each.path("correct").intValue(), each.path("n").intValue());
            assertEquals(each.path("low").doubleValue(), wilson.low(), TOLERANCE);
            assertEquals(each.path("high").doubleValue(), wilson.high(), TOLERANCE);
        }
    }

    @Test
    void a_bootstrap_repeats_with_its_seed_and_holds_the_mean() {
        double[] means = {0, 0, 0.25, 0.5, 1, 1, 0.75, 0};
        Interval interval = Interval.bootstrap(means, 1);
        assertEquals(interval, Interval.bootstrap(means, 1));
        assertTrue(interval.low() < 0.4375 && 0.4375 < interval.high(), interval.toString());
        assertEquals(new Interval(1, 1), Interval.bootstrap(new double[] {1, 1, 1}, 1));
    }

    @Test
    void p_values_are_those_of_scipy() {
        for (JsonNode each : REFERENCE.path("permutation")) {
            double found =
                    Paired.permutation(
                            ints(each.path("correct_a")),
                            ints(each.path("samples_a")),
                            ints(each.path("correct_b")),
                            ints(each.path("samples_b")),
                            1);
            assertEquals(each.path("p").doubleValue(), found, TOLERANCE);
        }
        for (JsonNode each : REFERENCE.path("mcnemar")) {
            double found =
                    Paired.mcNemar(each.path("first").intValue(), each.path("second").intValue());
            assertEquals(each.path("p").doubleValue(), found, TOLERANCE);
        }
    }

    @Test
    void drawn_permutations_come_near_the_exact_value() {
        int problems = 40;
        int[] correctA = new int[problems];
        int[] correctB = new int[problems];
        int[] same = new int[problems];
        int[] uneven = new int[problems];
        var random = new SplittableRandom(5);
        for (int i = 0; i < problems; i++) {
            correctA[i] = random.nextInt(8);
            correctB[i] = random.nextInt(7);
            same[i] = 8;
            uneven[i] = i == 0 ? 9_999_991 : 8; // a denominator that no table has room for
        }
        correctA[0] = 0;
        correctB[0] = 0;
        double exact = Paired.permutation(correctA, same, correctB, same, 1);
        double drawn = Paired.permutation(correctA, uneven, correctB, same, 1);
        assertEquals(exact, drawn, 0.01); // six standard errors of 100,000 draws
    }
}
