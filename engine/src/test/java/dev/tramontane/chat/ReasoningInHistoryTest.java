package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.List;

/// What clients send back of a model's thinking: `reasoning_content` (DeepSeek, llama-server) and
/// `reasoning` (vLLM) beside the content.
class ReasoningInHistoryTest {
    private static Message read(String answer) {
        return ChatRequestReader.read(
                        """
                        {"messages": [{"role": "user", "content": "q"},
                         {"role": "assistant", %s}, {"role": "user", "content": "more"}]}
                        """
                                .formatted(answer))
                .messages()
                .get(1);
    }

    private static final Message THOUGHT =
            new Message.AssistantMessage(
                    List.of(new Chunk.ThinkChunk("why", true), new Chunk.TextChunk("a")),
                    List.of(),
                    false);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"content\": \"a\", \"reasoning_content\": \"why\"",
                "\"content\": \"a\", \"reasoning\": \"why\"",
                "\"content\": \"a\", \"reasoning_content\": \"why\", \"reasoning\": \"why\"",
                "\"content\": \"a\", \"reasoning_content\": null, \"reasoning\": \"why\"",
                "\"content\": [{\"type\": \"text\", \"text\": \"a\"}], \"reasoning\": \"why\"",
                """
                "content": [{"type": "thinking", "thinking": "why"}, {"type": "text", "text": "a"}],
                "reasoning_content": "why"
                """,
            })
    void it_is_the_messages_thinking(String answer) {
        assertEquals(THOUGHT, read(answer));
    }

    @Test
    void empty_reasoning_is_none() {
        assertEquals(
                new Message.AssistantMessage("a"),
                read("\"content\": \"a\", \"reasoning_content\": \"\", \"reasoning\": null"));
    }

    @Test
    void it_renders_as_a_thinking_chunk_does() {
        String rest = "{\"role\": \"user\", \"content\": \"more\"}]}";
        String question = "{\"messages\": [{\"role\": \"user\", \"content\": \"q\"},";
        String beside =
                "{\"role\": \"assistant\", \"content\": \"a\", \"reasoning_content\": \"why\"},";
        String chunks =
                """
                {"role": "assistant", "content": [{"type": "thinking", "thinking": "why"},
                 {"type": "text", "text": "a"}]},
                """;
        InstructTemplate template = ChatVectors.template("v13");
        List<Integer> expected = ids(template, question + chunks + rest);
        assertTrue(expected.contains(34), "no [THINK] in " + expected);
        assertEquals(expected, ids(template, question + beside + rest));
    }

    private static List<Integer> ids(InstructTemplate template, String request) {
        return Arrays.stream(template.encode(ChatRequestReader.read(request))).boxed().toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "\"reasoning_content\": \"x\", \"reasoning\": \"y\"; messages[1].reasoning: found another thinking",
                "\"reasoning_content\": 7; messages[1].reasoning_content: found 7, expected a string",
                "\"reasons\": \"x\"; messages[1].reasons: unknown here",
            })
    void what_contradicts_itself_is_refused(String fields, String message) {
        var thrown =
                assertThrows(
                        InvalidRequestException.class, () -> read("\"content\": \"a\", " + fields));
        assertTrue(thrown.toString().contains(message), thrown.toString());
    }
}
