package dev.tramontane.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Bias, penalties and typical sampling against what another implementation made of the same
/// numbers.
class PenaltiesTest {
    private static final Path RECORDED =
            Path.of("src/test/resources/vectors/sampling/penalties.json");

    /// Single precision on logits up to some hundreds.
    private static final float TOLERANCE = 1e-4f;

    private static final int VOCAB = 24;

    static Stream<JsonNode> recorded(String kind) {
        return new JsonMapper()
                .readTree(RECORDED)
                .get("cases")
                .valueStream()
                .filter(one -> one.get("kind").stringValue().equals(kind));
    }

    static Stream<JsonNode> repetition() {
        return recorded("repetition");
    }

    static Stream<JsonNode> dry() {
        return recorded("dry");
    }

    static Stream<JsonNode> typical() {
        return recorded("typical");
    }

    @ParameterizedTest
    @MethodSource("repetition")
    void repetition_is_penalised_as_recorded(JsonNode expected) {
        var repetition =
                new Repetition(
                        number(expected, "repeat"),
                        number(expected, "frequency"),
                        number(expected, "presence"),
                        expected.get("last_tokens").intValue());
        float[] logits = floats(expected.get("logits"));
        var penalty = new RepetitionPenalty(VOCAB);
        int[] tokens = ids(expected.get("tokens"));
        penalty.apply(logits, repetition, padded(tokens), tokens.length);
        assertArrayEquals(floats(expected.get("expected")), logits, TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("dry")
    void repeated_sequences_are_penalised_as_recorded(JsonNode expected) {
        var breakers =
                new SequenceBreakers(
                        expected.get("breakers").valueStream().map(PenaltiesTest::ids).toList());
        var dry =
                new Dry(
                        number(expected, "multiplier"),
                        number(expected, "base"),
                        expected.get("allowed_length").intValue(),
                        expected.get("last_tokens").intValue(),
                        breakers);
        float[] logits = floats(expected.get("logits"));
        var penalty = new DryPenalty(VOCAB);
        int[] tokens = ids(expected.get("tokens"));
        penalty.apply(logits, dry, padded(tokens), tokens.length);
        float[] wanted = floats(expected.get("expected"));
        for (int token = 0; token < VOCAB; token++) {
            float scale = Math.max(1, Math.abs(wanted[token]) * 0.01f);
            assertEquals(wanted[token], logits[token], TOLERANCE * scale, "token " + token);
        }
    }

    @ParameterizedTest
    @MethodSource("typical")
    void the_tokens_kept_are_those_recorded(JsonNode expected) {
        var params =
                new SamplingParams(
                                number(expected, "temperature"),
                                expected.get("top_k").intValue(),
                                number(expected, "top_p"),
                                number(expected, "min_p"),
                                5,
                                1,
                                -1)
                        .withTypicalP(number(expected, "typical_p"));
        var sampler = sampler();
        var drawn = new BitSet();
        for (int position = 0; position < 4000; position++) {
            float[] logits = floats(expected.get("logits"));
            drawn.set(
                    sampler.sample(logits, TokenMask.Verdict.ANY, params, NONE, position).token());
        }
        assertArrayEquals(ids(expected.get("kept")), drawn.stream().toArray());
    }

    private static final int[] NONE = {};

    private static PlainSampler sampler() {
        return new PlainSampler(VOCAB);
    }

    /// By hand, with weights 6, 4, 4, 4: their surprises are 1.099 and 1.504, the entropy is 1.369,
    /// so the likeliest is 0.270 away from it and the others 0.135; they have two thirds of the
    /// weight.
    @Test
    void typical_sampling_may_drop_the_likeliest_token() {
        float[] logits = new float[VOCAB];
        Arrays.fill(logits, -200);
        logits[7] = (float) Math.log(6);
        for (int token : List.of(2, 11, 20)) {
            logits[token] = (float) Math.log(4);
        }
        var drawn = new BitSet();
        var params = new SamplingParams(1, 0, 1, 0.99f, 1, 1, -1).withTypicalP(0.6f);
        for (int position = 0; position < 200; position++) {
            drawn.set(
                    sampler()
                            .sample(logits.clone(), TokenMask.Verdict.ANY, params, NONE, position)
                            .token());
        }
        assertArrayEquals(new int[] {2, 11, 20}, drawn.stream().toArray());
    }

    @Test
    void bias_comes_first_and_penalties_before_the_mask() {
        float[] logits = new float[VOCAB];
        logits[3] = 5;
        logits[4] = 4;
        var bias = new LogitBias(Map.of(9, 8f, 5, -100f));
        var repetition = new Repetition(2, 0, 0, -1);
        var params =
                SamplingParams.greedy(1).withPenalties(new Penalties(bias, repetition, Dry.OFF));
        int[] tokens = {9, 3};
        // 9: (0 + 8) / 2 = 4, 3: 5 / 2, 4: 4; of equal ones the lower id
        assertEquals(4, greedy(logits, TokenMask.Verdict.ANY, params, tokens));
        // A penalty on a forbidden token does not make it come back.
        var others = new BitSet();
        others.set(4);
        var banned = new TokenMask.Verdict.Except(others);
        assertEquals(9, greedy(logits, banned, params, tokens));
    }

    private static int greedy(
            float[] logits, TokenMask.Verdict verdict, SamplingParams params, int[] tokens) {
        return sampler().sample(logits.clone(), verdict, params, tokens, tokens.length).token();
    }

    @Test
    void log_probabilities_are_those_before_penalties() {
        float[] logits = new float[VOCAB];
        logits[3] = 5;
        var penalties =
                new Penalties(new LogitBias(Map.of(8, 50f)), new Repetition(2, 1, 1, 64), Dry.OFF);
        var params = new SamplingParams(0, 0, 1, 0, 0, 1, 1).withPenalties(penalties);
        Choice choice =
                sampler().sample(logits, TokenMask.Verdict.ANY, params, new int[] {3, 8}, 2);
        double logSum = Math.log(23 + Math.exp(5));
        assertEquals(8, choice.token());
        assertEquals(-logSum, choice.logprob(), TOLERANCE);
        assertArrayEquals(new int[] {3}, choice.topTokens());
    }

    /// Drafts are taken back by handing in fewer tokens: nothing remembers that they were there.
    @Test
    void a_choice_depends_on_the_tokens_handed_in_alone() {
        var random = new SplittableRandom(4);
        var penalties =
                new Penalties(
                        LogitBias.NONE,
                        new Repetition(1.2f, 0.1f, 0.2f, 16),
                        new Dry(0.8f, 1.75f, 2, -1, SequenceBreakers.NONE));
        var params = new SamplingParams(1, 0, 1, 0, 3, 1, 2).withPenalties(penalties);
        int[] tokens = random.ints(60, 0, 5).toArray();
        var busy = sampler();
        for (int count = 1; count < tokens.length; count++) {
            float[] logits = new float[VOCAB];
            for (int id = 0; id < VOCAB; id++) {
                logits[id] = (float) random.nextGaussian();
            }
            int drafted = Math.min(tokens.length, count + 7);
            busy.sample(logits.clone(), TokenMask.Verdict.ANY, params, tokens, drafted);
            Choice after =
                    busy.sample(logits.clone(), TokenMask.Verdict.ANY, params, tokens, count);
            Choice fresh =
                    sampler()
                            .sample(
                                    logits.clone(),
                                    TokenMask.Verdict.ANY,
                                    params,
                                    Arrays.copyOf(tokens, count),
                                    count);
            assertEquals(fresh.token(), after.token());
            assertEquals(fresh.logprob(), after.logprob());
        }
    }

    @Test
    void penalties_stay_finite_however_long_the_repetition() {
        int[] tokens = new int[5000];
        float[] logits = new float[VOCAB];
        var dry = new Dry(100, 100, 1, -1, SequenceBreakers.NONE);
        new DryPenalty(VOCAB).apply(logits, dry, tokens, tokens.length);
        assertEquals(-1e30f, logits[0]);
        assertEquals(0, logits[1]);
    }

    static Stream<Supplier<Object>> outOfRange() {
        return Stream.of(
                () -> new Repetition(0, 0, 0, 1),
                () -> new Repetition(Float.NaN, 0, 0, 1),
                () -> new Repetition(1, 2.5f, 0, 1),
                () -> new Repetition(1, 0, -3, 1),
                () -> new Repetition(1, 0, 0, -2),
                () -> new Dry(-1, 2, 1, 1, SequenceBreakers.NONE),
                () -> new Dry(1, 0.5f, 1, 1, SequenceBreakers.NONE),
                () -> new Dry(1, 2, 0, 1, SequenceBreakers.NONE),
                () -> new Dry(1, 2, 1, -2, SequenceBreakers.NONE),
                () -> new LogitBias(Map.of(17, 101f)),
                () -> SamplingParams.greedy(1).withTypicalP(0));
    }

    @Test
    void values_out_of_range_are_refused_by_the_name_of_their_parameter() {
        List<String> names =
                List.of(
                        "repeat_penalty is 0.0, expected more than 0",
                        "repeat_penalty is NaN",
                        "frequency_penalty is 2.5, expected -2 to 2",
                        "presence_penalty is -3.0",
                        "repeat_last_n is -2, expected -1 for all, or 0 or more",
                        "dry_multiplier is -1.0",
                        "dry_base is 0.5",
                        "dry_allowed_length is 0",
                        "dry_penalty_last_n is -2",
                        "logit_bias.17 is 101.0, expected -100 to 100",
                        "typical_p is 0.0");
        List<Supplier<Object>> makers = outOfRange().toList();
        assertEquals(names.size(), makers.size());
        for (int i = 0; i < names.size(); i++) {
            var thrown = assertThrows(IllegalArgumentException.class, makers.get(i)::get);
            assertTrue(thrown.toString().contains(names.get(i)), thrown.toString());
        }
    }

    /// A buffer that is longer than the sequence, as the scheduler's is; what lies behind counts
    /// for nothing.
    private static int[] padded(int[] tokens) {
        int[] longer = Arrays.copyOf(tokens, tokens.length + 9);
        Arrays.fill(longer, tokens.length, longer.length, 1);
        return longer;
    }

    private static float number(JsonNode node, String name) {
        return node.get(name).floatValue();
    }

    private static int[] ids(JsonNode node) {
        return node.valueStream().mapToInt(JsonNode::intValue).toArray();
    }

    private static float[] floats(JsonNode node) {
        byte[] bytes = Base64.getDecoder().decode(node.stringValue());
        float[] values = new float[bytes.length / 4];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }
}
