package dev.tramontane.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Small templates of our own over every construct. What Jinja2 makes of them was recorded by
/// `src/test/resources/jinja/record.py`.
class RecordedCasesTest {
    private static final int CASES = 750;

    @Test
    void every_construct_renders_as_recorded() throws IOException {
        Map<String, Value> variables = Rendering.variables(Rendering.json("vars.json"));
        List<String> differences = new ArrayList<>();
        int cases = 0;
        for (String line : Files.readAllLines(Rendering.FOLDER.resolve("cases.jsonl"))) {
            JsonNode wanted = Rendering.line(line);
            String template = wanted.path("template").stringValue();
            String found;
            try {
                found = "text " + Rendering.render(template, variables).text();
            } catch (TemplateException _) {
                found = "error";
            }
            String expected =
                    wanted.has("text") ? "text " + wanted.path("text").stringValue() : "error";
            if (!found.equals(expected)) {
                differences.add(template + "\n  expected " + expected + "\n  found " + found);
            }
            cases++;
        }
        assertEquals(List.of(), differences);
        assertTrue(cases >= CASES, cases + " cases");
    }
}
