package dev.tramontane.image;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What the reference library made of images.
final class ImageVectors {
    private static final Path FOLDER = Path.of("src/test/resources/vectors/image");

    private ImageVectors() {}

    static List<JsonNode> cases(String name) {
        try {
            JsonNode file = new JsonMapper().readTree(Files.readAllBytes(FOLDER.resolve(name)));
            List<JsonNode> cases = new ArrayList<>();
            file.get("cases").forEach(cases::add);
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
