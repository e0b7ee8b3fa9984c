package dev.tramontane.chat;

import static dev.tramontane.sampling.Intervention.CIRCLE_CLOSED;
import static dev.tramontane.sampling.Intervention.CIRCLE_ENDED;
import static dev.tramontane.sampling.Intervention.CIRCLE_NUDGED;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.Generation;
import dev.tramontane.engine.GenerationRequest;
import dev.tramontane.engine.TokenEvent;
import dev.tramontane.sampling.Dry;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.sampling.LogitBias;
import dev.tramontane.sampling.Penalties;
import dev.tramontane.sampling.Phase;
import dev.tramontane.sampling.PhaseTracker;
import dev.tramontane.sampling.Repetition;
import dev.tramontane.sampling.RunawayGuard;
import dev.tramontane.sampling.RunawayGuard.Remedy;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.TokenKinds;
import dev.tramontane.sampling.TokenMask;
import dev.tramontane.tokenizer.TextKind;
import dev.tramontane.tokenizer.Tokenizer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// A model that is led into circles, on a real engine and with the real format.
class CirclingModelTest {
    private static final Path TINY = ChatVectors.FOLDER.resolve("tiny-text-a");
    private static final EngineOptions OPTIONS =
            EngineOptions.defaults().withContext(4096).withThreads(1);

    private static final ThinkingFormat FORMAT = ThinkingFormat.TOKENS.openedByPrompt(true);
    private static final String NUDGE = "\nStop.\n";

    private static LocalModel model;
    private static Tokenizer tokenizer;

    @BeforeAll
    static void open() throws IOException {
        model = LocalModel.open(TINY, OPTIONS);
        tokenizer = model.tokenizer();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void an_answer_follows_a_circle_of_sentences_and_is_kept_whole() {
        String wished = "It is 391, since 17 times 23 is 340 and 51.";
        Led led = led("Let me see, that is not it. Again. ", wished, "");
        assertEquals(List.of(CIRCLE_NUDGED, CIRCLE_CLOSED), led.interventions);
        assertEquals(wished, led.text(led.tokens.length));
        assertEquals(new TokenEvent.Finished(FinishReason.STOP), led.end);
    }

    @Test
    void the_nudge_stands_in_the_thinking_and_the_answer_begins_behind_the_forced_close() {
        Led led = led("Hm. ", "It is 391.", "");
        Chunk first = led.parsed(led.tokens.length).content().getFirst();
        String circle = "Hm. ".repeat(100);
        String thinking = assertInstanceOf(Chunk.ThinkChunk.class, first).text();
        assertTrue(thinking.contains(NUDGE), thinking);
        assertTrue(circle.startsWith(thinking.substring(0, thinking.indexOf(NUDGE))), thinking);
        assertFalse(led.text(led.tokens.length).contains("THINK"));
    }

    @Test
    void a_circle_of_sentences_is_cut_behind_its_first_copy() {
        String circle = " And so on, and so on.";
        Led led = led("Hm. No, yes, no. ", "It is 391!", circle);
        assertEquals(List.of(CIRCLE_NUDGED, CIRCLE_CLOSED, CIRCLE_ENDED), led.interventions);
        assertEquals(FinishReason.REPETITION, led.end.reason());
        assertEquals(1024, led.end.repeatedTokens());
        assertEquals("It is 391!" + circle, led.text(led.tokens.length - 1024));
        assertTrue(led.text(led.tokens.length).startsWith("It is 391!" + circle.repeat(4)));
    }

    @Test
    void what_masks_force_is_no_circle_of_the_models() {
        Led led = led("Hm. ", "", "", 700, false);
        assertEquals(List.of(), led.interventions);
        assertEquals(FinishReason.LENGTH, led.end.reason());
    }

    /// What a model that was led generated.
    private record Led(List<Intervention> interventions, int[] tokens, TokenEvent.Finished end) {
        OutputParser.Parsed parsed(int length) {
            var parser =
                    new OutputParser(
                            tokenizer, TemplateRules.CallFormat.NAME_ARGUMENTS, FORMAT, List.of());
            return parser.parse(Arrays.copyOf(tokens, length));
        }

        /// Of the answer, had it ended after so many tokens.
        String text(int length) {
            return parsed(length).content().stream()
                    .map(chunk -> chunk instanceof Chunk.TextChunk(String text) ? text : "")
                    .collect(Collectors.joining());
        }
    }

    private static Penalties biased(int token, float bias) {
        return new Penalties(new LogitBias(Map.of(token, bias)), Repetition.OFF, Dry.OFF);
    }

    /// The answer of a model that thinks a circle for ever, then says a text, then another for
    /// ever; or ends, where that is empty.
    private static Led led(String thinking, String text, String circle) {
        return led(thinking, text, circle, 4000, true);
    }

    private static Led led(
            String thinking, String text, String circle, int maxTokens, boolean free) {
        var phases = new FormatPhases(tokenizer, FORMAT);
        int end = tokenizer.stopTokens().iterator().next();
        int[] nudge = tokenizer.encode(NUDGE);
        int[] close = {tokenizer.special("[/THINK]").orElseThrow()};
        var guard =
                new RunawayGuard(
                        phases,
                        Optional.of(new Remedy(nudge, close)),
                        new TokenKinds(
                                tokenizer.vocabulary().ids(TextKind.DIGITS),
                                new BitSet(),
                                new BitSet(),
                                new BitSet()),
                        () -> Integer.MAX_VALUE);
        int unlikely = tokenizer.encode("~")[0];
        var other = new BitSet();
        other.set(unlikely, free);
        var leader =
                new Leader(
                        phases,
                        other,
                        tokenizer.encode(thinking),
                        tokenizer.encode(text),
                        circle.isEmpty() ? new int[] {end} : tokenizer.encode(circle));
        Generation generation =
                model.engine()
                        .submit(
                                new GenerationRequest(
                                        new int[] {1},
                                        SamplingParams.greedy(maxTokens)
                                                .withPenalties(biased(unlikely, -LogitBias.MOST)),
                                        Set.of(end),
                                        List.of(new PhaseTracker(phases), guard, leader)));
        return read(generation);
    }

    private static Led read(Generation generation) {
        List<Intervention> interventions = new ArrayList<>();
        List<Integer> tokens = new ArrayList<>();
        while (true) {
            switch (generation.next()) {
                case TokenEvent.Progress _ -> {}
                case TokenEvent.Sampled sampled -> tokens.add(sampled.token());
                case TokenEvent.Intervened(Intervention what) -> interventions.add(what);
                case TokenEvent.Finished end -> {
                    int[] ids = tokens.stream().mapToInt(Integer::intValue).toArray();
                    return new Led(interventions, ids, end);
                }
            }
        }
    }

    /// Leaves the wished token and others; with an unlikely one, nothing is forced.
    private static final class Leader implements TokenMask {
        private final FormatPhases phases;
        private final BitSet others;
        private final int[] thinking;
        private final int[] text;
        private final int[] circle;
        private final List<Phase> before = new ArrayList<>();
        private Phase falls = Phase.THINKING;
        private final BitSet allowed = new BitSet();

        Leader(FormatPhases phases, BitSet others, int[] thinking, int[] text, int[] circle) {
            this.phases = phases;
            this.others = others;
            this.thinking = thinking;
            this.text = text;
            this.circle = circle;
        }

        @Override
        public Verdict next() {
            falls = phases.phase();
            allowed.clear();
            allowed.or(others);
            allowed.set(wish());
            return new Verdict.Only(allowed);
        }

        private int wish() {
            int answered = (int) before.stream().filter(phase -> phase != Phase.THINKING).count();
            if (falls == Phase.THINKING) {
                return thinking[before.size() % thinking.length];
            }
            return answered < text.length
                    ? text[answered]
                    : circle[(answered - text.length) % circle.length];
        }

        @Override
        public void accept(int token) {
            before.add(falls);
        }

        @Override
        public void rollback(int count) {
            before.subList(before.size() - count, before.size()).clear();
        }
    }
}
