package dev.tramontane.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.Control;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Limits;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ResponseFormat;
import dev.tramontane.chat.Thinking;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.ToolChoice;
import dev.tramontane.chat.ToolSpec;
import dev.tramontane.chat.ToolUse;
import dev.tramontane.sampling.Dry;
import dev.tramontane.sampling.LogitBias;
import dev.tramontane.sampling.Penalties;
import dev.tramontane.sampling.Repetition;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.SequenceBreakers;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class RequestWriterTest {
    private static final ChatRequest HELLO = ChatRequest.of("Hello?");
    private static final SamplingParams PLAIN = new SamplingParams(0.7f, 0, 0.95f, 0, 42, 4096, -1);

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static String write(ChatRequest request, Dialect dialect) {
        return RequestWriter.write(request, "m", dialect).toString();
    }

    /// What a request says beside the plain one.
    private static String beside(ChatRequest request, Dialect dialect) {
        return write(request, dialect)
                .replace(
                        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello?\"}]",
                        "{")
                .replace("{,", "{");
    }

    private static String refusal(ChatRequest request, Dialect dialect) {
        return assertThrows(InvalidRequestException.class, () -> write(request, dialect))
                .parameter();
    }

    /// A turn of everything that a conversation can hold.
    private static ChatRequest conversation(List<Chunk> answer) {
        return ChatRequest.of(
                List.of(
                        new Message.SystemMessage("Be brief."),
                        new Message.UserMessage(
                                List.of(
                                        new Chunk.TextChunk("What is it?"),
                                        new Chunk.ImageChunk(
                                                URI.create("data:image/png;base64,AA==")))),
                        new Message.AssistantMessage(
                                answer,
                                List.of(new ToolCall(Optional.of("call_1"), "look", "{\"at\": 1}")),
                                false),
                        new Message.ToolMessage(
                                List.of(new Chunk.TextChunk("a cat")),
                                Optional.of("call_1"),
                                Optional.of("look"))));
    }

    private static final List<Chunk> THOUGHT =
            List.of(new Chunk.ThinkChunk("I should look.", true));

    private static String messages(String answer) {
        return "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},"
                + "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"What is it?\"},"
                + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AA==\"}}]},"
                + "{\"role\":\"assistant\","
                + answer
                + ",\"tool_calls\":[{\"id\":\"call_1\",\"type\":\"function\",\"function\":"
                + "{\"name\":\"look\",\"arguments\":\"{\\\"at\\\": 1}\"}}]},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"call_1\",\"name\":\"look\",\"content\":\"a cat\"}]}";
    }

    @Test
    void a_conversation_is_written_as_the_dialect_has_it() {
        assertEquals(messages("\"content\":null"), write(conversation(THOUGHT), Dialect.OPENAI));
        assertEquals(
                messages(
                        "\"content\":[{\"type\":\"thinking\",\"thinking\":"
                                + "[{\"type\":\"text\",\"text\":\"I should look.\"}]}]"),
                write(conversation(THOUGHT), Dialect.MISTRAL));
        assertEquals(
                messages(
                        "\"reasoning_content\":\"I should look.\",\"reasoning\":\"I should look.\","
                                + "\"content\":null"),
                write(conversation(THOUGHT), Dialect.OPEN));
    }

    @Test
    void unfinished_thinking_says_so_to_mistral() {
        assertTrue(
                write(conversation(List.of(new Chunk.ThinkChunk("Well", false))), Dialect.MISTRAL)
                        .contains("\"closed\":false"));
    }

    @Test
    void thinking_behind_text_is_refused_where_the_order_would_be_lost() {
        List<Chunk> mixed = List.of(new Chunk.TextChunk("a"), new Chunk.ThinkChunk("b", true));
        assertEquals("messages[2].content", refusal(conversation(mixed), Dialect.OPEN));
        assertTrue(write(conversation(mixed), Dialect.MISTRAL).contains("\"text\":\"b\""));
    }

    @Test
    void a_call_without_an_id_is_refused_since_servers_match_by_it() {
        ChatRequest call =
                ChatRequest.of(
                        List.of(
                                new Message.AssistantMessage(
                                        List.of(),
                                        List.of(new ToolCall(Optional.empty(), "f", "{}")),
                                        false)));
        assertEquals("messages[0].tool_calls[0].id", refusal(call, Dialect.OPEN));
        ChatRequest result =
                ChatRequest.of(
                        List.of(
                                new Message.ToolMessage(
                                        List.of(), Optional.empty(), Optional.empty())));
        assertEquals("messages[0].tool_call_id", refusal(result, Dialect.OPEN));
    }

    @Test
    void an_image_that_only_this_machine_can_open_is_refused() {
        ChatRequest local =
                ChatRequest.of(
                        List.of(
                                new Message.UserMessage(
                                        List.of(
                                                new Chunk.ImageChunk(
                                                        URI.create("file:///secret.png"))))));
        assertEquals("messages[0].content[0]", refusal(local, Dialect.OPEN));
    }

    @Test
    void a_beginning_is_continued_where_the_dialect_can() {
        ChatRequest begun =
                ChatRequest.of(
                        List.of(
                                new Message.AssistantMessage(
                                        List.of(new Chunk.TextChunk("Sure")), List.of(), true)));
        assertEquals("messages[0].prefix", refusal(begun, Dialect.OPENAI));
        assertTrue(write(begun, Dialect.MISTRAL).contains("\"prefix\":true"));
        assertTrue(
                write(begun, Dialect.OPEN)
                        .contains(
                                "\"continue_final_message\":true,\"add_generation_prompt\":false"));
    }

    @Test
    void sampling_is_written_as_the_dialect_has_it() {
        ChatRequest request = HELLO.withSampling(PLAIN);
        assertEquals(
                "{\"temperature\":0.7,\"top_p\":0.95,\"seed\":42,\"max_completion_tokens\":4096}",
                beside(request, Dialect.OPENAI));
        assertEquals(
                "{\"temperature\":0.7,\"top_p\":0.95,\"random_seed\":42,\"max_tokens\":4096}",
                beside(request, Dialect.MISTRAL));
        assertEquals(
                "{\"temperature\":0.7,\"top_p\":0.95,\"seed\":42,\"top_k\":-1,\"min_p\":0.0,\"max_tokens\":4096}",
                beside(request, Dialect.OPEN));
        assertEquals("{}", beside(HELLO, Dialect.OPENAI), "nothing is asked for by itself");
    }

    @Test
    void samplers_of_open_models_are_refused_by_the_hosted_dialects() {
        var full =
                new SamplingParams(
                        new Penalties(
                                new LogitBias(Map.of(3, -100f)),
                                new Repetition(1.5f, 0.25f, -0.5f, 128),
                                new Dry(0.5f, 1.75f, 2, -1, SequenceBreakers.NONE)),
                        1,
                        20,
                        0.5f,
                        1,
                        0.125f,
                        0,
                        Integer.MAX_VALUE,
                        -1);
        assertEquals(
                "{\"temperature\":1.0,\"top_p\":1.0,\"seed\":0,\"frequency_penalty\":0.25,\"presence_penalty\":-0.5,"
                        + "\"logit_bias\":{\"3\":-100.0},\"top_k\":20,\"min_p\":0.125,\"typical_p\":0.5,"
                        + "\"repeat_penalty\":1.5,\"repetition_penalty\":1.5,\"repeat_last_n\":128,"
                        + "\"dry_multiplier\":0.5,\"dry_base\":1.75,\"dry_allowed_length\":2,"
                        + "\"dry_penalty_last_n\":-1}",
                beside(HELLO.withSampling(full), Dialect.OPEN));
        assertEquals("logit_bias", refusal(HELLO.withSampling(full), Dialect.MISTRAL));
        assertEquals("top_k", refusal(HELLO.withSampling(full), Dialect.OPENAI));
        assertEquals(
                "min_p",
                refusal(
                        HELLO.withSampling(new SamplingParams(1, 0, 1, 0.1f, 0, 1, -1)),
                        Dialect.MISTRAL));
    }

    @Test
    void the_share_of_top_p_means_nothing_to_the_likeliest_token() {
        var greedy = new SamplingParams(0, 0, 0.95f, 0, 0, 8, -1);
        assertEquals(
                "{\"temperature\":0.0,\"random_seed\":0,\"max_tokens\":8}",
                beside(HELLO.withSampling(greedy), Dialect.MISTRAL));
    }

    @Test
    void what_a_caller_left_open_is_left_to_the_server() {
        SamplingParams open = UpstreamModel.SERVERS_SAMPLING.withSeed(5);
        for (Dialect dialect : List.of(Dialect.OPENAI, Dialect.OPEN)) {
            assertEquals("{\"seed\":5}", beside(HELLO.withSampling(open), dialect));
        }
        var hot = new SamplingParams(1, open.topK(), 1, open.minP(), 5, open.maxTokens(), -1);
        assertEquals(
                "{\"temperature\":1.0,\"top_p\":1.0,\"seed\":5}",
                beside(HELLO.withSampling(hot), Dialect.OPEN),
                "said, since the server's default may be another");
    }

    @Test
    void log_probabilities_are_asked_for_where_there_is_a_field() {
        ChatRequest request = HELLO.withSampling(UpstreamModel.SERVERS_SAMPLING.withTopLogprobs(2));
        assertEquals(
                "{\"seed\":0,\"logprobs\":true,\"top_logprobs\":2}",
                beside(request, Dialect.OPENAI));
        assertEquals("logprobs", refusal(request, Dialect.MISTRAL));
        ChatRequest alone = HELLO.withSampling(UpstreamModel.SERVERS_SAMPLING.withTopLogprobs(0));
        assertEquals(
                "{\"seed\":0,\"logprobs\":true,\"top_logprobs\":0}", beside(alone, Dialect.OPENAI));
        assertEquals(
                "{\"seed\":0,\"logprobs\":true,\"top_logprobs\":1}", beside(alone, Dialect.OPEN));
    }

    @Test
    void long_seeds_are_folded_and_stay_different() {
        assertEquals(42, RequestWriter.folded(42));
        assertEquals(Integer.MAX_VALUE, RequestWriter.folded(Integer.MAX_VALUE));
        assertEquals(1, RequestWriter.folded(1L << 32));
        for (long seed : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 31, -7}) {
            assertTrue(RequestWriter.folded(seed) >= 0);
        }
        assertEquals(
                1000,
                java.util.stream.LongStream.range(0, 1000)
                        .map(i -> i * 0x9E3779B97F4A7C15L)
                        .mapToInt(RequestWriter::folded)
                        .distinct()
                        .count());
    }

    @Test
    void thinking_is_asked_for_as_the_dialect_has_it() {
        ChatRequest off = HELLO.withThinking(new Thinking.Off());
        assertEquals("{\"reasoning_effort\":\"none\"}", beside(off, Dialect.OPENAI));
        assertEquals("{\"reasoning_effort\":\"none\"}", beside(off, Dialect.MISTRAL));
        assertEquals(
                "{\"chat_template_kwargs\":{\"enable_thinking\":false}}",
                beside(off, Dialect.OPEN));
        ChatRequest low = HELLO.withThinking(new Thinking.Effort(Thinking.Level.LOW));
        assertEquals("{\"reasoning_effort\":\"low\"}", beside(low, Dialect.OPENAI));
        assertEquals("reasoning_effort low", refusal(low, Dialect.MISTRAL));
        ChatRequest high = HELLO.withThinking(new Thinking.Effort(Thinking.Level.HIGH));
        assertEquals("{\"reasoning_effort\":\"high\"}", beside(high, Dialect.MISTRAL));
        ChatRequest budget = HELLO.withThinking(new Thinking.Budget(500));
        assertEquals(
                "{\"thinking_budget\":500,\"thinking_budget_tokens\":500,\"thinking_token_budget\":500}",
                beside(budget, Dialect.OPEN));
        assertEquals("thinking_budget", refusal(budget, Dialect.OPENAI));
        assertEquals("thinking_budget", refusal(budget, Dialect.MISTRAL));
    }

    @Test
    void no_default_prompt_is_null_and_not_absent() {
        ChatRequest bare = HELLO.withDefaultSystemPrompt(false);
        assertEquals("{\"prompt_mode\":null}", beside(bare, Dialect.MISTRAL));
        assertEquals("{\"prompt_mode\":null}", beside(bare, Dialect.OPEN));
        assertEquals("{}", beside(bare, Dialect.OPENAI));
    }

    @Test
    void ceilings_hold_or_are_refused() {
        Control ceilings =
                Control.STANDARD.withLimits(
                        Limits.NONE.withTotalTokens(100).withThinkingTokens(50));
        ChatRequest request = HELLO.withControl(ceilings).withSampling(PLAIN);
        assertTrue(write(request, Dialect.OPEN).contains("\"max_tokens\":100"));
        assertTrue(write(request, Dialect.OPEN).contains("\"thinking_budget\":50"));
        assertTrue(
                write(request.withThinking(new Thinking.Budget(70)), Dialect.OPEN)
                        .contains("\"thinking_budget\":50"));
        assertEquals("thinking_budget", refusal(request, Dialect.OPENAI));
        ChatRequest answer =
                HELLO.withControl(Control.STANDARD.withLimits(Limits.NONE.withAnswerTokens(10)));
        assertEquals("control.limits.answerTokens", refusal(answer, Dialect.OPEN));
    }

    @ParameterizedTest
    @EnumSource
    void tools_are_the_same_in_every_dialect(Dialect dialect) {
        ChatRequest tools =
                HELLO.withTools(
                        List.of(
                                new ToolSpec("now", "", object()),
                                new ToolSpec(
                                        "add", "Adds.", object().put("type", "object"), true)));
        String plain =
                "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"now\",\"parameters\":{}}},"
                        + "{\"type\":\"function\",\"function\":{\"name\":\"add\",\"description\":\"Adds.\","
                        + "\"parameters\":{\"type\":\"object\"},\"strict\":true}}]";
        assertEquals("{" + plain + "}", beside(tools, dialect));
        var choices =
                Map.of(
                        new ToolChoice.None(), "\"none\"",
                        new ToolChoice.Required(), "\"required\"",
                        new ToolChoice.Named("add"),
                                "{\"type\":\"function\",\"function\":{\"name\":\"add\"}}");
        choices.forEach(
                (choice, json) ->
                        assertEquals(
                                "{" + plain + ",\"tool_choice\":" + json + "}",
                                beside(
                                        tools.withToolUse(ToolUse.FREE.withChoice(choice)),
                                        dialect)));
        assertEquals(
                "{" + plain + ",\"parallel_tool_calls\":false}",
                beside(tools.withToolUse(ToolUse.FREE.withParallel(false)), dialect));
    }

    @Test
    void forms_of_answers_are_written_or_refused() {
        ChatRequest json = HELLO.withFormat(new ResponseFormat.JsonObject());
        assertEquals(
                "{\"response_format\":{\"type\":\"json_object\"}}", beside(json, Dialect.OPENAI));
        ChatRequest schema =
                HELLO.withFormat(new ResponseFormat.JsonSchema(object().put("type", "number")));
        assertEquals(
                "{\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"answer\","
                        + "\"strict\":true,\"schema\":{\"type\":\"number\"}}}}",
                beside(schema, Dialect.MISTRAL));
        ChatRequest regex = HELLO.withFormat(new ResponseFormat.Regex("a+"));
        assertEquals("{\"structured_outputs\":{\"regex\":\"a+\"}}", beside(regex, Dialect.OPEN));
        assertEquals("response_format", refusal(regex, Dialect.OPENAI));
        ChatRequest choice = HELLO.withFormat(new ResponseFormat.Choice(List.of("a", "b")));
        assertEquals(
                "{\"structured_outputs\":{\"choice\":[\"a\",\"b\"]}}",
                beside(choice, Dialect.OPEN));
        ChatRequest grammar = HELLO.withFormat(new ResponseFormat.Grammar("root ::= \"a\""));
        assertEquals(
                "{\"structured_outputs\":{\"grammar\":\"root ::= \\\"a\\\"\"},"
                        + "\"grammar\":\"root ::= \\\"a\\\"\"}",
                beside(grammar, Dialect.OPEN));
        ChatRequest stop = HELLO.withStop(List.of("\n\n", "END"));
        assertEquals("{\"stop\":[\"\\n\\n\",\"END\"]}", beside(stop, Dialect.OPEN));
    }
}
