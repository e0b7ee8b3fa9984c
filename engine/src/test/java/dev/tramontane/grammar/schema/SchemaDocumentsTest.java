package dev.tramontane.grammar.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.engine.Engine;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.Generation;
import dev.tramontane.engine.GenerationRequest;
import dev.tramontane.engine.TokenEvent;
import dev.tramontane.grammar.Grammar;
import dev.tramontane.grammar.GrammarMask;
import dev.tramontane.grammar.InvalidGrammarException;
import dev.tramontane.grammar.TokenTrie;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.SamplingParams;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// A model that knows nothing writes documents of random schemas under their masks: each one that
/// ends is valid.
class SchemaDocumentsTest {
    private static final int SCHEMAS = 2_000;
    private static final int AT_ONCE = 16;
    private static final int CONTEXT = 512;
    private static final int MOST_TOKENS = 480;

    /// What a vocabulary has beside single bytes: tokens that reach across the parts of a document.
    private static final List<String> PIECES =
            List.of(
                    "{\"",
                    "\": ",
                    "\":",
                    "\",",
                    "\", \"",
                    "\"}",
                    "\"]",
                    "[\"",
                    "[[",
                    "]}",
                    "}}",
                    "},",
                    ", ",
                    "true",
                    "false",
                    "null",
                    "name",
                    "\"name\": ",
                    "kind",
                    "ab",
                    "cd",
                    "00",
                    "12",
                    "20",
                    "-0",
                    "0.",
                    ".5",
                    "é",
                    "\\n",
                    "\\\"",
                    "2024-",
                    "T12:",
                    "[]",
                    "{}");

    private static final int END = 256 + PIECES.size();

    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private record Task(JsonNode text, JsonSchema schema, Grammar grammar) {}

    private static byte[][] vocabulary() {
        byte[][] tokens = new byte[END + 1][];
        for (int b = 0; b < 256; b++) {
            tokens[b] = new byte[] {(byte) b};
        }
        for (int i = 0; i < PIECES.size(); i++) {
            tokens[256 + i] = PIECES.get(i).getBytes(StandardCharsets.UTF_8);
        }
        tokens[END] = new byte[0];
        return tokens;
    }

    private static ModelConfig config() {
        return new ModelConfig(
                32,
                2,
                4,
                2,
                16,
                48,
                END + 1,
                1e-5f,
                10_000,
                Kernels.RopePairs.INTERLEAVED,
                false,
                Optional.empty(),
                Optional.empty(),
                Integer.MAX_VALUE,
                CONTEXT);
    }

    private static List<Task> tasks() {
        var schemas = new RandomSchemas(new Random(20260103));
        List<Task> tasks = new ArrayList<>();
        int refused = 0;
        while (tasks.size() < SCHEMAS) {
            JsonNode text = schemas.next();
            try {
                JsonSchema schema = JsonSchema.of(text);
                tasks.add(new Task(text, schema, Grammar.compile(schema.grammar())));
            } catch (InvalidGrammarException _) {
                refused++; // most of them since nothing is valid
            }
        }
        assertTrue(refused < SCHEMAS, refused + " schemas were refused");
        return tasks;
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // the engine closes the arena
    void a_model_with_random_weights_writes_valid_documents() {
        byte[][] tokens = vocabulary();
        TokenTrie trie = TokenTrie.of(tokens, END);
        ModelConfig config = config();
        Arena arena = Arena.ofShared();
        List<Task> tasks = tasks();
        int cut = 0;
        try (Engine engine =
                Engine.over(
                        config,
                        RandomWeights.of(config, 7, arena),
                        arena,
                        EngineOptions.defaults()
                                .withKernels(EngineOptions.KernelChoice.SCALAR)
                                .withMaxSequences(AT_ONCE))) {
            for (int first = 0; first < tasks.size(); first += AT_ONCE) {
                List<Task> some = tasks.subList(first, Math.min(tasks.size(), first + AT_ONCE));
                List<Generation> running = new ArrayList<>();
                for (int i = 0; i < some.size(); i++) {
                    running.add(
                            engine.submit(
                                    new GenerationRequest(
                                            new int[] {1 + i},
                                            SamplingParams.reasoning(first + i, MOST_TOKENS),
                                            Set.of(END),
                                            List.of(GrammarMask.of(some.get(i).grammar, trie)))));
                }
                for (int i = 0; i < some.size(); i++) {
                    cut += isCut(some.get(i), running.get(i), tokens) ? 1 : 0;
                }
            }
        }
        assertTrue(cut < SCHEMAS / 20, cut + " documents were cut by length");
    }

    /// Whether the document was cut; else it is valid.
    private static boolean isCut(Task task, Generation generation, byte[][] tokens) {
        var bytes = new ByteArrayOutputStream();
        while (generation.hasNext()) {
            switch (generation.next()) {
                case TokenEvent.Sampled sampled -> bytes.writeBytes(tokens[sampled.token()]);
                case TokenEvent.Finished finished -> {
                    if (finished.reason() == FinishReason.LENGTH) {
                        return true;
                    }
                    assertEquals(FinishReason.STOP, finished.reason());
                }
                case TokenEvent.Progress _, TokenEvent.Intervened _ -> {}
            }
        }
        String document = bytes.toString(StandardCharsets.UTF_8);
        assertEquals(
                "",
                task.schema.fault(MAPPER.readTree(document)).map(SchemaFault::message).orElse(""),
                () -> document + " of " + task.text);
        return false;
    }
}
