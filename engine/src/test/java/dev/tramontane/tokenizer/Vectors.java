package dev.tramontane.tokenizer;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;

/// The recorded answers of the reference tokenizer, and the vocabularies they were recorded with.
final class Vectors {
    static final Path FOLDER = Path.of("src/test/resources/vectors");

    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, Tekken> VOCABULARIES = new ConcurrentHashMap<>();

    private Vectors() {}

    static JsonNode read(String file) {
        return JSON.readTree(FOLDER.resolve(file));
    }

    /// The full vocabulary under the special tokens of a version; opened once for all tests.
    static Tekken tekken(String version) {
        return VOCABULARIES.computeIfAbsent(version, Vectors::open);
    }

    /// The vocabulary of the tiny models: single bytes and 24 tokens more.
    static Tekken tiny() {
        try {
            return Tekken.read(FOLDER.resolve("tiny-text-a/tekken.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int[] ids(JsonNode array) {
        int[] ids = new int[array.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = array.get(i).intValue();
        }
        return ids;
    }

    private static Tekken open(String version) {
        try (InputStream zipped =
                        Files.newInputStream(FOLDER.resolve("tekken/tekken_240911.json.gz"));
                InputStream plain = new GZIPInputStream(zipped)) {
            if (version.equals("v3")) {
                return Tekken.read(plain, "tekken_240911.json");
            }
            var file = (ObjectNode) JSON.readTree(plain);
            JsonNode overlay = read("tekken/overlay_" + version + ".json");
            file.remove("image");
            ((ObjectNode) file.get("config")).set("version", overlay.get("config").get("version"));
            overlay.properties().stream()
                    .filter(section -> !section.getKey().equals("config"))
                    .forEach(section -> file.set(section.getKey(), section.getValue()));
            return Tekken.read(new ByteArrayInputStream(JSON.writeValueAsBytes(file)), version);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
