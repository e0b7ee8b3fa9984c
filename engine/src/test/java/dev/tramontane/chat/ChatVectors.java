package dev.tramontane.chat;

import dev.tramontane.tokenizer.Tekken;

import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;

/// The recorded chat requests, and the vocabularies they were recorded with.
final class ChatVectors {
    static final Path FOLDER = Path.of("src/test/resources/vectors");

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

    private static final Map<String, Tekken> TOKENIZERS = new ConcurrentHashMap<>();

    private ChatVectors() {}

    /// The cases of a file under `chat/`.
    static List<JsonNode> cases(String name) {
        try {
            JsonNode file = JSON.readTree(Files.readAllBytes(FOLDER.resolve("chat/" + name)));
            List<JsonNode> cases = new ArrayList<>();
            file.get("cases").forEach(cases::add);
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The vocabulary of 2024-09 with a version's special tokens; `v3` has those it came with.
    static Tekken tokenizer(String version) {
        return TOKENIZERS.computeIfAbsent(version, ChatVectors::read);
    }

    private static Tekken read(String version) {
        try (InputStream zipped =
                Files.newInputStream(FOLDER.resolve("tekken/tekken_240911.json.gz"))) {
            var file = (ObjectNode) JSON.readTree(new GZIPInputStream(zipped));
            ((ObjectNode) file.get("config")).put("version", version);
            Path overlay = FOLDER.resolve("tekken/overlay_" + version + ".json");
            if (Files.exists(overlay)) {
                file.remove("image");
                for (var section : JSON.readTree(Files.readAllBytes(overlay)).properties()) {
                    if (!section.getKey().equals("config")) {
                        file.set(section.getKey(), section.getValue());
                    }
                }
            }
            return Tekken.read(new ByteArrayInputStream(JSON.writeValueAsBytes(file)), version);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static InstructTemplate template(String version) {
        return InstructTemplate.of(tokenizer(version), Optional.empty()).orElseThrow();
    }

    static int[] ids(JsonNode list) {
        int[] ids = new int[list.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = list.get(i).asInt();
        }
        return ids;
    }
}
