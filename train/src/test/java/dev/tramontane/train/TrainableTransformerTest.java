package dev.tramontane.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.kernels.Workers;
import dev.tramontane.model.ModelConfig;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.Arena;
import java.util.Arrays;

class TrainableTransformerTest {
    /// Of log-probabilities: single precision through a few layers.
    private static final double LOG_PROB_TOLERANCE = 2e-5;

    /// Of gradients, relative to the largest of the same tensor.
    private static final double GRADIENT_TOLERANCE = 5e-5;

    private final Arena arena = Arena.ofShared();

    @AfterEach
    void end() {
        arena.close();
    }

    /// What a pass over a fresh model gives.
    private record Learned(float[] logProbs, float[] entropies, double[] gradients) {}

    private Learned learn(
            ModelConfig config, boolean tied, TrainingBatch batch, double[] slopes, int threads) {
        TrainableWeights weights = TinyModels.weights(config, tied, 9, arena);
        try (var workers = new Workers(threads)) {
            var limits = new PolicyBackend.Limits(Math.max(300, batch.tokens().length + 5), 300);
            var transformer = new TrainableTransformer(weights, workers, limits, arena);
            TokenScores scores = TokenScores.forAtMost(batch.scored().length);
            transformer.learn(batch, (index, _) -> slopes[index], scores);
            return new Learned(
                    scores.logProbs(), scores.entropies(), TinyModels.doubles(weights.gradients()));
        }
    }

    @ParameterizedTest(name = "dim {0}, {1} heads on {2} of {3}, vocabulary {4}, tied {5}")
    @CsvSource({
        "32, 4, 2, 16, 37, false",
        "32, 4, 2, 16, 37, true",
        "48, 3, 1, 32, 64, false",
        "64, 2, 2, 48, 70, true",
        "32, 2, 1, 80, 33, false"
    })
    void log_probabilities_and_all_gradients_are_the_references(
            int dim, int heads, int kvHeads, int headDim, int vocab, boolean tied) {
        ModelConfig config = TinyModels.config(dim, 2, heads, kvHeads, headDim, vocab);
        TrainingBatch batch = TinyModels.batch(config, 8, 40, 1, 65, 2, 9);
        check(config, tied, batch);
    }

    @Test
    void so_they_are_where_a_sequence_is_longer_than_a_block_of_keys() {
        ModelConfig config = TinyModels.config(32, 1, 2, 1, 16, 20);
        check(config, false, TinyModels.batch(config, 8, 290, 33));
    }

    private void check(ModelConfig config, boolean tied, TrainingBatch batch) {
        double[] slopes = TinyModels.slopes(batch.scored().length, 3);
        Learned learned = learn(config, tied, batch, slopes, 2);

        TrainableWeights weights = TinyModels.weights(config, tied, 9, arena);
        var reference =
                new ReferenceTransformer(config, tied, TinyModels.doubles(weights.values()));
        ReferenceTransformer.Pass pass = reference.forward(batch);
        reference.backward(pass, slopes);

        for (int i = 0; i < slopes.length; i++) {
            assertEquals(pass.logProbs()[i], learned.logProbs()[i], LOG_PROB_TOLERANCE);
            assertEquals(pass.entropies()[i], learned.entropies()[i], LOG_PROB_TOLERANCE);
        }
        for (TrainableWeights.Parameter parameter : weights.parameters()) {
            double largest = 0;
            double worst = 0;
            for (int i = 0; i < parameter.count(); i++) {
                int at = (int) parameter.from() + i;
                double expected = reference.gradients()[at];
                largest = Math.max(largest, Math.abs(expected));
                worst = Math.max(worst, Math.abs(expected - learned.gradients()[at]));
            }
            assertTrue(largest > 0, parameter.name() + " has no gradient at all");
            assertTrue(
                    worst <= GRADIENT_TOLERANCE * largest,
                    "%s: %g beside %g".formatted(parameter.name(), worst, largest));
        }
    }

    @Test
    void the_number_of_threads_changes_no_bit() {
        ModelConfig config = TinyModels.config();
        TrainingBatch batch = TinyModels.batch(config, 6, 70, 31, 90, 4);
        double[] slopes = TinyModels.slopes(batch.scored().length, 3);
        Learned alone = learn(config, true, batch, slopes, 1);
        Learned together = learn(config, true, batch, slopes, 3);
        assertArrayEquals(alone.logProbs(), together.logProbs());
        assertArrayEquals(alone.gradients(), together.gradients());
    }

    @Test
    void a_sequence_in_company_has_the_log_probabilities_it_has_alone() {
        ModelConfig config = TinyModels.config();
        TrainingBatch both = TinyModels.batch(config, 6, 70, 31);
        int[] tokens = Arrays.copyOfRange(both.tokens(), 70, 101);
        int[] scored = Arrays.stream(both.scored()).filter(i -> i >= 70).map(i -> i - 70).toArray();
        var alone = new TrainingBatch(tokens, new int[] {0, 31}, scored);
        float[] inCompany = learn(config, false, both, new double[500], 1).logProbs();
        float[] byItself = learn(config, false, alone, new double[500], 1).logProbs();
        float[] itsOwn =
                Arrays.copyOfRange(inCompany, inCompany.length - scored.length, inCompany.length);
        assertArrayEquals(byItself, itsOwn);
    }

    @Test
    void two_passes_add_their_gradients() {
        ModelConfig config = TinyModels.config();
        TrainableWeights weights = TinyModels.weights(config, false, 9, arena);
        TrainingBatch batch = TinyModels.batch(config, 6, 20);
        double[] once;
        double[] twice;
        try (var workers = new Workers(1)) {
            var limits = new PolicyBackend.Limits(20, 20);
            var transformer = new TrainableTransformer(weights, workers, limits, arena);
            TokenScores scores = TokenScores.forAtMost(20);
            transformer.learn(batch, (_, _) -> -1, scores);
            once = TinyModels.doubles(weights.gradients());
            transformer.learn(batch, (_, _) -> -1, scores);
            twice = TinyModels.doubles(weights.gradients());
        }
        for (int i = 0; i < once.length; i++) {
            assertEquals(2 * once[i], twice[i], 1e-5 * (1 + Math.abs(once[i])));
        }
    }

    @Test
    void a_batch_that_does_not_fit_is_refused_with_what_would() {
        ModelConfig config = TinyModels.config();
        TrainableWeights weights = TinyModels.weights(config, false, 9, arena);
        try (var workers = new Workers(1)) {
            var limits = new PolicyBackend.Limits(20, 10);
            var transformer = new TrainableTransformer(weights, workers, limits, arena);
            TokenScores scores = TokenScores.forAtMost(30);
            var many =
                    assertThrows(
                            IllegalArgumentException.class,
                            () ->
                                    transformer.score(
                                            TinyModels.batch(config, 1, 10, 10, 1), scores));
            assertEquals(
                    "a batch of 21 tokens, expected at most 20; cut it, or make a larger transformer",
                    many.getMessage());
            var longOne =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> transformer.score(TinyModels.batch(config, 1, 3, 11), scores));
            assertEquals(
                    "sequence 1 has 11 tokens, expected at most 10; cut it, or make a larger transformer",
                    longOne.getMessage());
            var strange = new TrainingBatch(new int[] {1, 37}, new int[] {0, 2}, new int[] {1});
            assertEquals(
                    "token 37, expected 0 to 36; was it made with another vocabulary?",
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> transformer.score(strange, scores))
                            .getMessage());
        }
    }
}
