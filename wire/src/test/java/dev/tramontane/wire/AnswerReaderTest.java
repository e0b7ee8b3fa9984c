package dev.tramontane.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.TokenScore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

class AnswerReaderTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "openai.sse",
                "openai-calls.sse",
                "mistral.sse",
                "mistral-calls.sse",
                "llama-server.sse",
                "vllm.sse",
                "both-names.sse",
                "marks-in-text.sse",
                "whole.json",
                "several.json"
            })
    void an_exchange_becomes_the_events_recorded_beside_it(String name) throws IOException {
        String expected =
                resource(name.replaceFirst("\\..*", ".events")).replace("call * ", "call - ");
        List<String> lines = Events.lines(read(name.endsWith(".json"), resource(name)));
        if (expected.contains("call - ")) { // the server gave no id, and one was made
            lines =
                    lines.stream()
                            .map(line -> line.replaceFirst("^call [0-9a-z]{9} ", "call - "))
                            .toList();
        }
        assertEquals(expected.strip(), String.join("\n", lines));
    }

    static List<ChatEvent> read(boolean isWhole, String body) throws IOException {
        var answer = new AnswerReader(false);
        List<ChatEvent> events = new ArrayList<>();
        if (isWhole) {
            events.addAll(answer.accept(UpstreamRequests.parse(body)));
        } else {
            var sse =
                    new SseReader(
                            new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)),
                            Chunks.MOST_EVENT_BYTES);
            for (Optional<SseReader.Event> event = sse.next();
                    event.isPresent();
                    event = sse.next()) {
                if (!event.get().data().equals("[DONE]")) {
                    events.addAll(answer.accept(UpstreamRequests.parse(event.get().data())));
                }
            }
        }
        assertTrue(answer.isFinished());
        events.addAll(answer.end());
        return events;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "<think>a</think>b | thinking a;text b",
                "[THINK]a[/THINK]\\n\\nb | thinking a;text b",
                " \\n<think>\\n a\\n</think> b c | thinking a;text b c",
                "<think>a | thinking a",
                "<think></think>b | text b",
                "<thinking>a | text <thinking>a",
                "<thin | text <thin",
                "a <think>b</think> | text a <think>b</think>",
                "<think>a</think>b</think>c | thinking a;text b</think>c",
                "a</think>b | text a</think>b",
                "<think>a[/THINK]b</think>c | thinking a[/THINK]b;text c",
            })
    void marks_in_the_text_are_found_however_it_is_split(String text, String expected) {
        String whole = text.replace("\\n", "\n");
        for (int size = 1; size <= whole.length(); size++) {
            assertEquals(expected, split(false, whole, size), "in pieces of " + size);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a</think>b | thinking a;text b",
                "\\na [/THINK]\\nb | thinking a;text b",
                "<think>a</think>b | thinking a;text b",
                "a | thinking a",
            })
    void a_template_that_opens_the_thinking_leaves_only_the_closing_mark(
            String text, String expected) {
        String whole = text.replace("\\n", "\n");
        for (int size = 1; size <= whole.length(); size++) {
            assertEquals(expected, split(true, whole, size), "in pieces of " + size);
        }
    }

    private static String split(boolean opened, String text, int size) {
        var marks = new ThinkingMarks(opened);
        List<ChatEvent> events = new ArrayList<>();
        for (int at = 0; at < text.length(); at += size) {
            events.addAll(marks.append(text.substring(at, Math.min(text.length(), at + size))));
        }
        events.addAll(marks.end());
        return String.join(";", Events.lines(events));
    }

    @Test
    void endless_white_space_is_not_held_back_for_ever() {
        var marks = new ThinkingMarks(false);
        int shown = 0;
        for (int i = 0; i < 5000; i++) {
            for (ChatEvent event : marks.append(" ")) {
                shown += event instanceof ChatEvent.Text(String text) ? text.length() : 0;
            }
        }
        assertTrue(shown > 3000, shown + " characters shown");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"error\":{\"message\":\"no room\",\"type\":\"server_error\",\"code\":500}} | no room",
                "{\"error\":\"no room\"} | no room",
                "{\"object\":\"error\",\"message\":\"no room\"} | no room",
                "{\"choices\":[{\"delta\":{},\"finish_reason\":\"content_filter\"}]} | the answer was withheld",
                "{\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}]} | the answer broke off",
            })
    void an_error_in_the_middle_is_no_answer(String chunk, String message) throws IOException {
        var json = UpstreamRequests.parse(chunk);
        var error =
                assertThrows(
                        AnswerReader.ErrorException.class,
                        () -> new AnswerReader(false).accept(json));
        assertEquals(message, error.error().message());
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "length | {\\\"a\\\": [1 | 1",
                "model_length | {\\\"a\\\": \\\"x | 1",
                "length | `` | 1",
                "length | {\\\"a\\\": [1]} | 2",
                "tool_calls | {\\\"a\\\": [1 | 2",
            })
    void a_call_in_which_the_answer_was_cut_is_none(String why, String arguments, int calls)
            throws IOException {
        String first =
                "{\"index\":0,\"id\":\"x\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}";
        String last =
                "{\"index\":1,\"id\":\"y\",\"function\":{\"name\":\"g\",\"arguments\":\"%s\"}}"
                        .formatted(arguments);
        String answer =
                "{\"choices\":[{\"message\":{\"tool_calls\":[%s,%s]},\"finish_reason\":\"%s\"}]}"
                        .formatted(first, last, why);
        List<ChatEvent> events = read(true, answer);
        assertEquals(calls, events.stream().filter(ChatEvent.ToolCalled.class::isInstance).count());
    }

    @Test
    void an_unknown_reason_to_end_is_not_taken_for_a_known_one() throws IOException {
        var json =
                UpstreamRequests.parse(
                        "{\"choices\":[{\"delta\":{},\"finish_reason\":\"bored\"}]}");
        assertEquals(
                "finish_reason bored, expected stop, length, model_length or tool_calls",
                assertThrows(
                                AnswerReader.NonsenseException.class,
                                () -> new AnswerReader(false).accept(json))
                        .getMessage());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"error\":{\"message\":\"m\",\"type\":\"t\",\"param\":\"p\",\"code\":\"c\"}} | t c p m",
                "{\"object\":\"error\",\"message\":\"m\",\"type\":\"t\",\"param\":\"p\",\"code\":\"1\"} | t 1 p m",
                "{\"detail\":[{\"loc\":[\"body\",\"messages\",2,\"content\"],\"msg\":\"bad\"},{\"loc\":[],\"msg\":\"worse\"}]} |  - messages[2].content messages[2].content: bad; worse",
                "{\"object\":\"error\",\"message\":{\"detail\":[{\"loc\":[\"body\",\"seed\"],\"msg\":\"extra\"}]},\"type\":\"t\"} | t - seed extra",
                "{\"detail\":\"Unauthorized\"} |  - - Unauthorized",
                "{\"message\":\"m\\u0007x\"} |  - - m x",
                "[1] |  - - [1]",
            })
    void errors_are_read_in_every_shape(String body, String expected) throws IOException {
        ApiError error = ApiError.of(400, UpstreamRequests.parse(body));
        assertEquals(
                expected == null ? "" : expected.strip(),
                "%s %s %s %s"
                        .formatted(
                                error.type(),
                                error.code().orElse("-"),
                                error.param().orElse("-"),
                                error.message())
                        .strip());
        assertEquals(error, ApiError.of(400, error.toJson()), "what is written is read again");
    }

    static String resource(String name) throws IOException {
        try (InputStream in = AnswerReaderTest.class.getResourceAsStream("/exchanges/" + name)) {
            return new String(
                    Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void log_probabilities_stand_before_their_text_and_those_of_the_thinking_are_left_out()
            throws IOException {
        var answer = new AnswerReader(false);
        List<ChatEvent> events = new ArrayList<>();
        for (String[] each :
                new String[][] {
                    {"{\"reasoning_content\":\"Hm\"}", "Hm"},
                    {"{\"content\":\"a\"}", "a"},
                    {"{\"content\":\"\"}", "b"},
                    {"{\"content\":\"c\"}", "c"}
                }) {
            events.addAll(answer.accept(UpstreamRequests.parse(scored(each[0], each[1]))));
        }
        assertEquals(
                List.of("thinking Hm", "scored a", "text a", "scored b", "scored c", "text c"),
                Events.lines(events));
        TokenScore score = ((ChatEvent.Scored) events.get(1)).score();
        assertEquals(-0.5f, score.logprob());
        assertEquals(-1, score.token());
        assertEquals(-1, score.bytes()[0]);
        assertEquals(1, score.top().size());
    }

    private static String scored(String delta, String token) {
        return """
        {"choices":[{"index":0,"delta":%s,"logprobs":{"content":[{"token":"%s","logprob":-0.5,
        "bytes":[255],"top_logprobs":[{"token":"x","logprob":-1},{"token":7},{}]},{"token":"no number"}]}}]}
        """
                .formatted(delta, token);
    }

    @Test
    void log_probabilities_of_marks_in_the_text_are_the_thinkings() throws IOException {
        var answer = new AnswerReader(false);
        List<ChatEvent> events = new ArrayList<>();
        for (String piece : List.of("<thi", "nk>a", "</think>", "b")) {
            events.addAll(
                    answer.accept(
                            UpstreamRequests.parse(
                                    "{\"choices\":[{\"delta\":{\"content\":\"%1$s\"},\"logprobs\":{\"content\":[{\"token\":\"%1$s\",\"logprob\":0}]}}]}"
                                            .formatted(piece))));
        }
        assertEquals(
                List.of("thinking a", "scored </think>", "scored b", "text b"),
                Events.lines(events));
    }
}
