package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatStream.Answer;
import dev.tramontane.chat.PythonJson.NotJsonException;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.grammar.Grammar;
import dev.tramontane.sampling.Dry;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.sampling.LogitBias;
import dev.tramontane.sampling.Penalties;
import dev.tramontane.sampling.Repetition;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.tokenizer.SpecialToken;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Forms of answers, with a model of random weights: whatever it wants, the form holds.
class AnswerFormTest {
    private static final Path TINY = ChatVectors.FOLDER.resolve("tiny-text-a");
    private static final EngineOptions OPTIONS =
            EngineOptions.defaults().withContext(1024).withThreads(1);

    private static final JsonNode SCHEMA =
            json(
                    "{\"type\": \"object\", \"properties\": {\"unit\": {\"enum\": [\"km\", \"mi\"]},"
                            + " \"sure\": {\"type\": \"boolean\"}}, \"required\": [\"unit\","
                            + " \"sure\"], \"additionalProperties\": false}");

    private static LocalModel model;
    private static LocalModel spelled;
    private static LocalModel lists;

    @BeforeAll
    static void open() throws IOException {
        model = LocalModel.open(TINY, OPTIONS);
        var text = new LocalModel.Format(Optional.empty(), Optional.of(ThinkingFormat.TEXT));
        spelled = LocalModel.open(TINY, OPTIONS, text);
        var v7 = new LocalModel.Format(Optional.of("v7"), Optional.of(ThinkingFormat.NONE));
        lists = LocalModel.open(TINY, OPTIONS, v7);
    }

    @AfterAll
    static void close() {
        model.close();
        spelled.close();
        lists.close();
    }

    /// Thinking or not, held to a form or not, marked by tokens or in text: eight cases.
    @Test
    void thinking_and_form_do_not_disturb_each_other() throws NotJsonException {
        for (LocalModel one : List.of(model, spelled)) {
            for (boolean thinks : List.of(true, false)) {
                for (ResponseFormat format :
                        List.of(ResponseFormat.TEXT, new ResponseFormat.JsonSchema(SCHEMA))) {
                    String name = one.thinkingFormat().marks() + " " + thinks + " " + format;
                    Answer answer = collected(one, request(thinks, 3).withFormat(format));
                    assertEquals(thinks, !answer.thinking().isEmpty(), name);
                    if (format instanceof ResponseFormat.JsonSchema) {
                        assertFits(answer.text(), name);
                        assertEquals(FinishReason.STOP, answer.why(), name);
                    } else {
                        assertFalse(answer.text().isEmpty(), name);
                    }
                }
            }
        }
    }

    @Test
    void every_seed_gives_a_document_of_the_schema() throws NotJsonException {
        for (int seed = 0; seed < 20; seed++) {
            boolean thinks = seed % 2 == 0;
            Answer answer =
                    collected(
                            model,
                            request(thinks, seed)
                                    .withFormat(new ResponseFormat.JsonSchema(SCHEMA)));
            assertFits(answer.text(), "seed " + seed);
        }
    }

    @Test
    void every_kind_of_form_holds() {
        assertTrue(
                List.of("yes", "no")
                        .contains(
                                answerIn(new ResponseFormat.Choice(List.of("yes", "no"))).text()));
        assertTrue(answerIn(new ResponseFormat.Regex("[A-D]{3}")).text().matches("[A-D]{3}"));
        assertTrue(
                answerIn(new ResponseFormat.Grammar("root ::= \"(\" [0-9] \")\""))
                        .text()
                        .matches("\\([0-9]\\)"));
        assertTrue(answerIn(new ResponseFormat.JsonObject()).text().stripLeading().startsWith("{"));
    }

    private static Answer answerIn(ResponseFormat format) {
        return collected(model, request(false, 1).withFormat(format));
    }

    @Test
    void equal_schemas_that_order_their_properties_otherwise_have_a_grammar_each() {
        JsonNode turned =
                json(
                        "{\"type\": \"object\", \"properties\": {\"sure\": {\"type\": \"boolean\"},"
                                + " \"unit\": {\"enum\": [\"km\", \"mi\"]}}, \"required\": [\"unit\","
                                + " \"sure\"], \"additionalProperties\": false}");
        assertEquals(SCHEMA, turned);
        String arguments = "{\"unit\": \"km\", \"sure\": true}";
        String others = "{\"sure\": true, \"unit\": \"km\"}";
        var grammars = new CompiledGrammars(model.tokenizer());
        Grammar one = grammars.of(new ResponseFormat.JsonSchema(SCHEMA), "schema");
        Grammar other = grammars.of(new ResponseFormat.JsonSchema(turned), "schema");
        assertTrue(one.matches(arguments) && !one.matches(others));
        assertTrue(other.matches(others) && !other.matches(arguments));
        assertSame(one, grammars.of(new ResponseFormat.JsonSchema(SCHEMA), "schema"));
        Grammar calls = grammars.of(list(SCHEMA));
        assertTrue(calls.matches("[{\"name\": \"f\", \"arguments\": " + arguments + "}]"));
        assertTrue(
                grammars.of(list(turned))
                        .matches("[{\"name\": \"f\", \"arguments\": " + others + "}]"));
        assertSame(calls, grammars.of(list(SCHEMA)));
    }

    private static CallList list(JsonNode schema) {
        var tool = new ToolSpec("f", "", schema, true);
        return new CallList(List.of(new CallList.Offered(0, tool)), true);
    }

    @Test
    void a_form_that_cannot_be_compiled_is_the_requests_fault() {
        InvalidRequestException refused =
                assertThrows(
                        InvalidRequestException.class,
                        () -> answerIn(new ResponseFormat.Regex("(")));
        assertEquals("response_format.regex", refused.parameter());
    }

    @Test
    void a_required_call_comes_with_arguments_of_its_schema() throws NotJsonException {
        for (boolean thinks : List.of(true, false)) {
            for (int seed = 0; seed < 5; seed++) {
                Answer answer =
                        collected(
                                model,
                                request(thinks, seed)
                                        .withTools(List.of(tool("f", true), tool("g", true)))
                                        .withToolUse(
                                                new ToolUse(new ToolChoice.Required(), false)));
                assertEquals(1, answer.toolCalls().size(), answer.toString());
                assertEquals(FinishReason.TOOL_CALLS, answer.why());
                assertEquals("", answer.text());
                ToolCall call = answer.toolCalls().getFirst();
                assertTrue(List.of("f", "g").contains(call.name()), call.name());
                assertFits(call.arguments(), "seed " + seed);
                assertEquals(Optional.empty(), call.fault());
                assertTrue(call.id().orElseThrow().matches("[a-zA-Z0-9]{9}"));
            }
        }
    }

    @Test
    void a_named_tool_is_the_one_that_is_called() {
        Answer answer =
                collected(
                        model,
                        request(false, 4)
                                .withTools(List.of(tool("first", true), tool("second", true)))
                                .withToolUse(
                                        ToolUse.FREE.withChoice(new ToolChoice.Named("second"))));
        assertEquals(List.of("second"), answer.toolCalls().stream().map(ToolCall::name).toList());
    }

    /// Formats v3 and v7 write all calls as one list.
    @Test
    void calls_in_a_list_have_names_and_arguments_of_their_tools() throws NotJsonException {
        for (boolean parallel : List.of(true, false)) {
            for (int seed = 0; seed < 6; seed++) {
                ChatRequest request =
                        request(false, seed)
                                .withTools(List.of(tool("f", true), tool("g", true)))
                                .withToolUse(new ToolUse(new ToolChoice.Required(), parallel));
                Answer answer = collected(lists, request);
                String name = "seed " + seed + ": " + answer;
                assertEquals(FinishReason.TOOL_CALLS, answer.why(), name);
                assertTrue(parallel || answer.toolCalls().size() == 1, name);
                for (ToolCall call : answer.toolCalls()) {
                    assertTrue(List.of("f", "g").contains(call.name()), name);
                    assertFits(call.arguments(), name);
                    assertEquals(Optional.empty(), call.fault());
                    assertTrue(call.id().orElseThrow().matches("[a-zA-Z0-9]{9}"), name);
                }
            }
        }
    }

    @Test
    void a_named_tool_in_a_list_is_the_only_call() {
        ChatRequest request =
                request(false, 4)
                        .withTools(List.of(tool("first", true), tool("second", true)))
                        .withToolUse(ToolUse.FREE.withChoice(new ToolChoice.Named("second")));
        for (int seed = 0; seed < 3; seed++) {
            Answer answer =
                    collected(lists, request.withSampling(SamplingParams.reasoning(seed, 300)));
            assertEquals(
                    List.of("second"), answer.toolCalls().stream().map(ToolCall::name).toList());
        }
    }

    @Test
    void a_list_of_calls_is_written_as_the_format_writes_it() {
        var free = new ToolSpec("free", "", json("{\"type\": \"object\"}"), false);
        var offered =
                List.of(new CallList.Offered(0, tool("f", true)), new CallList.Offered(1, free));
        Grammar several = Grammar.compile(new CallList(offered, true).grammar());
        Grammar one = Grammar.compile(new CallList(offered, false).grammar());
        String call =
                "{\"name\": \"f\", \"arguments\": {\"unit\": \"km\", \"sure\": true}, \"id\":"
                        + " \"aB3456789\"}";
        String other = "{\"name\": \"free\", \"arguments\": {\"any\": [1, {}]}}";
        assertTrue(one.matches("[" + call + "]"));
        assertTrue(several.matches("[" + call + ", " + other + "]"));
        assertFalse(one.matches("[" + call + ", " + other + "]"));
        assertFalse(several.matches("[]"));
        assertFalse(several.matches("[" + call.replace("\"f\"", "\"h\"") + "]"));
        assertFalse(several.matches("[" + call.replace("true", "1") + "]"));
        assertFalse(several.matches("[" + other.replace("{\"any\": [1, {}]}", "3") + "]"));
        assertFalse(several.matches("[" + call.replace("aB3456789", "short") + "]"));
    }

    @Test
    void arguments_are_an_object_whatever_a_strict_schema_says() {
        var loose = new ToolSpec("f", "", json("{\"anyOf\": [{\"type\": \"null\"}, {}]}"), true);
        for (LocalModel each : List.of(model, lists)) {
            for (int seed = 0; seed < 3; seed++) {
                ChatRequest request =
                        request(false, seed)
                                .withTools(List.of(loose))
                                .withToolUse(ToolUse.FREE.withChoice(new ToolChoice.Required()))
                                .withSampling(SamplingParams.reasoning(seed, 40));
                Answer answer = collected(each, request);
                assertTrue(
                        answer.why() == FinishReason.LENGTH || !answer.toolCalls().isEmpty(),
                        answer.toString());
                assertTrue(
                        answer.toolCalls().stream().allMatch(c -> c.arguments().startsWith("{")));
            }
        }
    }

    @Test
    void without_calls_there_are_none_however_much_the_model_wants_them() {
        int mark = model.tokenizer().special(SpecialToken.TOOL_CALLS).orElseThrow();
        SamplingParams calls =
                SamplingParams.greedy(20)
                        .withPenalties(
                                new Penalties(
                                        new LogitBias(Map.of(mark, 100f)),
                                        Repetition.OFF,
                                        Dry.OFF));
        ChatRequest request =
                request(false, 0).withTools(List.of(tool("f", false))).withSampling(calls);
        Answer free = collected(model, request);
        assertTrue(free.text().contains("[TOOL_CALLS]f"), "a call that is cut off is text");
        Answer none =
                collected(
                        model, request.withToolUse(ToolUse.FREE.withChoice(new ToolChoice.None())));
        assertEquals(List.of(), none.toolCalls());
        assertFalse(none.text().contains("[TOOL_CALLS]"), none.text());
    }

    @Test
    void a_call_inside_the_thinking_closes_it_first() {
        int mark = model.tokenizer().special(SpecialToken.TOOL_CALLS).orElseThrow();
        SamplingParams calls =
                SamplingParams.greedy(60)
                        .withPenalties(
                                new Penalties(
                                        new LogitBias(Map.of(mark, 100f)),
                                        Repetition.OFF,
                                        Dry.OFF));
        List<ChatEvent> events = new ArrayList<>();
        ChatRequest request =
                request(true, 0)
                        .withThinking(Thinking.DEFAULT)
                        .withTools(List.of(tool("f", true)))
                        .withToolUse(ToolUse.FREE.withParallel(false))
                        .withSampling(calls);
        try (ChatStream stream = model.chat(request)) {
            stream.forEach(events::add);
        }
        assertTrue(
                events.stream().anyMatch(ChatEvent.ToolCalled.class::isInstance),
                events.toString());
        assertTrue(
                events.contains(new ChatEvent.Intervened(Intervention.CALLED_THINKING)),
                events.toString());
    }

    @Test
    void a_choice_that_cannot_be_kept_is_refused() {
        ChatRequest request =
                request(false, 0)
                        .withTools(List.of(tool("f", false)))
                        .withToolUse(ToolUse.FREE.withChoice(new ToolChoice.Named("h")));
        assertEquals(
                "tool_choice",
                assertThrows(InvalidRequestException.class, () -> collected(model, request))
                        .parameter());
        ChatRequest none =
                request(false, 0).withToolUse(ToolUse.FREE.withChoice(new ToolChoice.Required()));
        assertThrows(InvalidRequestException.class, () -> collected(model, none));
    }

    @Test
    void a_call_that_does_not_fit_its_tool_says_what_is_wrong() {
        var check = new CallCheck(List.of(tool("f", false)));
        assertEquals(Optional.empty(), fault(check, "f", "{\"unit\": \"km\", \"sure\": true}"));
        assertTrue(fault(check, "f", "{\"unit\": \"kg\", \"sure\": true}").isPresent());
        assertTrue(fault(check, "f", "[]").isPresent());
        assertTrue(fault(check, "f", "{").isPresent());
        assertTrue(fault(check, "h", "{}").orElseThrow().contains("there is no tool h"));
    }

    private static Optional<String> fault(CallCheck check, String name, String arguments) {
        return check.fault(new ToolCall(Optional.empty(), name, arguments));
    }

    private static ToolSpec tool(String name, boolean strict) {
        return new ToolSpec(name, "", SCHEMA, strict);
    }

    private static void assertFits(String text, String name) throws NotJsonException {
        JsonNode document = PythonJson.parse(text);
        assertEquals(List.of("unit", "sure"), List.copyOf(document.propertyNames()), name);
        assertTrue(List.of("km", "mi").contains(document.get("unit").stringValue()), name);
        assertTrue(document.get("sure").isBoolean(), name);
    }

    /// A question; with thinking, one whose answer begins inside a thought.
    private static ChatRequest request(boolean thinks, long seed) {
        List<Message> messages = new ArrayList<>(List.of(new Message.UserMessage("How far?")));
        if (thinks) {
            var thought = new Chunk.ThinkChunk("Let me see.", false);
            messages.add(new Message.AssistantMessage(List.of(thought), List.of(), true));
        }
        return ChatRequest.of(messages)
                .withThinking(thinks ? new Thinking.Budget(5) : new Thinking.Off())
                .withSampling(SamplingParams.reasoning(seed, 300))
                .withDefaultSystemPrompt(false);
    }

    private static Answer collected(LocalModel one, ChatRequest request) {
        try (ChatStream stream = one.chat(request)) {
            return stream.collect();
        }
    }

    private static JsonNode json(String text) {
        try {
            return PythonJson.parse(text);
        } catch (NotJsonException broken) {
            throw new AssertionError(broken);
        }
    }
}
