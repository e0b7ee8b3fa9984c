package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.EngineOptions;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.UUID;

import javax.imageio.ImageIO;

/// Images of the page's conversations, seen by a model.
class PageImagesTest {
    private static final Path TINY = Path.of("../engine/src/test/resources/vectors/tiny-vision");

    /// One token and the mark of its end.
    private static final int IMAGE_TOKENS = 2;

    private static final JsonNode NOTHING = JsonNodeFactory.instance.nullNode();

    @TempDir private Path folder;

    private final String path = "/web/conversations/" + UUID.randomUUID();
    private LocalModel model;
    private Http http;

    @BeforeEach
    void serve() throws IOException {
        EngineOptions options =
                EngineOptions.defaults().withContext(1024).withThreads(1).withMaxSequences(1);
        model = LocalModel.open(TINY, options);
        ServerConfig config = ServerConfig.local(0).withStore(folder.resolve("store.db").toUri());
        http = Http.serving(config, ServedModel.of("tiny", Models.USUAL_NAMES, 1, model));
    }

    @AfterEach
    void stop() throws IOException {
        http.close();
        model.close();
    }

    private static String png(int width) throws IOException {
        var image = new BufferedImage(width, 9, BufferedImage.TYPE_INT_RGB);
        int grey = width * 0x10_10_10; // each of another one, so that none is known already
        for (int y = 0; y < 9; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, grey);
            }
        }
        var out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return Base64.getEncoder().encodeToString(out.toByteArray());
    }

    private static String image(String base64) {
        return "{\"type\":\"image\",\"url\":\"data:image/png;base64,%s\",\"alt\":\"A line\"},"
                .formatted(base64);
    }

    private static String question(String images, JsonNode parent) {
        return "{\"parent_id\":%s,\"content\":[%s{\"type\":\"text\",\"text\":\"And?\"}],\"answer\":{}}"
                .formatted(parent, images);
    }

    /// The end of an answer that was begun.
    private JsonNode finished(Http.Answer begun) throws Exception {
        assertEquals(201, begun.status(), begun.body());
        String id = begun.json().at("/answer/id").stringValue();
        String events = http.get("/web/answers/" + id + "/events").body();
        int end = events.indexOf("event: finished\ndata: ");
        assertTrue(end >= 0, events);
        int data = end + "event: finished\ndata: ".length();
        return new JsonMapper().readTree(events.substring(data, events.indexOf('\n', data)));
    }

    private static int promptTokens(JsonNode finished) {
        return finished.at("/usage/prompt_tokens").intValue();
    }

    private static String user(String images) {
        return "{\"role\":\"user\",\"content\":[%s{\"type\":\"text\",\"text\":\"And?\"}]}"
                .formatted(images);
    }

    private static String temporary(String images) {
        return "{\"messages\":[%s],\"answer\":{}}".formatted(user(images));
    }

    @Test
    void an_attached_image_reaches_the_model() throws Exception {
        JsonNode with = finished(http.post("/web/temporary", temporary(image(png(9)))));
        JsonNode without = finished(http.post("/web/temporary", temporary("")));
        assertEquals(promptTokens(without) + IMAGE_TOKENS, promptTokens(with));
    }

    @Test
    void a_stored_question_shows_its_image() throws Exception {
        JsonNode end = finished(http.post(path + "/messages", question(image(png(9)), NOTHING)));
        assertEquals("done", end.path("state").stringValue(), end.toString());
        JsonNode stored = http.get(path).json().path("messages").path(0);
        assertEquals("image", stored.at("/content/0/type").stringValue(), stored.toString());
        assertEquals(1, model.engine().stats().work().encodedImages());
    }

    @Test
    void of_many_images_the_latest_are_shown() throws Exception {
        var turns = new StringBuilder();
        for (int turn = 1; turn <= 10; turn++) {
            turns.append(turn > 1 ? ",{\"role\":\"assistant\",\"content\":\"A line.\"}," : "")
                    .append(user(image(png(turn))));
        }
        JsonNode end =
                finished(
                        http.post(
                                "/web/temporary",
                                "{\"messages\":[%s],\"answer\":{}}".formatted(turns)));
        assertEquals("done", end.path("state").stringValue(), end.toString());
        assertEquals(8, model.engine().stats().work().encodedImages());
    }

    @Test
    void an_image_that_cannot_be_seen_is_refused_and_not_stored() throws Exception {
        String broken = image("AAAA");
        Http.Answer refused =
                http.post(path + "/messages", question(image(png(3)) + broken, NOTHING));
        assertEquals(400, refused.status(), refused.body());
        assertEquals("content[1]", refused.json().at("/error/param").stringValue());
        assertEquals(0, http.get("/web/conversations").json().path("conversations").size());
        Http.Answer alone = http.post("/web/temporary", temporary(broken));
        assertEquals(400, alone.status(), alone.body());
        assertEquals("messages[0].content[0]", alone.json().at("/error/param").stringValue());
    }
}
