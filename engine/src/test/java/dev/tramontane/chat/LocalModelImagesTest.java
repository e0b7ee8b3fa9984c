package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.engine.EngineOptions;
import dev.tramontane.image.ImageGrid;
import dev.tramontane.image.RgbImage;
import dev.tramontane.sampling.SamplingParams;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

class LocalModelImagesTest {
    private static final EngineOptions OPTIONS =
            EngineOptions.defaults().withContext(512).withThreads(1).withMaxSequences(1);

    /// Two rows of three tokens, with a mark at the end of each row.
    private static final RgbImage IMAGE = new RgbImage(60, 30, new byte[60 * 30 * 3]);

    private static final int IMAGE_TOKENS = 8;

    private static LocalModel open(String name) throws IOException {
        return LocalModel.open(Path.of("src/test/resources/vectors", name), OPTIONS);
    }

    private static ChatRequest about(LocalModel model, Chunk... content) {
        SamplingParams sampling = model.sampling().withMaxTokens(3);
        return ChatRequest.of(List.of(new Message.UserMessage(List.of(content))))
                .withSampling(sampling);
    }

    private static int promptTokens(LocalModel model, ChatRequest request) {
        try (ChatStream stream = model.chat(request)) {
            return stream.collect().usage().promptTokens();
        }
    }

    @Test
    void an_images_tokens_are_part_of_the_prompt() throws IOException {
        try (LocalModel model = open("tiny-vision")) {
            assertTrue(model.sees());
            var text = new Chunk.TextChunk("What is it?");
            ChatRequest seeing = about(model, new Chunk.ImageChunk(IMAGE), text);
            int without = promptTokens(model, about(model, text));
            assertEquals(without + IMAGE_TOKENS, promptTokens(model, seeing));
            assertEquals(without + IMAGE_TOKENS, model.prompt(seeing).length);
            assertEquals(1540, model.vision().orElseThrow().grid().maxSize());
        }
    }

    @Test
    void an_address_must_be_decoded_first() throws IOException {
        try (LocalModel model = open("tiny-vision")) {
            var address = new Chunk.ImageChunk(URI.create("https://example.org/a.png"));
            assertThrows(InvalidRequestException.class, () -> model.chat(about(model, address)));
        }
    }

    @Test
    void a_model_without_eyes_refuses_images() throws IOException {
        try (LocalModel model = open("tiny-text-a")) {
            assertFalse(model.sees());
            InvalidRequestException refusal =
                    assertThrows(
                            InvalidRequestException.class,
                            () -> model.chat(about(model, new Chunk.ImageChunk(IMAGE))));
            String message = String.valueOf(refusal.getMessage());
            assertTrue(message.contains("sees no images"), message);
        }
    }

    @Test
    void what_an_image_takes_is_measured_until_the_model_is_closed() throws IOException {
        LocalModel model = open("tiny-vision");
        ImageGrid.Tokens largest = model.vision().orElseThrow().grid().largest();
        double seconds = model.imageSeconds(largest).orElseThrow();
        assertTrue(seconds > 0, "" + seconds);
        assertTrue(model.imageSeconds(new ImageGrid.Tokens(1, 1)).orElseThrow() < seconds);
        model.close();
        assertTrue(model.imageSeconds(largest).isEmpty());
        try (LocalModel blind = open("tiny-text-a")) {
            assertTrue(blind.imageSeconds(largest).isEmpty());
        }
    }

    @Test
    void what_an_image_takes_cannot_be_measured_behind_the_end_of_an_engine() throws IOException {
        try (LocalModel model = open("tiny-vision")) {
            model.engine().close();
            assertThrows(IllegalStateException.class, () -> model.engine().imageSpeed());
        }
    }

    @Test
    void a_text_that_is_continued_shows_its_images() throws IOException {
        try (LocalModel model = open("tiny-vision")) {
            int[] image = model.imagePrompt(IMAGE);
            assertEquals(IMAGE_TOKENS, image.length);
            int[] text = model.textPrompt("Look: ");
            int[] prompt = IntStream.concat(Arrays.stream(text), Arrays.stream(image)).toArray();
            var greedy = SamplingParams.greedy(3);
            var request = new TextRequest(prompt, greedy, List.of(), Client.ANYBODY);
            String dark =
                    continued(model, request.withImages(List.of(new ImageSource.Pixels(IMAGE))));
            byte[] white = new byte[60 * 30 * 3];
            Arrays.fill(white, (byte) 255);
            var light = new ImageSource.Pixels(new RgbImage(60, 30, white));
            continued(model, request.withImages(List.of(light)));
            assertEquals(2, model.engine().stats().work().encodedImages());
            assertEquals(
                    dark,
                    continued(model, request.withImages(List.of(new ImageSource.Pixels(IMAGE)))));
            assertEquals(2, model.engine().stats().work().encodedImages());
        }
    }

    private static String continued(LocalModel model, TextRequest request) {
        try (ChatStream stream = model.continueText(request)) {
            return stream.collect().text();
        }
    }
}
