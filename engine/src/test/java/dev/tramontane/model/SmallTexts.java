package dev.tramontane.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tramontane.chat.InstructTemplate;
import dev.tramontane.jinja.HostileTemplates;
import dev.tramontane.jinja.Limits;
import dev.tramontane.jinja.Surroundings;
import dev.tramontane.jinja.Template;
import dev.tramontane.jinja.TemplateException;
import dev.tramontane.jinja.Value;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.weights.ModelFormatException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Vocabularies and templates of a few kilobytes, so that damage hits every part of them, and all
/// that opening a model does with them.
final class SmallTexts {
    static final Path VECTORS = Path.of("src/test/resources/vectors");

    private static final String UNIGRAM = "unigram";

    /// Of byte-level vocabularies, of both generations of SentencePiece's, and of its unigrams.
    static final List<String> TOKENIZERS =
            List.of(
                    "qwen2",
                    "llama-bpe",
                    "deepseek-v3",
                    "gpt-2",
                    "spm-legacy",
                    "spm-metaspace",
                    UNIGRAM);

    private static final Path TEMPLATES = Path.of("src/test/resources/jinja");
    private static final int MOST_MARKS = 40;
    private static final int MOST_MERGES = 8;
    private static final int MOST_PIECES = 60;

    /// All bytes, and the three marks of SentencePiece.
    private static final int FIRST_TOKENS = 259;

    /// Ways to spend what Limits.STANDARD bounds are tried by themselves; here the smaller bounds
    /// keep each of many templates short.
    private static final Surroundings SURROUNDINGS =
            new Surroundings(
                    new Limits(20_000, 100_000, 64, Duration.ofSeconds(10)),
                    System::nanoTime,
                    () -> LocalDateTime.of(2025, 3, 7, 15, 4, 5));

    private static final String TEXT = "aé😀 [INST]";

    private static final JsonMapper JSON = new JsonMapper();

    private SmallTexts() {}

    /// A `tekken.json` with few marks and nothing but bytes.
    static ObjectNode tekken() {
        var file = (ObjectNode) JSON.readTree(VECTORS.resolve("tiny-text-a/tekken.json").toFile());
        var marks = (ArrayNode) file.get("special_tokens");
        while (marks.size() > MOST_MARKS) {
            marks.remove(MOST_MARKS);
        }
        ((ObjectNode) file.get("config"))
                .put("default_vocab_size", FIRST_TOKENS + MOST_MARKS)
                .put("default_num_special_tokens", MOST_MARKS);
        var vocab = (ArrayNode) file.get("vocab");
        while (vocab.size() > FIRST_TOKENS) {
            vocab.remove(FIRST_TOKENS);
        }
        vocab.forEach(entry -> ((ObjectNode) entry).remove("token_str"));
        return file;
    }

    /// A `tokenizer.json` with the tokens that its kind must have and the first few merges.
    static ObjectNode tokenizer(String name) {
        if (name.equals(UNIGRAM)) {
            return unigram();
        }
        var file = (ObjectNode) JSON.readTree(VECTORS.resolve("bpe/" + name + ".json").toFile());
        var model = (ObjectNode) file.get("model");
        var kept = new LinkedHashSet<String>();
        for (String spelling : model.get("vocab").propertyNames()) {
            if (kept.size() < FIRST_TOKENS) {
                kept.add(spelling);
            }
        }
        var merges = JSON.createArrayNode();
        for (JsonNode merge : model.get("merges")) {
            if (merges.size() < MOST_MERGES) {
                String left = merge.get(0).stringValue();
                String right = merge.get(1).stringValue();
                kept.addAll(List.of(left, right, left + right));
                merges.add(merge);
            }
        }
        var vocab = JSON.createObjectNode();
        kept.forEach(spelling -> vocab.put(spelling, vocab.size()));
        model.set("vocab", vocab);
        model.set("merges", merges);
        for (JsonNode added : file.get("added_tokens")) {
            JsonNode id = vocab.get(added.get("content").stringValue());
            int free = vocab.size() + added.get("id").intValue() % 100;
            ((ObjectNode) added).put("id", id == null ? free : id.intValue());
        }
        return file;
    }

    /// The first pieces of a unigram vocabulary, with the normalisers of ALBERT's but the map of
    /// characters, which `CharsMapTest` damages by itself.
    private static ObjectNode unigram() {
        Path source = VECTORS.resolve("unigram/nfkc.albert.json");
        var file = (ObjectNode) JSON.readTree(source.toFile());
        var vocab = (ArrayNode) file.at("/model/vocab");
        while (vocab.size() > MOST_PIECES) {
            vocab.remove(MOST_PIECES);
        }
        ((ArrayNode) file.at("/normalizer/normalizers"))
                .removeIf(each -> each.path("type").asString().equals("Precompiled"));
        return file;
    }

    /// Small templates of every kind: those recorded with what they render, and hostile ones.
    static List<String> templates() throws IOException {
        List<String> templates = new ArrayList<>();
        for (String line : Files.readAllLines(TEMPLATES.resolve("cases.jsonl"))) {
            templates.add(JSON.readTree(line).get("template").stringValue());
        }
        templates.addAll(HostileTemplates.REACHING);
        templates.addAll(HostileTemplates.SPENDING);
        return templates;
    }

    /// What the recorded templates were given.
    static Map<String, Value> variables() {
        Map<String, Value> variables = new HashMap<>();
        for (var field : JSON.readTree(TEMPLATES.resolve("vars.json").toFile()).properties()) {
            variables.put(field.getKey(), Value.given(field.getValue()));
        }
        return variables;
    }

    /// All that is done with a `tekken.json`: its tokens, and the format it implies.
    static void openTekken(byte[] bytes) throws IOException {
        Tekken tekken = Tekken.read(new ByteArrayInputStream(bytes), "test.json");
        assertEquals(TEXT, decoded(tekken));
        try {
            InstructTemplate.of(tekken, Optional.empty(), Optional.empty());
        } catch (IllegalArgumentException unknown) { // which opening a model turns into the other
            throw new ModelFormatException(
                    "test.json: " + unknown.getMessage() + "; change", unknown);
        }
    }

    /// All that is done with a `tokenizer.json`.
    static void openTokenizer(Path file) throws IOException {
        decoded(Tokenizer.read(file));
    }

    private static String decoded(Tokenizer tokenizer) {
        return tokenizer.decode(tokenizer.encode(TEXT), Tokenizer.SpecialTokens.KEEP);
    }

    /// Reads a template and renders it. Refusals become those that opening a model makes of them.
    static void render(byte[] template, Map<String, Value> variables) {
        try {
            Template.parse(new String(template, StandardCharsets.UTF_8))
                    .render(variables, SURROUNDINGS);
        } catch (TemplateException refused) {
            throw new ModelFormatException(
                    "test.jinja: " + refused.getMessage() + "; correct it", refused);
        }
    }
}
