package dev.tramontane.train.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.eval.benchmark.Seeds;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.train.Example;
import dev.tramontane.train.nano.TinyVocabulary;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// Conversations in files, as examples.
class ConversationsTest {
    private static final String TWO_TURNS =
            """
            {"id":7,"messages":[{"role":"system","content":"S"},{"role":"user","content":"a"},{"role":"assistant","content":"b","reasoning_content":"t"},{"role":"user","content":"c"},{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"u"}]},{"type":"text","text":"d"}]}]}
            """;

    @TempDir private Path folder;

    private Tekken tekken() throws IOException {
        return TinyVocabulary.write(folder);
    }

    private Conversations open(String text, int longest, long seed) throws IOException {
        Path file = Files.writeString(folder.resolve("talk.jsonl"), text);
        var writer = new AnswerWriter(tekken(), Optional.empty());
        return Conversations.open(List.of(file), writer, longest, seed, Seeds.sha256());
    }

    /// The tokens that are learned, or those that are given, as text.
    private String text(Example example, boolean learned) throws IOException {
        Tekken tekken = tekken();
        var text = new StringBuilder();
        for (int i = 0; i < example.tokens().length; i++) {
            if (example.learned()[i] == learned) {
                text.append(tekken.vocabulary().pieceOf(example.tokens()[i]));
            }
        }
        return text.toString();
    }

    private List<String> texts(Conversations talk, int from, int count, boolean learned)
            throws IOException {
        List<String> texts = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            texts.add(text(talk.at(i), learned));
        }
        return texts;
    }

    @Test
    void every_answer_is_learned_behind_what_precedes_it() throws IOException {
        try (Conversations talk = open(TWO_TURNS, 100, 1)) {
            assertEquals(2, talk.count());
            assertEquals(
                    List.of("[THINK]t[/THINK]b</s>", "[THINK]u[/THINK]d</s>"),
                    texts(talk, 0, 2, true).stream().sorted().toList());
            List<String> given =
                    texts(talk, 0, 2, false).stream()
                            .sorted(Comparator.comparingInt(String::length))
                            .toList();
            assertTrue(given.getFirst().endsWith("[INST]a[/INST]"), given.getFirst());
            assertTrue(given.getLast().endsWith("[INST]c[/INST]"), given.getLast());
        }
    }

    private static String lines(int count) {
        var text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(
                    "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"%d\"}]}\n"
                            .formatted(i));
        }
        return text.toString();
    }

    @Test
    void an_epoch_has_every_answer_once_in_an_order_of_its_own() throws IOException {
        try (Conversations talk = open(lines(30), 100, 1)) {
            List<String> first = texts(talk, 0, 30, true);
            List<String> second = texts(talk, 30, 30, true);
            assertEquals(30, new HashSet<>(first).size());
            assertEquals(new HashSet<>(first), new HashSet<>(second));
            assertNotEquals(first, second);
            assertEquals(first, texts(talk, 0, 30, true), "an epoch may be gone through again");
        }
        try (Conversations same = open(lines(30), 100, 1)) {
            int[] tokens = same.at(41).tokens();
            try (Conversations again = open(lines(30), 100, 1)) {
                assertArrayEquals(tokens, again.at(41).tokens());
            }
        }
        try (Conversations one = open(lines(30), 100, 1)) {
            List<String> order = texts(one, 0, 30, true);
            try (Conversations other = open(lines(30), 100, 2)) {
                assertNotEquals(order, texts(other, 0, 30, true));
            }
        }
    }

    @Test
    void what_is_too_long_is_left_out_and_counted() throws IOException {
        try (Conversations talk = open(TWO_TURNS + lines(3), 8, 1)) {
            assertEquals(3, talk.count());
            assertEquals(2, talk.tooLong());
        }
        var thrown = assertThrows(DataException.class, () -> open(TWO_TURNS, 8, 1).close());
        assertTrue(
                String.valueOf(thrown.getMessage())
                        .endsWith(
                                "all 2 answers are longer than 8 tokens, expected one at least; raise context"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {"messages":            | :2: no JSON
                    []                      | :2: has no list of messages
                    {"messages":7}          | :2: has no list of messages
                    {"messages":[{"role":"user","content":"a"},{"role":"assistant","content":7}]} | :2: messages[1]
                    {"messages":[{"role":"assistant","content":"a"}]} | :2: messages
                    """)
    void a_line_that_is_no_conversation_is_named(String line, String expected) {
        var thrown =
                assertThrows(
                        DataException.class, () -> open(lines(1) + line + "\n", 100, 1).close());
        String message = String.valueOf(thrown.getMessage());
        assertTrue(message.contains("talk.jsonl" + expected), message);
    }

    @Test
    void a_file_without_an_answer_is_refused() {
        var thrown =
                assertThrows(
                        DataException.class,
                        () ->
                                open(
                                                "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}\n",
                                                9,
                                                1)
                                        .close());
        assertTrue(
                String.valueOf(thrown.getMessage())
                        .endsWith("no message of an assistant, expected one at least; add some"));
    }
}
