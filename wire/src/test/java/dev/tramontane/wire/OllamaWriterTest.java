package dev.tramontane.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.TokenScore;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.Usage;
import dev.tramontane.engine.Drafts;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.wire.OllamaWriter.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

class OllamaWriterTest {
    private static final AnswerWriter.Head HEAD = new AnswerWriter.Head("x", 1_700_000_000, "m");
    private static final String BEGINNING =
            "{\"model\":\"m\",\"created_at\":\"2023-11-14T22:13:20Z\",";
    private static final Usage USAGE =
            new Usage(7, 2, 9, 5, List.of(), false, Usage.Repetition.NONE);
    private static final ToolCall CALL = new ToolCall(Optional.of("c1"), "add", "{\"a\":1}");

    private static List<String> told(Kind kind, boolean showsThinking, ChatEvent... events) {
        var writer = new OllamaWriter(HEAD, kind, showsThinking);
        List<String> told = new ArrayList<>();
        for (ChatEvent event : events) {
            for (ObjectNode chunk : writer.chunks(0, event)) {
                told.add(chunk.toString().replace(BEGINNING, "{"));
            }
        }
        return told;
    }

    private static ChatEvent.Finished finished(FinishReason why) {
        return new ChatEvent.Finished(why, USAGE);
    }

    @Test
    void a_chat_is_told_in_messages() {
        assertEquals(
                List.of(
                        "{\"message\":{\"role\":\"assistant\",\"content\":\"\",\"thinking\":\"Two\"},\"done\":false}",
                        "{\"message\":{\"role\":\"assistant\",\"content\":\"Three.\"},\"done\":false}",
                        "{\"message\":{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"id\":\"c1\",\"function\":"
                                + "{\"index\":0,\"name\":\"add\",\"arguments\":{\"a\":1}}}]},\"done\":false}",
                        "{\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\","
                                + "\"prompt_eval_count\":7,\"eval_count\":9}"),
                told(
                        Kind.CHAT,
                        true,
                        new ChatEvent.Progress(0, 3, 7),
                        new ChatEvent.Thinking("Two"),
                        new ChatEvent.Text("Three."),
                        new ChatEvent.ToolCalled(CALL),
                        finished(FinishReason.TOOL_CALLS)));
    }

    @Test
    void a_generated_text_is_told_in_responses() {
        assertEquals(
                List.of(
                        "{\"response\":\"\",\"done\":false,\"thinking\":\"Two\"}",
                        "{\"response\":\"Three.\",\"done\":false}",
                        "{\"response\":\"\",\"done\":true,\"done_reason\":\"length\",\"prompt_eval_count\":7,\"eval_count\":9}"),
                told(
                        Kind.GENERATE,
                        true,
                        new ChatEvent.Thinking("Two"),
                        new ChatEvent.Text("Three."),
                        finished(FinishReason.LENGTH)));
    }

    @Test
    void thinking_that_is_not_shown_is_no_piece() {
        assertEquals(
                1,
                told(Kind.CHAT, false, new ChatEvent.Thinking("Two"), finished(FinishReason.STOP))
                        .size());
    }

    @Test
    void log_probabilities_stand_beside_their_text() {
        var score = new TokenScore(3, "a", new byte[] {97}, -0.5f, List.of());
        List<String> told =
                told(
                        Kind.CHAT,
                        true,
                        new ChatEvent.Scored(score),
                        new ChatEvent.Text("a"),
                        finished(FinishReason.STOP));
        assertEquals(
                "{\"message\":{\"role\":\"assistant\",\"content\":\"a\"},\"done\":false,\"logprobs\":["
                        + "{\"token\":\"a\",\"logprob\":-0.5,\"bytes\":[97],\"top_logprobs\":[]}]}",
                told.getFirst());
    }

    @Test
    void an_answer_in_one_piece_has_all_of_it_and_its_times() {
        var answer =
                new ChatStream.Answer("Two", "Three.", List.of(CALL), FinishReason.STOP, USAGE);
        var writer = new OllamaWriter(HEAD, Kind.CHAT, true);
        ObjectNode body = writer.whole(List.of(new AnswerWriter.Choice(answer, List.of())));
        writer.tell(
                new Timings(2, 5, Duration.ofMillis(3), 9, Duration.ofMillis(40), Drafts.NONE),
                body);
        assertEquals(
                BEGINNING
                        + "\"message\":{\"role\":\"assistant\",\"content\":\"Three.\",\"thinking\":\"Two\",\"tool_calls\":"
                        + "[{\"id\":\"c1\",\"function\":{\"index\":0,\"name\":\"add\",\"arguments\":{\"a\":1}}}]},"
                        + "\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":7,\"eval_count\":9,"
                        + "\"total_duration\":43000000,\"load_duration\":0,\"prompt_eval_duration\":3000000,"
                        + "\"eval_duration\":40000000}",
                body.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "STOP,stop",
        "TOOL_CALLS,stop",
        "LENGTH,length",
        "CONTEXT_FULL,length",
        "REPETITION,length",
        "CANCELLED,length"
    })
    void every_end_has_a_reason(FinishReason why, String reason) {
        String last = told(Kind.GENERATE, true, finished(why)).getLast();
        assertTrue(last.contains("\"done_reason\":\"" + reason + "\""), last);
    }

    @Test
    void signs_of_life_loads_and_errors_have_their_form() {
        var writer = new OllamaWriter(HEAD, Kind.GENERATE, true);
        assertEquals(
                BEGINNING + "\"response\":\"\",\"done\":false}",
                writer.sign().orElseThrow().toString());
        assertEquals(
                BEGINNING + "\"response\":\"\",\"done\":true,\"done_reason\":\"load\"}",
                writer.loaded().toString());
        var error = new ApiError(500, "x", Optional.empty(), Optional.empty(), "No.");
        assertEquals("{\"error\":\"No.\"}", writer.failed(error).getFirst().toString());
    }
}
