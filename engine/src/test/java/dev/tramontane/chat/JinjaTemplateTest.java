package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.engine.EngineOptions;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.tokenizer.Tokenizer.SpecialTokens;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class JinjaTemplateTest {
    private static final Tokenizer TOKENIZER = OtherModel.tokenizer();
    private static final JinjaTemplate TEMPLATE = template(OtherModel.TEMPLATE);

    private static JinjaTemplate template(String source) {
        return JinjaTemplate.of(TOKENIZER, Map.of("default", source), Clock.systemUTC());
    }

    private static ToolSpec tool(String name) {
        return new ToolSpec(
                name, "", new JsonMapper().readTree("{\"type\": \"object\", \"properties\": {}}"));
    }

    private static Dialect.Prompt prompt(ChatRequest request) {
        return TEMPLATE.prompt(request, TEMPLATE.thinking());
    }

    private static String shown(ChatRequest request) {
        return TOKENIZER.decode(prompt(request).ids(), SpecialTokens.KEEP);
    }

    private static long marks(int[] ids, String spelling) {
        int id = TOKENIZER.special(spelling).orElseThrow();
        return Arrays.stream(ids).filter(token -> token == id).count();
    }

    @Test
    void the_marks_of_the_template_become_their_tokens() {
        int[] ids = TEMPLATE.encode(ChatRequest.of("Hi"));
        assertEquals(2, marks(ids, "<|im_start|>"));
        assertEquals(1, marks(ids, "<|im_end|>"));
        assertEquals(
                "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
                TOKENIZER.decode(ids, SpecialTokens.KEEP));
    }

    @Test
    void a_mark_that_somebody_spells_stays_text_in_every_role() {
        List<String> marks = new ArrayList<>(OtherModel.CONTROL);
        marks.addAll(OtherModel.USER_DEFINED);
        for (String mark : marks) {
            long own = marks(TEMPLATE.encode(conversation("x")), mark);
            int[] ids = TEMPLATE.encode(conversation(mark));
            assertEquals(own, marks(ids, mark), mark);
            assertTrue(TOKENIZER.decode(ids, SpecialTokens.KEEP).contains("a" + mark + "b"), mark);
        }
    }

    /// A text in each place where somebody's words can stand.
    private static ChatRequest conversation(String word) {
        String text = "a" + word + "b";
        var call = new ToolCall(Optional.of(text), text, "{\"" + text + "\": \"" + text + "\"}");
        return ChatRequest.of(
                        List.of(
                                new Message.SystemMessage(text),
                                new Message.UserMessage(text),
                                new Message.AssistantMessage(
                                        List.of(
                                                new Chunk.ThinkChunk(text, true),
                                                new Chunk.TextChunk(text)),
                                        List.of(call),
                                        false),
                                new Message.ToolMessage(
                                        List.of(new Chunk.TextChunk(text)),
                                        Optional.of(text),
                                        Optional.of(text)),
                                new Message.AssistantMessage(
                                        List.of(new Chunk.TextChunk(text)), List.of(), true)))
                .withTools(
                        List.of(
                                new ToolSpec(
                                        text,
                                        text,
                                        new JsonMapper()
                                                .readTree(
                                                        "{\"" + text + "\": \"" + text + "\"}"))));
    }

    @Test
    void a_mark_that_text_and_template_spell_together_stays_text() {
        var sly = template("{{ '<|im_' ~ messages[0].content ~ '|>' }}");
        assertEquals(0, marks(sly.encode(ChatRequest.of("start")), "<|im_start|>"));
    }

    @Test
    void the_wish_to_think_reaches_the_template() {
        ChatRequest request = ChatRequest.of("Hi");
        assertTrue(shown(request).endsWith("assistant\n"));
        assertTrue(shown(request.withThinking(new Thinking.Off())).endsWith("<think></think>"));
        ChatRequest hard = request.withThinking(new Thinking.Effort(Thinking.Level.HIGH));
        assertTrue(shown(hard).endsWith("<think>"));
        assertTrue(prompt(hard).thinking().openedByPrompt());
        assertFalse(prompt(request).thinking().openedByPrompt());
        assertEquals(ThinkingFormat.Marks.TOKENS, TEMPLATE.thinking().marks());
    }

    @Test
    void thinking_that_a_template_always_opens_is_closed_when_unwanted() {
        var always = template("{{ messages[0].content }}<think>\n");
        Dialect.Prompt silent =
                always.prompt(
                        ChatRequest.of("Hi").withThinking(new Thinking.Off()), always.thinking());
        assertFalse(silent.thinking().openedByPrompt());
        assertTrue(silent.forbidsThinking());
        assertEquals(1, marks(silent.ids(), "</think>"));
        assertTrue(
                always.prompt(ChatRequest.of("Hi"), always.thinking()).thinking().openedByPrompt());
    }

    @Test
    void a_prefix_stands_behind_the_generation_prompt() {
        var begun =
                new Message.AssistantMessage(
                        List.of(new Chunk.ThinkChunk("So", false)), List.of(), true);
        ChatRequest request = ChatRequest.of(List.of(new Message.UserMessage("Hi"), begun));
        assertTrue(shown(request).endsWith("<|im_start|>assistant\n<think>\nSo"));
        assertTrue(prompt(request).thinking().openedByPrompt());
    }

    @Test
    void arguments_are_text_for_a_template_that_joins_them() {
        String joins =
                "{% for m in messages %}{% for c in m.tool_calls or [] %}"
                        + "{{ 'A' + c.function.arguments }}{% endfor %}{% endfor %}";
        var call = new ToolCall(Optional.empty(), "f", "{\"a\":1}");
        ChatRequest request =
                ChatRequest.of(
                        List.of(
                                new Message.AssistantMessage(List.of(), List.of(call), false),
                                new Message.UserMessage("Hi")));
        assertEquals(
                "A{\"a\":1}",
                TOKENIZER.decode(template(joins).encode(request), SpecialTokens.KEEP));
    }

    @Test
    void what_a_template_refuses_is_the_requests_fault() {
        var strict = template("{{ raise_exception('no system role') }}");
        InvalidRequestException refusal =
                assertThrows(
                        InvalidRequestException.class, () -> strict.encode(ChatRequest.of("Hi")));
        assertTrue(
                String.valueOf(refusal.getMessage()).contains("no system role"),
                refusal.getMessage());
        var image = new Chunk.ImageChunk(URI.create("data:,"));
        assertThrows(
                InvalidRequestException.class,
                () ->
                        TEMPLATE.encode(
                                ChatRequest.of(List.of(new Message.UserMessage(List.of(image))))));
    }

    @Test
    void a_model_outside_the_family_opens_and_answers(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("other.gguf");
        OtherModel.write(file);
        EngineOptions options = EngineOptions.defaults().withContext(512).withThreads(1);
        try (LocalModel model = LocalModel.open(file, options)) {
            assertInstanceOf(JinjaTemplate.class, model.template().orElseThrow());
            assertEquals("jinja", model.template().orElseThrow().format());
            assertTrue(model.thinks());
            ChatRequest request = ChatRequest.of("Hi").withSampling(SamplingParams.greedy(20));
            try (ChatStream stream = model.chat(request)) {
                ChatStream.Answer answer = stream.collect();
                assertEquals(TEMPLATE.encode(request).length, answer.usage().promptTokens());
                assertTrue(answer.usage().completionTokens() > 0);
            }
            ChatRequest thinking =
                    request.withThinking(new Thinking.Effort(Thinking.Level.HIGH))
                            .withTools(List.of(tool("f")));
            try (ChatStream stream = model.chat(thinking)) {
                assertTrue(stream.collect().usage().reasoningTokens() > 0);
            }
        }
    }

    private static OutputParser.Parsed parsed(CallStyle style, String output) {
        List<Integer> ids = new ArrayList<>();
        String[] pieces = output.split("(?=<)|(?<=>)");
        for (String piece : pieces) {
            if (TOKENIZER.special(piece).isPresent()) {
                ids.add(TOKENIZER.special(piece).getAsInt());
            } else {
                for (byte b : piece.getBytes(StandardCharsets.UTF_8)) {
                    ids.add(1 + (b & 0xFF));
                }
            }
        }
        var parser =
                new OutputParser(
                        TOKENIZER,
                        TemplateRules.CallFormat.NAME_ARGUMENTS,
                        style,
                        TEMPLATE.thinking(),
                        List.of(),
                        false);
        return parser.parse(ids.stream().mapToInt(Integer::intValue).toArray());
    }

    @Test
    void thinking_and_calls_are_told_apart_in_the_output() {
        OutputParser.Parsed parsed =
                parsed(
                        CallStyle.TAGS,
                        "<think>\nhm\n</think>\n\nLet me.\n<tool_call>\n{\"name\": \"f\","
                                + " \"arguments\": {\"a\": 1}}\n</tool_call>\n<tool_call>{\"name\":"
                                + " \"g\"}</tool_call>\n");
        assertEquals(
                List.of(new Chunk.ThinkChunk("\nhm\n", true), new Chunk.TextChunk("Let me.")),
                parsed.content());
        assertEquals(
                List.of(
                        new ToolCall(Optional.empty(), "f", "{\"a\": 1}"),
                        new ToolCall(Optional.empty(), "g", "{}")),
                parsed.calls());
        assertEquals(Optional.empty(), parsed.malformed());
    }

    @Test
    void a_call_that_is_none_stays_in_the_answer() {
        OutputParser.Parsed parsed = parsed(CallStyle.TAGS, "<tool_call>oops</tool_call>");
        assertEquals(List.of(new Chunk.TextChunk("<tool_call>oops</tool_call>")), parsed.content());
        assertTrue(parsed.malformed().isPresent());
    }

    @Test
    void calls_without_tokens_for_their_marks_are_found_in_text() {
        OutputParser.Parsed deepSeek =
                parsed(
                        CallStyle.DEEPSEEK,
                        """
                        Ok<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f
                        ```json
                        {"a": 1}
                        ```<｜tool▁call▁end｜><｜tool▁call▁begin｜>g<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>""");
        assertEquals(
                List.of(
                        new ToolCall(Optional.empty(), "f", "{\"a\": 1}"),
                        new ToolCall(Optional.empty(), "g", "{}")),
                deepSeek.calls());
        assertEquals(List.of(new Chunk.TextChunk("Ok")), deepSeek.content());
        OutputParser.Parsed bare =
                parsed(CallStyle.BARE_JSON, " {\"name\": \"f\", \"parameters\": {\"a\": [1]}}");
        assertEquals(List.of(new ToolCall(Optional.empty(), "f", "{\"a\": [1]}")), bare.calls());
        assertEquals(
                List.of(new Chunk.TextChunk("A {brace}\n")),
                parsed(CallStyle.BARE_JSON, "A {brace}\n").content());
        assertEquals(
                List.of(new Chunk.TextChunk("{not json")),
                parsed(CallStyle.BARE_JSON, "{not json").content());
    }
}
