package dev.tramontane.jinja;

import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;

/// Renders templates of tests: at one date, and on a clock that stands still.
final class Rendering {
    static final Path FOLDER = Path.of("src/test/resources/jinja");

    static final Surroundings STILL =
            new Surroundings(
                    Limits.STANDARD, () -> 0, () -> LocalDateTime.of(2025, 3, 7, 15, 4, 5));

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

    private Rendering() {}

    static JsonNode json(String file) throws IOException {
        return MAPPER.readTree(Files.readString(FOLDER.resolve(file), StandardCharsets.UTF_8));
    }

    static JsonNode line(String line) {
        return MAPPER.readTree(line);
    }

    /// Variables whose texts all were given.
    static Map<String, Value> variables(JsonNode json) {
        Map<String, Value> variables = new HashMap<>();
        json.properties()
                .forEach(field -> variables.put(field.getKey(), Value.given(field.getValue())));
        return variables;
    }

    static Rendered render(String template, Map<String, Value> variables) {
        return Template.parse(template).render(variables, STILL);
    }

    static String text(String template) {
        return render(template, Map.of()).text();
    }
}
