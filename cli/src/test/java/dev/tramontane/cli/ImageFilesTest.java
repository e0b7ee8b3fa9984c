package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

class ImageFilesTest {
    /// A black pixel, which is one token and the mark of its end.
    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC";

    private static final String SEEING = Tramontane.VECTORS.resolve("tiny-vision").toString();

    @TempDir private Path folder = Path.of("");
    private String png = "";

    @BeforeEach
    void write() throws IOException {
        Path file = folder.resolve("pixel.png");
        Files.write(file, Base64.getDecoder().decode(PNG));
        png = file.toString();
    }

    private static int promptTokens(Tramontane.Result result) {
        assertEquals(0, result.code(), result.err());
        return Json.parse("output", result.out()).at("/usage/prompt_tokens").intValue();
    }

    @Test
    void an_image_is_part_of_the_question() {
        String[] without = {"run", "-m", SEEING, "--json", "--max-tokens=2", "What is it?"};
        String[] with = {
            "run", "-m", SEEING, "--json", "--max-tokens=2", "--image", png, "What is it?"
        };
        assertEquals(promptTokens(Tramontane.run(without)) + 2, promptTokens(Tramontane.run(with)));
    }

    @Test
    void what_cannot_be_seen_is_refused_by_its_name() throws IOException {
        Path text = folder.resolve("notes.txt");
        Files.writeString(text, "no image");
        Tramontane.Result broken =
                Tramontane.run("run", "-m", SEEING, "--image", text.toString(), "What is it?");
        assertNotEquals(0, broken.code());
        assertTrue(broken.err().contains("notes.txt: found a file of no known"), broken.err());
        Tramontane.Result blind =
                Tramontane.run("run", "-m", Tramontane.TINY, "--image", png, "What is it?");
        assertEquals(2, blind.code(), blind.err());
        assertTrue(blind.err().contains("sees no images"), blind.err());
    }

    @Test
    void a_chat_with_an_image_is_tokenized() throws IOException {
        Path chat = folder.resolve("chat.json");
        Files.writeString(
                chat,
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":\"data:image/png;base64,%s\"}]}]}"
                        .formatted(PNG));
        Tramontane.Result result =
                Tramontane.run("tokenize", "-m", SEEING, "--chat", chat.toString());
        assertEquals(0, result.code(), result.err());
        JsonNode tokens = Json.parse("output", result.out()).path("tokens");
        assertEquals("[1,3,10,13,4]", tokens.toString());
    }

    @Test
    void a_chat_is_tokenized_with_the_same_ids_whatever_the_model_is_written_in()
            throws IOException {
        Path chat = folder.resolve("chat.json");
        Files.writeString(
                chat,
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"What?\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,%s\"}}]}]}"
                        .formatted(PNG));
        Path gguf = Path.of(SEEING, "model-f32.gguf");
        String ofFolder = Tramontane.run("tokenize", "-m", SEEING, "--chat", chat.toString()).out();
        Tramontane.Result ofFile =
                Tramontane.run(
                        "tokenize",
                        "-m",
                        gguf.toString(),
                        "--chat",
                        chat.toString(),
                        "--template",
                        "v13");
        assertEquals(0, ofFile.code(), ofFile.err());
        assertEquals(
                Json.parse("output", ofFolder).path("tokens"),
                Json.parse("output", ofFile.out()).path("tokens"));
    }

    @Test
    void doctor_tells_what_the_largest_image_costs() {
        Tramontane.Result result = Tramontane.run("doctor", "-m", SEEING, "--json", "-t", "1");
        JsonNode largest = Json.parse("output", result.out()).at("/vision/largest_image");
        assertEquals(3080, largest.path("tokens").intValue(), result.out());
        assertTrue(largest.path("seconds").doubleValue() > 0, result.out());
        String text = Tramontane.run("doctor", "-m", SEEING, "-t", "1").out();
        assertTrue(text.contains("up to 1540 pixels a side: 3,080 tokens, "), text);
    }

    @Test
    void show_tells_what_the_largest_image_costs() {
        Tramontane.Result result = Tramontane.run("show", SEEING, "--json");
        JsonNode vision = Json.parse("output", result.out()).path("vision");
        JsonNode largest = vision.path("largest_image");
        assertEquals(3080, largest.path("tokens").intValue(), result.out());
        assertTrue(largest.path("bytes").longValue() > 0, result.out());
        assertTrue(largest.path("seconds").doubleValue() > 0, result.out());
        String text = Tramontane.run("show", SEEING).out();
        assertTrue(text.contains("largest image (tokens 3080, bytes "), text);
        assertTrue(
                Json.parse("output", Tramontane.run("show", Tramontane.TINY, "--json").out())
                        .path("vision")
                        .isMissingNode());
    }
}
