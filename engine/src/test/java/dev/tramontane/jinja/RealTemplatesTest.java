package dev.tramontane.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Chat templates as published, which are not ours to keep: `real-templates.tsv` has, for each and
/// each conversation of `conversations.json`, the template's SHA-256, its origin, the conversation,
/// and the SHA-256 of what Jinja2 3.1.6 makes of it (or `error`).
///
/// `-Dtramontane.templates=DIR` checks every file of that folder whose hash is on the list.
class RealTemplatesTest {
    private static final String FOLDER = System.getProperty("tramontane.templates", "");

    @Test
    void published_templates_render_as_recorded() throws IOException {
        assumeTrue(
                !FOLDER.isEmpty(),
                "skipped: no published templates here; give their folder as -Dtramontane.templates");
        Map<String, String> sources = sources(Path.of(FOLDER));
        JsonNode conversations = Rendering.json("conversations.json");
        List<String> differences = new ArrayList<>();
        int checked = 0;
        for (String line : Files.readAllLines(Rendering.FOLDER.resolve("real-templates.tsv"))) {
            String[] fields = line.split("\t");
            String source = sources.get(fields[0]);
            if (source == null) {
                continue;
            }
            checked++;
            String found = rendering(source, conversations.path(fields[2]));
            if (!found.equals(fields[3])) {
                differences.add(fields[1] + " with " + fields[2]);
            }
        }
        assertTrue(checked > 0, FOLDER + " holds none of the listed templates");
        assertEquals(List.of(), differences);
    }

    private static Map<String, String> sources(Path folder) throws IOException {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String text = Files.readString(file);
                sources.put(hash(text), text);
            }
        }
        return sources;
    }

    private static String rendering(String source, JsonNode conversation) {
        try {
            Map<String, Value> variables = Rendering.variables(conversation);
            return hash(Rendering.render(source, variables).text());
        } catch (TemplateException _) {
            return "error";
        }
    }

    private static String hash(String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
