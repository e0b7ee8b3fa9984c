package dev.tramontane.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

class AnthropicWriterTest {
    private static final AnswerWriter.Head HEAD = new AnswerWriter.Head("msg-1", 1, "m");
    private static final Usage USAGE =
            new Usage(7, 2, 9, 5, List.of(), false, Usage.Repetition.NONE);

    /// printf 'Two and one.' | openssl dgst -sha256 -binary | base64
    private static final String SIGNATURE = "T+Kxba8jyiZ+M08rL6SbPHDY7vGlHV3w0+KgVKyVlfc=";

    private static List<String> told(boolean showsThinking, ChatEvent... events) {
        var writer = new AnthropicWriter(HEAD, showsThinking);
        List<String> told = new ArrayList<>();
        for (ChatEvent event : events) {
            writer.chunks(0, event).stream().map(ObjectNode::toString).forEach(told::add);
        }
        assertTrue(writer.isFinished());
        return told;
    }

    private static ChatEvent.Finished finished(FinishReason why) {
        return new ChatEvent.Finished(why, USAGE);
    }

    @Test
    void a_stream_has_each_block_with_its_beginning_and_its_end() {
        var call = new ToolCall(Optional.of("c1"), "add", "{\"a\":1}");
        assertEquals(
                List.of(
                        "{\"type\":\"message_start\",\"message\":{\"id\":\"msg-1\",\"type\":\"message\",\"role\":\"assistant\","
                                + "\"model\":\"m\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,"
                                + "\"usage\":{\"input_tokens\":7,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,"
                                + "\"output_tokens\":0,\"output_tokens_details\":{\"thinking_tokens\":0}}}}",
                        "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}}",
                        "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"Two\"}}",
                        "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\" and one.\"}}",
                        "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"signature_delta\",\"signature\":\"%s\"}}"
                                .formatted(SIGNATURE),
                        "{\"type\":\"content_block_stop\",\"index\":0}",
                        "{\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}",
                        "{\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"text_delta\",\"text\":\"Three.\"}}",
                        "{\"type\":\"content_block_stop\",\"index\":1}",
                        "{\"type\":\"content_block_start\",\"index\":2,\"content_block\":{\"type\":\"tool_use\",\"id\":\"c1\",\"name\":\"add\",\"input\":{}}}",
                        "{\"type\":\"content_block_delta\",\"index\":2,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"a\\\":1}\"}}",
                        "{\"type\":\"content_block_stop\",\"index\":2}",
                        "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\",\"stop_sequence\":null},"
                                + "\"usage\":{\"input_tokens\":5,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":2,"
                                + "\"output_tokens\":9,\"output_tokens_details\":{\"thinking_tokens\":5}}}",
                        "{\"type\":\"message_stop\"}"),
                told(
                        true,
                        new ChatEvent.Progress(0, 3, 7),
                        new ChatEvent.Thinking("Two"),
                        new ChatEvent.Thinking(" and one."),
                        new ChatEvent.Text("Three."),
                        new ChatEvent.ToolCalled(call),
                        finished(FinishReason.TOOL_CALLS)));
    }

    @Test
    void an_answer_in_one_piece_has_the_same_blocks() {
        var call = new ToolCall(Optional.of("c1"), "add", "{\"a\":1}");
        assertEquals(
                "{\"id\":\"msg-1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":["
                        + "{\"type\":\"thinking\",\"thinking\":\"Two and one.\",\"signature\":\"%s\"},"
                                .formatted(SIGNATURE)
                        + "{\"type\":\"text\",\"text\":\"Three.\"},"
                        + "{\"type\":\"tool_use\",\"id\":\"c1\",\"name\":\"add\",\"input\":{\"a\":1}}],"
                        + "\"stop_reason\":\"tool_use\",\"stop_sequence\":null,"
                        + "\"usage\":{\"input_tokens\":5,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":2,"
                        + "\"output_tokens\":9,\"output_tokens_details\":{\"thinking_tokens\":5}}}",
                whole(true, "Two and one.", "Three.", List.of(call), FinishReason.TOOL_CALLS, USAGE)
                        .toString());
    }

    private static ObjectNode whole(
            boolean showsThinking,
            String thinking,
            String text,
            List<ToolCall> calls,
            FinishReason why,
            Usage usage) {
        var answer = new ChatStream.Answer(thinking, text, calls, why, usage);
        return new AnthropicWriter(HEAD, showsThinking)
                .whole(List.of(new AnswerWriter.Choice(answer, List.of())));
    }

    @ParameterizedTest
    @CsvSource({
        "STOP,end_turn",
        "TOOL_CALLS,tool_use",
        "LENGTH,max_tokens",
        "CONTEXT_FULL,max_tokens",
        "REPETITION,max_tokens",
        "CANCELLED,max_tokens"
    })
    void every_end_has_a_reason(FinishReason why, String reason) {
        ObjectNode body = whole(true, "", "a", List.of(), why, USAGE);
        assertEquals(reason, body.path("stop_reason").stringValue());
    }

    @Test
    void a_stop_text_is_told() {
        Usage stopped = USAGE.withStopText(Optional.of("END"));
        ObjectNode body = whole(true, "", "a", List.of(), FinishReason.STOP, stopped);
        assertEquals("stop_sequence", body.path("stop_reason").stringValue());
        assertEquals("END", body.path("stop_sequence").stringValue());
    }

    @Test
    void thinking_that_is_not_shown_is_no_block() {
        List<String> told =
                told(
                        false,
                        new ChatEvent.Thinking("Two"),
                        new ChatEvent.Text("a"),
                        finished(FinishReason.STOP));
        assertEquals(6, told.size(), told.toString());
        assertTrue(told.get(1).contains("\"index\":0,\"content_block\":{\"type\":\"text\""));
        ObjectNode body = whole(false, "Two", "a", List.of(), FinishReason.STOP, USAGE);
        assertEquals("[{\"type\":\"text\",\"text\":\"a\"}]", body.path("content").toString());
    }

    @Test
    void nothing_is_an_empty_text() {
        List<String> told = told(true, finished(FinishReason.STOP));
        assertEquals(5, told.size(), told.toString());
        ObjectNode body = whole(true, "", "", List.of(), FinishReason.STOP, USAGE);
        assertEquals("[{\"type\":\"text\",\"text\":\"\"}]", body.path("content").toString());
    }

    @Test
    void arguments_that_are_no_json_are_told_as_they_are() {
        var call = new ToolCall(Optional.of("c1"), "add", "{\"a\":");
        ObjectNode body = whole(true, "", "", List.of(call), FinishReason.LENGTH, USAGE);
        assertEquals("{\"a\":", body.at("/content/0/input").stringValue());
    }

    @ParameterizedTest
    @CsvSource({
        "400,invalid_request_error",
        "401,authentication_error",
        "403,permission_error",
        "404,not_found_error",
        "405,invalid_request_error",
        "413,request_too_large",
        "429,rate_limit_error",
        "500,api_error",
        "502,api_error",
        "503,overloaded_error",
        "504,timeout_error",
        "0,api_error"
    })
    void errors_have_the_type_of_their_status(int status, String type) {
        var error = new ApiError(status, "x", Optional.empty(), Optional.empty(), "No.");
        assertEquals(
                "{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":\"No.\"}}"
                        .formatted(type),
                new AnthropicWriter(HEAD, true).failed(error).getFirst().toString());
    }
}
