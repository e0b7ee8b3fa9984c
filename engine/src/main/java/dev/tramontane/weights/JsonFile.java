package dev.tramontane.weights;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Reads the small JSON files beside weights: bounded, one object, no key twice.
public final class JsonFile {
    /// A tree takes some thirty times the bytes of the worst text, and the largest index of the
    /// models we read has a tenth of this.
    private static final int MOST_BYTES = 4 << 20;

    private static final int DEEPEST = 32;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(DEEPEST)
                                                    .maxNumberLength(100)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private JsonFile() {}

    /// The object that the file holds.
    public static JsonNode read(Path path) throws IOException {
        String location = String.valueOf(path.getFileName());
        long size = Files.size(path);
        if (size > MOST_BYTES) {
            throw new ModelFormatException(
                    "%s: %d bytes, expected at most %d; is it the right file?"
                            .formatted(location, size, MOST_BYTES));
        }
        JsonNode node;
        try {
            node = MAPPER.readTree(Files.readAllBytes(path));
        } catch (JacksonException e) {
            throw new ModelFormatException(
                    location
                            + ": no valid JSON ("
                            + e.getOriginalMessage()
                            + "); the file is damaged: get it again",
                    e);
        }
        if (node == null || !node.isObject()) {
            throw new ModelFormatException(
                    location + ": no JSON object; the file is damaged: get it again");
        }
        return node;
    }
}
