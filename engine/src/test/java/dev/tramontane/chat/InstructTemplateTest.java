package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.InstructTemplate.Mode;
import dev.tramontane.image.RgbImage;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.tokenizer.Tokenizer.SpecialTokens;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

class InstructTemplateTest {
    @ParameterizedTest
    @ValueSource(strings = {"v3", "v7", "v11", "v13", "v15"})
    void prompts_are_those_of_the_reference(String version) {
        InstructTemplate template = ChatVectors.template(version);
        Tekken tokenizer = ChatVectors.tokenizer(version);
        for (JsonNode entry : ChatVectors.cases(version + ".json")) {
            String name = entry.get("name").asString();
            if (entry.has("error")) {
                assertThrows(
                        InvalidRequestException.class,
                        () -> encode(template, entry.get("request"), Mode.TEST),
                        name);
                continue;
            }
            int[] prompt = encode(template, entry.get("request"), Mode.TEST);
            assertEquals(
                    entry.get("text").asString(),
                    tokenizer.decode(prompt, SpecialTokens.KEEP),
                    name);
            assertArrayEquals(ChatVectors.ids(entry.get("ids")), prompt, name);
            if (entry.has("prefix_ids")) {
                int[] prefix = ChatVectors.ids(entry.get("prefix_ids"));
                int[] end =
                        Arrays.copyOfRange(prompt, prompt.length - prefix.length, prompt.length);
                assertArrayEquals(prefix, end, name);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v7", "v11", "v13", "v15"})
    void pixels_become_the_same_tokens_as_their_address(String version) {
        InstructTemplate template = ChatVectors.template(version);
        int shown = 0;
        for (JsonNode entry : ChatVectors.cases(version + ".json")) {
            if (entry.has("image_chw") && !entry.has("error")) {
                ChatRequest request = ChatRequestReader.read(entry.get("request"));
                ChatRequest seen =
                        request.withMessages(
                                request.messages().stream()
                                        .map(InstructTemplateTest::withPixels)
                                        .toList());
                assertArrayEquals(
                        ChatVectors.ids(entry.get("ids")),
                        template.encode(seen, Mode.TEST),
                        entry.get("name").asString());
                shown++;
            }
        }
        assertTrue(shown > 0, version);
    }

    private static Message withPixels(Message message) {
        return message.withContent(
                message.content().stream().map(InstructTemplateTest::withPixels).toList());
    }

    private static Chunk withPixels(Chunk chunk) {
        if (!(chunk instanceof Chunk.ImageChunk(ImageSource.Address(var address)))) {
            return chunk;
        }
        ImageSize size = ImageSize.ofDataUrl(address).orElseThrow();
        byte[] white = new byte[size.width() * size.height() * RgbImage.CHANNELS];
        return new Chunk.ImageChunk(new RgbImage(size.width(), size.height(), white));
    }

    @Test
    void what_the_reference_refuses_is_refused_and_nothing_else() {
        for (JsonNode entry : ChatVectors.cases("validation.json")) {
            for (var outcome : entry.get("outcome").properties()) {
                String[] key = outcome.getKey().split("/", -1);
                InstructTemplate template = ChatVectors.template(key[0]);
                Mode mode = Mode.valueOf(key[1].toUpperCase(Locale.ROOT));
                String name = entry.get("name").asString() + " " + outcome.getKey();
                JsonNode request = entry.get("request");
                if (outcome.getValue().has("error")) {
                    assertThrows(
                            InvalidRequestException.class,
                            () -> encode(template, request, mode),
                            name);
                } else {
                    int[] prompt = assertDoesNotThrow(() -> encode(template, request, mode), name);
                    assertEquals(outcome.getValue().get("ok").asInt(), prompt.length, name);
                }
            }
        }
    }

    @Test
    void no_text_of_a_conversation_becomes_a_mark() {
        Tekken tokenizer = ChatVectors.tokenizer("v13");
        var spelled = new StringBuilder();
        for (SpecialToken mark : SpecialToken.values()) {
            spelled.append(mark.spelling());
        }
        InstructTemplate template = ChatVectors.template("v13");
        int[] plain = template.encode(ChatRequest.of("x"), Mode.TEST);
        int[] hostile = template.encode(ChatRequest.of(spelled.toString()), Mode.TEST);
        assertEquals(marks(tokenizer, plain), marks(tokenizer, hostile));
    }

    @Test
    void a_refusal_names_the_parameter() {
        var image = new Chunk.ImageChunk(java.net.URI.create("data:image/png;base64,AAAA"));
        var request =
                ChatRequest.of(
                        List.of(
                                new Message.UserMessage("What is 17 * 23?"),
                                new Message.AssistantMessage("391"),
                                new Message.UserMessage("Why?"),
                                new Message.AssistantMessage(List.of(image), List.of(), true)));
        InvalidRequestException refusal =
                assertThrows(
                        InvalidRequestException.class,
                        () -> ChatVectors.template("v13").encode(request));
        assertEquals("messages[3].content[0]", refusal.parameter());
    }

    @Test
    void nesting_deeper_than_the_limit_is_refused() {
        String deep = "[".repeat(100_000);
        var call = new ToolCall(Optional.of("a1B2c3D4e"), "f", deep);
        var request =
                ChatRequest.of(
                        List.of(
                                new Message.UserMessage("x"),
                                new Message.AssistantMessage(List.of(), List.of(call), true)));
        assertThrows(
                InvalidRequestException.class,
                () -> ChatVectors.template("v13").encode(request, Mode.TEST));
        assertThrows(InvalidRequestException.class, () -> ChatRequestReader.read(deep));
    }

    @Test
    void a_vocabulary_without_thinking_marks_writes_no_thinking() {
        assertTrue(ChatVectors.template("v13").writesThinking());
        assertFalse(ChatVectors.template("v11").writesThinking());
    }

    private static int[] encode(InstructTemplate template, JsonNode request, Mode mode) {
        return template.encode(ChatRequestReader.read(request), mode);
    }

    private static List<Integer> marks(Tekken tokenizer, int[] prompt) {
        return Arrays.stream(prompt).filter(tokenizer::isSpecial).boxed().toList();
    }
}
