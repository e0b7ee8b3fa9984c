package dev.tramontane.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.TokenScore;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Answers as the Responses API tells them.
class ResponseWriterTest {
    private static final AnswerWriter.Head HEAD = new AnswerWriter.Head("resp_1", 7, "m");
    private static final ToolCall CALL = new ToolCall(Optional.of("c1"), "add", "{\"a\":1}");

    private final List<ResponseWriter.Ended> ended = new ArrayList<>();

    private ResponseWriter writer(boolean isHidden) {
        ObjectNode settings = JsonNodeFactory.instance.objectNode().put("store", true);
        return new ResponseWriter(HEAD, settings, isHidden, ended::add);
    }

    private static List<ObjectNode> stream(ResponseWriter writer, ChatEvent... events) {
        List<ObjectNode> told = new ArrayList<>(writer.begin());
        for (ChatEvent event : events) {
            told.addAll(writer.chunks(0, event));
        }
        return told;
    }

    private static ChatEvent.Finished end(FinishReason why) {
        return new ChatEvent.Finished(
                why, new Usage(5, 2, 9, 4, List.of(), false, Usage.Repetition.NONE));
    }

    private static List<String> types(List<ObjectNode> events) {
        return events.stream()
                .map(event -> event.path("type").stringValue().replaceFirst("^response\\.", ""))
                .toList();
    }

    private static TokenScore score(String text) {
        return new TokenScore(1, text, text.getBytes(UTF_8), -0.5f, List.of());
    }

    @Test
    void thinking_text_and_calls_are_items_that_open_and_close_in_order() {
        List<ObjectNode> events =
                stream(
                        writer(false),
                        new ChatEvent.Thinking("Two"),
                        new ChatEvent.Thinking(" and one"),
                        new ChatEvent.Text("Let"),
                        new ChatEvent.Text(" me add"),
                        new ChatEvent.ToolCalled(CALL),
                        end(FinishReason.TOOL_CALLS));
        assertEquals(
                List.of(
                        "created",
                        "in_progress",
                        "output_item.added",
                        "content_part.added",
                        "reasoning_text.delta",
                        "reasoning_text.delta",
                        "reasoning_text.done",
                        "content_part.done",
                        "output_item.done",
                        "output_item.added",
                        "content_part.added",
                        "output_text.delta",
                        "output_text.delta",
                        "output_text.done",
                        "content_part.done",
                        "output_item.done",
                        "output_item.added",
                        "function_call_arguments.delta",
                        "function_call_arguments.done",
                        "output_item.done",
                        "completed"),
                types(events));
        for (int i = 0; i < events.size(); i++) {
            assertEquals(i, events.get(i).path("sequence_number").intValue());
        }
        assertEquals(0, events.get(4).path("output_index").intValue());
        assertEquals(1, events.get(11).path("output_index").intValue());
        assertEquals(2, events.get(17).path("output_index").intValue());
        assertEquals(
                events.get(9).at("/item/id"), events.get(12).path("item_id"), "of the same item");
        assertEquals("Two and one", events.get(6).path("text").stringValue());
        assertEquals("{\"a\":1}", events.get(18).path("arguments").stringValue());
        JsonNode response = events.getLast().path("response");
        assertEquals(
                """
                {"id":"resp_1","object":"response","created_at":7,"model":"m","status":"completed","store":true}
                """
                        .strip(),
                ((ObjectNode) response.deepCopy())
                        .without(
                                Set.of(
                                        "output",
                                        "usage",
                                        "completed_at",
                                        "error",
                                        "incomplete_details"))
                        .toString());
        assertEquals(
                """
                [{"type":"reasoning","status":"completed","summary":[],"encrypted_content":null,"content":[{"type":"reasoning_text","text":"Two and one"}]},\
                {"type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Let me add","annotations":[],"logprobs":[]}]},\
                {"type":"function_call","status":"completed","call_id":"c1","name":"add","arguments":"{\\"a\\":1}"}]\
                """,
                withoutIds(response.path("output")));
        assertEquals(
                """
                {"input_tokens":5,"input_tokens_details":{"cached_tokens":2,"cache_write_tokens":0},"output_tokens":9,"output_tokens_details":{"reasoning_tokens":4},"total_tokens":14}\
                """,
                response.path("usage").toString());
    }

    private static String withoutIds(JsonNode output) {
        return output.toString().replaceAll("\"id\":\"(rs|msg|fc)_[0-9a-f]{32}\",", "");
    }

    @Test
    void the_whole_answer_has_the_same_items() {
        ResponseWriter streamed = writer(false);
        List<ObjectNode> events =
                stream(
                        streamed,
                        new ChatEvent.Thinking("Hm"),
                        new ChatEvent.Text("Yes"),
                        new ChatEvent.ToolCalled(CALL),
                        end(FinishReason.TOOL_CALLS));
        var answer =
                new ChatStream.Answer(
                        "Hm",
                        "Yes",
                        List.of(CALL),
                        FinishReason.TOOL_CALLS,
                        end(FinishReason.TOOL_CALLS).usage());
        ObjectNode whole = writer(false).whole(List.of(new AnswerWriter.Choice(answer, List.of())));
        JsonNode response = events.getLast().path("response");
        assertEquals(withoutIds(response.path("output")), withoutIds(whole.path("output")));
        assertEquals(response.path("usage"), whole.path("usage"));
        assertEquals(2, ended.size());
        assertEquals(
                withoutIds(ended.getFirst().response()), withoutIds(ended.getLast().response()));
    }

    @Test
    void hidden_thinking_is_an_item_without_content_that_the_server_keeps() {
        List<ObjectNode> events =
                stream(
                        writer(true),
                        new ChatEvent.Thinking("secret"),
                        new ChatEvent.Text("Yes"),
                        end(FinishReason.STOP));
        assertFalse(events.toString().contains("secret"), events.toString());
        assertEquals(
                List.of("output_item.added", "output_item.done", "output_item.added"),
                types(events).subList(2, 5));
        assertEquals(
                "[{\"type\":\"reasoning_text\",\"text\":\"secret\"}]",
                ended.getFirst().items().getFirst().path("content").toString());
        assertFalse(ended.getFirst().response().toString().contains("secret"));
    }

    @ParameterizedTest
    @CsvSource({
        "STOP,completed,completed,completed",
        "TOOL_CALLS,completed,completed,completed",
        "LENGTH,incomplete,incomplete,incomplete",
        "CONTEXT_FULL,incomplete,incomplete,incomplete",
        "REPETITION,incomplete,incomplete,incomplete",
        "CANCELLED,cancelled,incomplete,incomplete",
    })
    void every_end_has_its_status(FinishReason why, String status, String event, String item) {
        ObjectNode last = stream(writer(false), new ChatEvent.Text("Well"), end(why)).getLast();
        assertEquals("response." + event, last.path("type").stringValue());
        JsonNode response = last.path("response");
        assertEquals(status, response.path("status").stringValue());
        assertEquals(item, response.at("/output/0/status").stringValue());
        boolean isIncomplete = status.equals("incomplete");
        assertEquals(
                isIncomplete ? "{\"reason\":\"max_output_tokens\"}" : "null",
                response.path("incomplete_details").toString());
        assertEquals(status.equals("completed"), response.path("completed_at").isNumber());
    }

    @Test
    void thinking_that_was_cut_off_is_incomplete_and_no_text_is_made_up() {
        var usage = new Usage(5, 0, 9, 9, List.of(), true, Usage.Repetition.NONE);
        ObjectNode last =
                stream(
                                writer(false),
                                new ChatEvent.Thinking("Hm"),
                                new ChatEvent.Finished(FinishReason.LENGTH, usage))
                        .getLast();
        assertEquals(1, last.at("/response/output").size());
        assertEquals("incomplete", last.at("/response/output/0/status").stringValue());
    }

    @Test
    void an_answer_that_says_nothing_says_so() {
        List<ObjectNode> events =
                stream(writer(false), new ChatEvent.Thinking("Hm"), end(FinishReason.STOP));
        assertEquals("", events.getLast().at("/response/output/1/content/0/text").stringValue());
        assertTrue(types(events).contains("output_text.done"), events.toString());
        var silent =
                new ChatStream.Answer(
                        "Hm", "", List.of(), FinishReason.STOP, end(FinishReason.STOP).usage());
        ObjectNode whole = writer(false).whole(List.of(new AnswerWriter.Choice(silent, List.of())));
        assertEquals(2, whole.path("output").size());
    }

    @Test
    void log_probabilities_stand_with_the_text_of_their_tokens_and_no_others() {
        List<ObjectNode> events =
                stream(
                        writer(false),
                        new ChatEvent.Scored(score("Ye")),
                        new ChatEvent.Scored(score("s")),
                        new ChatEvent.Text("Yes"),
                        new ChatEvent.Scored(score("[CALL]")),
                        new ChatEvent.ToolCalled(CALL),
                        end(FinishReason.TOOL_CALLS));
        String told =
                "[{\"token\":\"Ye\",\"logprob\":-0.5,\"bytes\":[89,101],\"top_logprobs\":[]},"
                        + "{\"token\":\"s\",\"logprob\":-0.5,\"bytes\":[115],\"top_logprobs\":[]}]";
        assertEquals(told, events.get(4).path("logprobs").toString());
        assertEquals(told, events.get(5).path("logprobs").toString());
        assertEquals(told, events.getLast().at("/response/output/0/content/0/logprobs").toString());
        var answer =
                new ChatStream.Answer(
                        "",
                        "Yes",
                        List.of(CALL),
                        FinishReason.TOOL_CALLS,
                        end(FinishReason.TOOL_CALLS).usage());
        List<TokenScore> all = List.of(score("Ye"), score("s"), score("[CALL]"));
        ObjectNode whole = writer(false).whole(List.of(new AnswerWriter.Choice(answer, all)));
        assertEquals(told, whole.at("/output/0/content/0/logprobs").toString());
    }

    @Test
    void what_breaks_off_is_closed_and_told_as_an_error_and_as_the_end() {
        ResponseWriter writer = writer(false);
        List<ObjectNode> events = stream(writer, new ChatEvent.Text("Well"));
        events.addAll(
                writer.failed(
                        new ApiError(
                                502,
                                "server_error",
                                Optional.of("upstream"),
                                Optional.empty(),
                                "gone")));
        assertEquals(
                List.of(
                        "output_text.done",
                        "content_part.done",
                        "output_item.done",
                        "error",
                        "failed"),
                types(events).subList(5, 10));
        assertEquals(
                "{\"type\":\"error\",\"sequence_number\":8,\"code\":\"upstream\",\"message\":\"gone\",\"param\":null}",
                events.get(8).toString());
        JsonNode response = events.getLast().path("response");
        assertEquals("failed", response.path("status").stringValue());
        assertEquals(
                "{\"code\":\"server_error\",\"message\":\"gone\"}",
                response.path("error").toString());
        assertEquals("Well", response.at("/output/0/content/0/text").stringValue());
        assertEquals("failed", ended.getFirst().response().path("status").stringValue());
    }

    @Test
    void a_circles_repeats_are_told_and_not_remembered() {
        var usage = new Usage(5, 0, 3, 0, List.of(), false, new Usage.Repetition(2, 4));
        List<ObjectNode> events =
                stream(
                        writer(false),
                        new ChatEvent.Text("So so so"),
                        new ChatEvent.Finished(FinishReason.REPETITION, usage));
        assertEquals(
                "So so so", events.getLast().at("/response/output/0/content/0/text").stringValue());
        assertEquals(
                "So s", ended.getFirst().items().getFirst().at("/content/0/text").stringValue());
    }

    @Test
    void progress_is_told_until_something_is_said() {
        var progress = new ChatEvent.Progress(1, 3, 7);
        ResponseWriter writer = writer(false);
        assertEquals(
                "{\"queue_position\":1,\"total\":7,\"cache\":0,\"processed\":3,\"time_ms\":0}",
                writer.chunks(0, progress).getFirst().path("prompt_progress").toString());
        writer.chunks(0, new ChatEvent.Text("Well"));
        assertEquals(List.of(), writer.chunks(0, progress));
    }

    @Test
    void a_call_without_an_id_is_given_one() {
        var nameless = new ToolCall(Optional.empty(), "now", "{}");
        ObjectNode last =
                stream(
                                writer(false),
                                new ChatEvent.ToolCalled(nameless),
                                end(FinishReason.TOOL_CALLS))
                        .getLast();
        assertTrue(
                last.at("/response/output/0/call_id").stringValue().matches("call_[0-9a-f]{32}"));
    }
}
