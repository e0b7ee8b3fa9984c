package dev.tramontane.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ResponseFormat;
import dev.tramontane.chat.Thinking;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.ToolChoice;
import dev.tramontane.chat.ToolSpec;
import dev.tramontane.chat.ToolUse;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.Dry;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.LogitBias;
import dev.tramontane.sampling.Penalties;
import dev.tramontane.sampling.Repetition;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.SequenceBreakers;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

class ChatCompletionsTest {
    private static final SamplingParams DEFAULTS =
            new SamplingParams(0.7f, 0, 0.95f, 0, 0, 1000, -1);

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static ChatCompletions.Request read(String fields) throws IOException {
        String comma = fields.isEmpty() ? "" : ",";
        JsonNode json =
                UpstreamRequests.parse(
                        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]"
                                + comma
                                + fields
                                + "}");
        return ChatCompletions.readRequest(json, DEFAULTS);
    }

    /// Requests that have everything between them.
    static Stream<ChatRequest> requests() {
        ChatRequest hi = ChatRequest.of("Hi").withSampling(DEFAULTS);
        var penalties =
                new Penalties(
                        new LogitBias(Map.of(3, -100f, 70000, 1.5f)),
                        new Repetition(1.5f, 0.25f, -0.5f, 128),
                        new Dry(0.5f, 2, 3, 64, SequenceBreakers.NONE));
        var tools =
                List.of(
                        new ToolSpec("now", "", object()),
                        new ToolSpec("add", "Adds.", object().put("type", "object"), true));
        List<Message> conversation =
                List.of(
                        new Message.SystemMessage("Be brief."),
                        new Message.UserMessage(
                                List.of(
                                        new Chunk.TextChunk("What is it?"),
                                        new Chunk.ImageChunk(
                                                URI.create("data:image/png;base64,A")))),
                        new Message.AssistantMessage(
                                List.of(
                                        new Chunk.ThinkChunk("Hm.", true),
                                        new Chunk.TextChunk("One moment.")),
                                List.of(new ToolCall(Optional.of("c1"), "add", "{\"a\": 1}")),
                                false),
                        new Message.ToolMessage(
                                List.of(new Chunk.TextChunk("2")),
                                Optional.of("c1"),
                                Optional.of("add")));
        return Stream.of(
                hi,
                hi.withSampling(
                        new SamplingParams(penalties, 1.25f, 40, 0.5f, 0.75f, 0.0625f, 7, 99, -1)),
                hi.withMessages(conversation).withTools(tools),
                hi.withTools(tools).withToolUse(new ToolUse(new ToolChoice.Named("add"), false)),
                hi.withTools(tools).withToolUse(ToolUse.FREE.withChoice(new ToolChoice.Required())),
                hi.withTools(tools).withToolUse(ToolUse.FREE.withChoice(new ToolChoice.None())),
                hi.withThinking(new Thinking.Off()),
                hi.withThinking(new Thinking.Budget(500)),
                hi.withThinking(new Thinking.Effort(Thinking.Level.MEDIUM)),
                hi.withDefaultSystemPrompt(false).withStop(List.of("a", "\n")),
                hi.withFormat(new ResponseFormat.JsonObject()),
                hi.withFormat(new ResponseFormat.JsonSchema(object().put("type", "number"))),
                hi.withFormat(new ResponseFormat.Regex("a+")),
                hi.withFormat(new ResponseFormat.Choice(List.of("yes", "no"))),
                hi.withFormat(new ResponseFormat.Grammar("root ::= \"a\"")),
                hi.withMessages(
                        List.of(
                                new Message.UserMessage("Go on"),
                                new Message.AssistantMessage(
                                        List.of(new Chunk.TextChunk("Sure")), List.of(), true))));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void what_a_client_writes_a_server_reads_as_it_was(ChatRequest request) {
        ObjectNode written = ChatCompletions.writeRequest(request, "m", Dialect.OPEN);
        assertEquals(request, ChatCompletions.readRequest(written, DEFAULTS).chat());
    }

    @Test
    void a_choice_among_some_tools_leaves_the_others_out() throws IOException {
        ChatRequest chat =
                read("""
                                "tools": [{"type": "function", "function": {"name": "f"}},
                                          {"type": "function", "function": {"name": "g"}}],
                                "tool_choice": {"type": "allowed_tools", "allowed_tools":
                                  {"mode": "required", "tools": [{"type": "function", "function": {"name": "g"}}]}}
                                """)
                        .chat();
        assertEquals(List.of("g"), chat.tools().stream().map(ToolSpec::name).toList());
        assertEquals(new ToolChoice.Required(), chat.toolUse().choice());
    }

    @Test
    void minus_one_is_any_seed_and_no_limit() throws IOException {
        assertEquals(read("").chat(), read("\"seed\":-1,\"max_tokens\":-1").chat());
        assertEquals(
                read("\"max_tokens\":9").chat(),
                read("\"max_tokens\":9,\"max_completion_tokens\":-1").chat());
    }

    @Test
    void mistrals_words_are_read_too() throws IOException {
        ChatCompletions.Request request =
                ChatCompletions.readRequest(
                        UpstreamRequests.parse(
                                """
                                {"model": "magistral-small-latest", "random_seed": 5, "max_tokens": 9, "prompt_mode": null,
                                 "tool_choice": "any", "tools": [{"type": "function", "function": {"name": "f"}}],
                                 "messages": [
                                  {"role": "developer", "content": [{"type": "text", "text": "a"}]},
                                  {"role": "user", "content": [{"type": "image_url", "image_url": "data:,x"}]},
                                  {"role": "assistant", "content": [
                                    {"type": "thinking", "thinking": [{"type": "text", "text": "b"}, {"type": "text", "text": "c"}], "closed": false},
                                    {"type": "thinking", "thinking": "d"}],
                                   "tool_calls": [{"id": "123456789", "function": {"name": "f", "arguments": {"x": 1}}}]},
                                  {"role": "tool", "tool_call_id": "123456789", "content": null}]}
                                """),
                        DEFAULTS);
        ChatRequest chat = request.chat();
        assertEquals("magistral-small-latest", request.model());
        assertEquals(
                List.of(
                        new Message.SystemMessage("a"),
                        new Message.UserMessage(
                                List.of(new Chunk.ImageChunk(URI.create("data:,x")))),
                        new Message.AssistantMessage(
                                List.of(
                                        new Chunk.ThinkChunk("bc", false),
                                        new Chunk.ThinkChunk("d", true)),
                                List.of(new ToolCall(Optional.of("123456789"), "f", "{\"x\":1}")),
                                false),
                        new Message.ToolMessage(
                                List.of(), Optional.of("123456789"), Optional.empty())),
                chat.messages());
        assertEquals(new ToolChoice.Required(), chat.toolUse().choice());
        assertEquals(List.of(new ToolSpec("f", "", object())), chat.tools());
        assertFalse(chat.defaultSystemPrompt());
        assertEquals(DEFAULTS.withSeed(5).withMaxTokens(9), chat.sampling().orElseThrow());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                " | ModelDefault[]",
                "\"reasoning_effort\":\"none\" | Off[]",
                "\"reasoning_effort\":\"minimal\" | Effort[level=LOW]",
                "\"reasoning\":{\"effort\":\"xhigh\"} | Effort[level=HIGH]",
                "\"thinking\":{\"type\":\"disabled\"} | Off[]",
                "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":7} | Budget[tokens=7]",
                "\"chat_template_kwargs\":{\"enable_thinking\":false} | Off[]",
                "\"thinking_budget\":-1 | ModelDefault[]",
                "\"reasoning_budget\":0,\"reasoning_effort\":\"high\" | Budget[tokens=0]",
            })
    void thinking_is_asked_for_in_many_ways(String fields, String expected) throws IOException {
        assertEquals(expected, read(fields == null ? "" : fields).chat().thinking().toString());
    }

    @Test
    void the_absent_prompt_mode_is_not_null() throws IOException {
        assertTrue(read("").chat().defaultSystemPrompt());
        assertTrue(read("\"prompt_mode\":\"reasoning\"").chat().defaultSystemPrompt());
        assertFalse(read("\"prompt_mode\":null").chat().defaultSystemPrompt());
    }

    @Test
    void streaming_and_the_form_of_thinking_are_the_requests_own() throws IOException {
        var plain = read("");
        assertFalse(plain.stream() || plain.usageApart() || plain.progress());
        assertEquals(Optional.empty(), plain.format());
        var full =
                read(
                        "\"stream\":true,\"stream_options\":{\"include_usage\":true},"
                                + "\"return_progress\":true,\"reasoning_format\":\"deepseek\"");
        assertTrue(full.stream() && full.usageApart() && full.progress());
        assertEquals(Optional.of(ReasoningFormat.SEPARATE), full.format());
        assertEquals(
                Optional.of(ReasoningFormat.HIDDEN), read("\"include_reasoning\":false").format());
    }

    /// Every numeric field, with what no number may be.
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "temperature,-0.1,2.1",
        "top_p,0,1.1",
        "min_p,-1,1",
        "typical_p,0,2",
        "top_k,-2,3000000000",
        "max_tokens,0,3000000000",
        "max_completion_tokens,-2,1.5",
        "n,0,9",
        "votes,0,65",
        "top_logprobs,-1,21",
        "frequency_penalty,-3,3",
        "presence_penalty,-3,3",
        "repeat_penalty,0,11",
        "repetition_penalty,0,11",
        "repeat_last_n,-2,0.5",
        "dry_multiplier,-1,101",
        "dry_base,0,101",
        "dry_allowed_length,0,1e10",
        "dry_penalty_last_n,-2,0.5",
        "seed,0.5,1e30",
        "random_seed,0.5,99999999999999999999",
        "thinking_budget,-2,1e10"
    })
    void a_number_outside_its_range_is_refused_by_name(String field, String low, String high)
            throws IOException {
        for (String value : List.of(low, high, "\"1\"", "true", "[]", "{}", "1e999", "-1e999")) {
            var refused =
                    assertThrows(
                            InvalidRequestException.class,
                            () -> read("\"" + field + "\":" + value),
                            value);
            assertEquals(field, refused.parameter());
        }
        assertEquals(read("").chat(), read("\"" + field + "\":null").chat(), "null is absent");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"messages\":[] | messages",
                "\"messages\":7 | messages",
                "\"messages\":[7] | messages[0]",
                "\"messages\":[{\"content\":\"a\"}] | messages[0].role",
                "\"messages\":[{\"role\":\"king\"}] | messages[0].role",
                "\"messages\":[{\"role\":\"user\",\"content\":7}] | messages[0].content",
                "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_audio\"}]}] | messages[0].content[0].type",
                "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"a b\"}}]}] | messages[0].content[0].image_url.url",
                "\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{}]}] | messages[0].tool_calls[0].function",
                "\"continue_final_message\":true | continue_final_message",
                "\"messages\":[{\"role\":\"assistant\",\"content\":\"a\"}],\"continue_final_message\":true,\"add_generation_prompt\":true | add_generation_prompt",
                "\"tools\":[{\"type\":\"web_search\"}] | tools[0].type",
                "\"tools\":[{\"function\":{\"name\":1}}] | tools[0].function.name",
                "\"tool_choice\":\"maybe\" | tool_choice",
                "\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[{\"function\":{\"name\":\"g\"}}]}} | tool_choice.allowed_tools.tools[0].function.name",
                "\"max_tokens\":0 | max_tokens",
                "\"stop\":[1] | stop",
                "\"stream\":\"yes\" | stream",
                "\"reasoning_effort\":\"huge\" | reasoning_effort",
                "\"reasoning_format\":\"x\" | reasoning_format",
                "\"prompt_mode\":\"x\" | prompt_mode",
                "\"response_format\":{\"type\":\"xml\"} | response_format.type",
                "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{}} | response_format.json_schema.schema",
                "\"logit_bias\":{\"a\":1} | logit_bias.a",
                "\"logit_bias\":{\"1\":101} | logit_bias.1",
            })
    void what_means_nothing_is_refused_with_its_path(String fields, String path) {
        var refused = assertThrows(InvalidRequestException.class, () -> read(fields));
        assertEquals(path, refused.parameter());
    }

    @Test
    void unknown_fields_are_passed_over() throws IOException {
        assertEquals(read("").chat(), read("\"metadata\":{},\"x\":[1],\"user\":\"u\"").chat());
    }

    private static final List<ChatEvent> EVENTS =
            List.of(
                    new ChatEvent.Progress(0, 3, 7, 2),
                    new ChatEvent.Thinking("Two"),
                    new ChatEvent.Thinking(", three."),
                    new ChatEvent.Text("Th"),
                    new ChatEvent.Text("ree."),
                    new ChatEvent.ToolCalled(new ToolCall(Optional.of("c1"), "f", "{\"a\":1}")),
                    new ChatEvent.ToolCalled(new ToolCall(Optional.of("c2"), "g", "{}")),
                    new ChatEvent.Finished(
                            FinishReason.TOOL_CALLS,
                            new Usage(7, 2, 9, 5, List.of(), false, Usage.Repetition.NONE)));

    private static List<ObjectNode> chunks(
            List<ChatEvent> events, ReasoningFormat format, boolean usageApart) {
        var writer = new AnswerWriter(new AnswerWriter.Head("c", 1, "m"), format, usageApart);
        return events.stream().flatMap(event -> writer.chunks(event).stream()).toList();
    }

    private static List<String> readBack(List<ObjectNode> chunks) throws IOException {
        var answer = new AnswerReader(false);
        List<ChatEvent> events = new ArrayList<>();
        for (ObjectNode chunk : chunks) {
            events.addAll(answer.accept(chunk));
        }
        events.addAll(answer.end());
        return Events.lines(events);
    }

    @ParameterizedTest
    @EnumSource
    void what_a_server_streams_a_client_reads_as_it_was(ReasoningFormat format) throws IOException {
        List<String> expected =
                Events.lines(EVENTS).stream()
                        .filter(
                                line ->
                                        format != ReasoningFormat.HIDDEN
                                                || !line.startsWith("thinking"))
                        .toList();
        assertEquals(expected, readBack(chunks(EVENTS, format, false)));
        assertEquals(expected, readBack(chunks(EVENTS, format, true)));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "text a, thinking b, text c | a<think>b</think>##c",
                "thinking a, text b, thinking c, text d | <think>a</think>##b<think>c</think>##d",
                "thinking a, text b, thinking c | <think>a</think>##b<think>c</think>##",
                "text a | a"
            })
    void merged_thinking_is_marked_wherever_it_stands(String told, String expected) {
        List<ChatEvent> events = new ArrayList<>();
        for (String each : told.split(", ")) {
            String text = each.substring(each.indexOf(' ') + 1);
            boolean thinks = each.startsWith("thinking ");
            events.add(thinks ? new ChatEvent.Thinking(text) : new ChatEvent.Text(text));
        }
        var whole = new Usage(7, 2, 9, 5, List.of(), false, Usage.Repetition.NONE);
        events.add(new ChatEvent.Finished(FinishReason.STOP, whole));
        String content =
                chunks(events, ReasoningFormat.MERGED, false).stream()
                        .map(chunk -> chunk.at("/choices/0/delta/content").asString(""))
                        .collect(Collectors.joining());
        assertEquals(expected, content.replace("\n", "#"));
    }

    @ParameterizedTest
    @EnumSource
    void thinking_without_an_end_stays_unfinished(ReasoningFormat format) throws IOException {
        var cut = new Usage(7, 2, 9, 9, List.of(), true, Usage.Repetition.NONE);
        List<ChatEvent> events =
                List.of(
                        new ChatEvent.Thinking("Two"),
                        new ChatEvent.Finished(FinishReason.LENGTH, cut));
        String last = readBack(chunks(events, format, false)).getLast();
        assertEquals(format != ReasoningFormat.HIDDEN, last.endsWith(" unfinished"), last);
    }

    @Test
    void chunks_are_as_both_families_of_clients_want_them() {
        List<ObjectNode> chunks = chunks(EVENTS, ReasoningFormat.MISTRAL, false);
        for (ObjectNode chunk : chunks) {
            assertTrue(chunk.path("choices").path(0).has("finish_reason"), "on every chunk");
        }
        assertEquals(
                "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":"
                        + "[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}",
                chunks.getFirst().toString());
        List<String> deltas =
                chunks.stream()
                        .map(chunk -> chunk.path("choices").path(0).path("delta").toString())
                        .toList();
        assertEquals(
                List.of(
                        "{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"Two\"}]}]}",
                        "{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\", three.\"}]}]}",
                        "{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"\"}],\"closed\":true},"
                                + "{\"type\":\"text\",\"text\":\"Th\"}]}",
                        "{\"content\":\"ree.\"}",
                        "{\"content\":\"\",\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"type\":\"function\",\"function\":"
                                + "{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}},"
                                + "{\"index\":1,\"id\":\"c2\",\"type\":\"function\",\"function\":"
                                + "{\"name\":\"g\",\"arguments\":\"{}\"}}]}"),
                deltas.subList(2, deltas.size()));
        List<String> separate =
                chunks(EVENTS, ReasoningFormat.SEPARATE, false).stream()
                        .map(chunk -> chunk.path("choices").path(0).path("delta"))
                        .filter(delta -> delta.has("tool_calls"))
                        .map(delta -> delta.path("tool_calls").path(0).path("id").stringValue())
                        .toList();
        assertEquals(List.of("c1", "c2"), separate, "as soon as each is there");
        ObjectNode apart = chunks(EVENTS, ReasoningFormat.SEPARATE, true).getLast();
        assertEquals("[]", apart.path("choices").toString());
        assertEquals(
                "{\"prompt_tokens\":7,\"completion_tokens\":9,\"total_tokens\":16,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":2},"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":5}}",
                apart.path("usage").toString());
    }

    @ParameterizedTest
    @EnumSource
    void a_whole_answer_is_read_as_it_was(ReasoningFormat format) throws IOException {
        var usage = new Usage(7, 2, 9, 5, List.of(), false, Usage.Repetition.NONE);
        for (FinishReason why : List.of(FinishReason.STOP, FinishReason.LENGTH)) {
            var answer = new ChatStream.Answer("Two.", "Three.", List.of(), why, usage);
            var writer = new AnswerWriter(new AnswerWriter.Head("c", 1, "m"), format, false);
            List<String> lines = Events.lines(ChatCompletions.readAnswer(writer.whole(answer)));
            List<String> expected = new ArrayList<>();
            if (format != ReasoningFormat.HIDDEN) {
                expected.add("thinking Two.");
            }
            expected.add("text Three.");
            expected.add("finished " + why + " prompt=7 cached=2 completion=9 reasoning=5");
            assertEquals(expected, lines);
        }
    }

    @Test
    void the_stop_text_that_ended_an_answer_is_read_as_it_was() throws IOException {
        var usage = new Usage(7, 9, 0).withStopText(Optional.of("END"));
        var end = new ChatEvent.Finished(FinishReason.STOP, usage);
        var streamed = new AnswerReader(false);
        for (ObjectNode chunk : chunks(List.of(end), ReasoningFormat.SEPARATE, false)) {
            streamed.accept(chunk);
        }
        assertEquals(Optional.of("END"), stopText(streamed.end()));
        var answer = new ChatStream.Answer("", "Three.", List.of(), FinishReason.STOP, usage);
        var head = new AnswerWriter.Head("c", 1, "m");
        var writer = new AnswerWriter(head, ReasoningFormat.SEPARATE, false);
        assertEquals(
                Optional.of("END"), stopText(ChatCompletions.readAnswer(writer.whole(answer))));
    }

    private static Optional<String> stopText(List<ChatEvent> events) {
        return events.getLast() instanceof ChatEvent.Finished(var _, Usage usage)
                ? usage.stopText()
                : Optional.empty();
    }

    @Test
    void counts_that_nobody_told_are_left_out() {
        var usage =
                new Usage(
                        7,
                        0,
                        9,
                        4,
                        List.of(),
                        false,
                        Usage.Repetition.NONE,
                        Set.of(Usage.Count.CACHED, Usage.Count.REASONING));
        assertEquals(
                "{\"prompt_tokens\":7,\"completion_tokens\":9,\"total_tokens\":16}",
                AnswerWriter.usage(usage).toString());
    }

    @Test
    void an_answer_without_its_end_is_none() throws IOException {
        JsonNode json = UpstreamRequests.parse("{\"choices\":[{\"message\":{\"content\":\"a\"}}]}");
        assertThrows(IOException.class, () -> ChatCompletions.readAnswer(json));
    }
}
