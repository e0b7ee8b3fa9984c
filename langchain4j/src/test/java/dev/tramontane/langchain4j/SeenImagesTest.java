package dev.tramontane.langchain4j;

import static dev.tramontane.langchain4j.Asking.over;
import static dev.tramontane.langchain4j.Asking.request;
import static dev.tramontane.langchain4j.Asking.thinker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.ImageSource;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.server.Script;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

import javax.imageio.ImageIO;

/// Images of users' messages, for a model that sees.
class SeenImagesTest {
    private static final Path TINY = Path.of("../engine/src/test/resources/vectors/tiny-vision");
    private static final EngineOptions OPTIONS =
            EngineOptions.defaults().withContext(512).withThreads(1).withMaxSequences(2);

    /// Three rows of four tokens, with a mark at the end of each.
    private static final int TOKENS = 15;

    private static LocalModel seeing;
    private static String png = "";

    @BeforeAll
    static void open() throws IOException {
        seeing = LocalModel.open(TINY, OPTIONS);
        png = png(100, 57);
    }

    @AfterAll
    static void close() {
        seeing.close();
    }

    private static String png(int width, int height) throws IOException {
        var out = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", out);
        return Base64.getEncoder().encodeToString(out.toByteArray());
    }

    private static ChatMessage question(Content... before) {
        return UserMessage.from(
                Stream.concat(Arrays.stream(before), Stream.of(TextContent.from("What is it?")))
                        .toList());
    }

    private static ChatRequestParameters brief() {
        return ChatRequestParameters.builder().maxOutputTokens(3).build();
    }

    private static int promptTokens(Content... images) {
        return TramontaneChatModel.of(seeing)
                .chat(request(brief(), question(images)))
                .tokenUsage()
                .inputTokenCount();
    }

    @Test
    void an_image_is_seen_whichever_way_it_comes() {
        int without = promptTokens();
        assertEquals(without + TOKENS, promptTokens(ImageContent.from(png, "image/png")));
        URI address = URI.create("data:image/png;base64," + png);
        assertEquals(without + TOKENS, promptTokens(ImageContent.from(address)));
        assertEquals(
                without + 2 * TOKENS,
                promptTokens(ImageContent.from(address), ImageContent.from(png, "image/png")));
    }

    @Test
    void streams_and_votes_see_it_too() throws Exception {
        var usage = new CompletableFuture<Integer>();
        TramontaneStreamingChatModel.of(seeing)
                .chat(
                        request(brief(), question(ImageContent.from(png, "image/png"))),
                        new StreamingChatResponseHandler() {
                            @Override
                            public void onPartialResponse(String part) {}

                            @Override
                            public void onCompleteResponse(ChatResponse response) {
                                usage.complete(response.tokenUsage().inputTokenCount());
                            }

                            @Override
                            public void onError(Throwable failure) {
                                usage.completeExceptionally(failure);
                            }
                        });
        assertEquals(promptTokens() + TOKENS, usage.get());
        ChatRequestParameters votes =
                TramontaneChatRequestParameters.builder().votes(2).maxOutputTokens(3).build();
        ChatResponse voted =
                TramontaneChatModel.of(seeing)
                        .chat(request(votes, question(ImageContent.from(png, "image/png"))));
        assertEquals(promptTokens() + TOKENS, voted.tokenUsage().inputTokenCount());
    }

    @Test
    void what_cannot_be_seen_is_refused_with_its_place() {
        TramontaneChatModel model = TramontaneChatModel.of(seeing);
        String early = png.substring(0, png.length() / 8 * 4);
        assertRefused(model, ImageContent.from(early, "image/png"), "ends early");
        assertRefused(model, ImageContent.from("not base64", "image/png"), "base64");
        assertRefused(model, ImageContent.from("https://example.org/a.png"), "embed the image");
        ExecutionException later =
                assertThrows(
                        ExecutionException.class,
                        () ->
                                model.chatAsync(
                                                request(
                                                        brief(),
                                                        question(
                                                                ImageContent.from(
                                                                        early, "image/png"))))
                                        .get());
        assertInstanceOf(InvalidRequestException.class, later.getCause());
    }

    private static void assertRefused(TramontaneChatModel model, Content image, String why) {
        String message =
                String.valueOf(
                        assertThrows(
                                        InvalidRequestException.class,
                                        () ->
                                                model.chat(
                                                        SystemMessage.from("Look."),
                                                        question(image)))
                                .getMessage());
        assertTrue(message.startsWith("messages[1].contents[0]"), message);
        assertTrue(message.contains(why), message);
    }

    @Test
    void an_answer_that_came_to_nothing_moves_no_image() {
        TramontaneChatModel model = TramontaneChatModel.of(seeing);
        UserMessage look = UserMessage.from("Look.");
        ImageContent image = ImageContent.from(png, "image/png");
        assertEquals(
                model.chat(request(brief(), look, question(image))).tokenUsage().inputTokenCount(),
                model.chat(request(brief(), look, AiMessage.from(""), question(image)))
                        .tokenUsage()
                        .inputTokenCount());
        ChatMessage broken = question(ImageContent.from("not base64", "image/png"));
        String message =
                String.valueOf(
                        assertThrows(
                                        InvalidRequestException.class,
                                        () -> model.chat(look, AiMessage.from(""), broken))
                                .getMessage());
        assertTrue(message.startsWith("messages[2].contents[0]"), message);
    }

    @Test
    void a_model_that_sees_nothing_says_so() throws IOException {
        try (LocalModel blind = LocalModel.open(TINY.resolveSibling("tiny-text-a"), OPTIONS)) {
            String message =
                    String.valueOf(
                            assertThrows(
                                            UnsupportedFeatureException.class,
                                            () ->
                                                    TramontaneChatModel.of(blind)
                                                            .chat(
                                                                    question(
                                                                            ImageContent.from(
                                                                                    png,
                                                                                    "image/png"))))
                                    .getMessage());
            assertTrue(message.startsWith("messages[0].contents[0]: image"), message);
            assertTrue(message.contains("sees none"), message);
        }
    }

    @Test
    void a_tools_result_is_text() {
        ToolExecutionResultMessage result =
                ToolExecutionResultMessage.builder()
                        .id("1")
                        .toolName("look")
                        .contents(List.of(ImageContent.from(png, "image/png")))
                        .build();
        String message =
                String.valueOf(
                        assertThrows(
                                        UnsupportedFeatureException.class,
                                        () -> TramontaneChatModel.of(seeing).chat(result))
                                .getMessage());
        assertTrue(message.startsWith("messages[0].contents[0]: image"), message);
    }

    @Test
    void a_model_elsewhere_gets_what_was_sent() throws InterruptedException {
        Script model = thinker();
        over(model).chat(question(ImageContent.from("https://example.org/a.png")));
        Chunk first = model.asked.take().messages().getFirst().content().getFirst();
        URI address = URI.create("https://example.org/a.png");
        assertEquals(new Chunk.ImageChunk(new ImageSource.Address(address)), first);
    }
}
