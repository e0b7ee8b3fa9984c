package dev.tramontane.wire.image;

import dev.tramontane.image.RgbImage;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.InflaterInputStream;

/// Small files of every kind, and what Pillow sees of each (`record.py` beside them).
///
/// @param most by how much a channel may differ
/// @param mean by how much channels may differ on average
record ImageCases(String name, byte[] file, RgbImage expected, int most, double mean) {
    private static final Path CASES = Path.of("src/test/resources/images/cases.json");

    static List<ImageCases> all() {
        List<ImageCases> cases = new ArrayList<>();
        try {
            for (JsonNode entry : new JsonMapper().readTree(Files.readString(CASES)).get("cases")) {
                cases.add(read(entry));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return cases;
    }

    static byte[] file(String name) {
        return all().stream().filter(each -> each.name.equals(name)).findFirst().orElseThrow().file;
    }

    private static ImageCases read(JsonNode entry) throws IOException {
        var packed = new ByteArrayInputStream(bytes(entry.get("rgb")));
        byte[] rgb = new InflaterInputStream(packed).readAllBytes();
        return new ImageCases(
                entry.get("name").asString(),
                bytes(entry.get("file")),
                new RgbImage(entry.get("width").asInt(), entry.get("height").asInt(), rgb),
                entry.get("close").get(0).asInt(),
                entry.get("close").get(1).asDouble());
    }

    private static byte[] bytes(JsonNode text) {
        return Base64.getDecoder().decode(text.asString());
    }

    /// What is further from what Pillow sees than it may be; empty where nothing is.
    String difference(RgbImage found) {
        if (found.width() != expected.width() || found.height() != expected.height()) {
            return name + ": " + found + ", expected " + expected;
        }
        int largest = 0;
        double sum = 0;
        for (int i = 0; i < found.pixels().length; i++) {
            int away = Math.abs((found.pixels()[i] & 0xff) - (expected.pixels()[i] & 0xff));
            largest = Math.max(largest, away);
            sum += away;
        }
        double average = sum / found.pixels().length;
        return largest <= most && average <= mean
                ? ""
                : "%s: %d away at most, %.3f on average".formatted(name, largest, average);
    }

    @Override
    public String toString() {
        return name;
    }
}
