package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.OutputParser.Parsed;
import dev.tramontane.chat.PythonJson.NotJsonException;
import dev.tramontane.chat.TemplateRules.CallFormat;
import dev.tramontane.sampling.Phase;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tekken;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

class OutputParserTest {
    private static final Tekken TEKKEN = ChatVectors.tokenizer("v13");

    @Test
    void outputs_are_parsed_as_in_the_reference() throws NotJsonException {
        for (JsonNode entry : ChatVectors.cases("parse_output.json")) {
            String version = entry.get("version").asString();
            ThinkingFormat format =
                    version.equals("v13") ? ThinkingFormat.TOKENS.exact() : ThinkingFormat.NONE;
            var parser =
                    new OutputParser(
                            ChatVectors.tokenizer(version),
                            TemplateRules.of(version).calls().format(),
                            format,
                            List.of());
            Parsed parsed = parser.parse(ChatVectors.ids(entry.get("ids")));
            String name = version + " " + entry.get("name").asString();
            assertEquals(entry.has("error"), parsed.malformed().isPresent(), name);
            if (!entry.has("error")) {
                assertEquals(chunks(entry.get("content")), parsed.content(), name);
                assertCalls(entry.get("tool_calls"), parsed.calls(), name);
            }
        }
    }

    @Test
    void malformed_marks_and_calls_become_text() {
        assertEquals(new Seen("a[THINK]b", "c", List.of()), seen("[THINK]a[THINK]b[/THINK]c"));
        assertEquals(new Seen("", "a[/THINK]b", List.of()), seen("a[/THINK]b"));
        assertEquals(new Seen("", "[TOOL_CALLS]f", List.of()), seen("[TOOL_CALLS]f"));
        assertEquals(
                new Seen("", "x[TOOL_CALLS]f[ARGS]{\"a\": ", List.of()),
                seen("x[TOOL_CALLS]f[ARGS]{\"a\": "));
    }

    @Test
    void white_space_after_the_close_mark_is_no_part_of_the_answer() {
        assertEquals(new Seen(" a\n", "b \n", List.of()), seen("[THINK] a\n[/THINK] \n\n\tb \n"));
        assertEquals(
                new Seen("a b", "c", List.of()),
                seen(ThinkingFormat.TEXT, "\n<think>\n a b \n</think>\n\nc"));
        assertEquals(
                new Seen("a", " \n\nb", List.of()),
                seen(ThinkingFormat.TOKENS.exact(), "[THINK]a[/THINK] \n\nb"));
    }

    @Test
    void thinking_may_be_opened_by_the_prompt() {
        assertEquals(
                new Seen("a", "b", List.of()),
                seen(ThinkingFormat.TEXT.openedByPrompt(true), "a</think>b"));
        assertEquals(
                new Seen("a", "b", List.of()),
                seen(ThinkingFormat.TOKENS.openedByPrompt(true), "a[/THINK]b"));
    }

    @Test
    void text_marks_count_at_the_start_only() {
        assertEquals(
                new Seen("", "use <think>x</think>", List.of()),
                seen(ThinkingFormat.TEXT, "use <think>x</think>"));
        assertEquals(new Seen("", " <thin", List.of()), seen(ThinkingFormat.TEXT, " <thin"));
        assertEquals(
                new Seen("a </thin b", "", List.of()),
                seen(ThinkingFormat.TEXT, "<think>a </thin b"));
    }

    @Test
    void stop_texts_end_the_answer_but_not_the_thinking() {
        Seen seen = seen(ThinkingFormat.TOKENS, "[THINK]END[/THINK]a EN b END c", List.of("END"));
        assertEquals(new Seen("END", "a EN b ", List.of()), seen);
    }

    @Test
    void calls_come_whole_and_after_the_text_before_them() {
        Seen seen = seen("[THINK]t[/THINK]Hm.[TOOL_CALLS]f[ARGS]{\"a\":1}[TOOL_CALLS]g[ARGS]{}");
        assertEquals(List.of("f {\"a\":1}", "g {}"), seen.calls);
        assertEquals("Hm.", seen.text);
    }

    /// However an output is cut into tokens, the events add up to the same.
    @Test
    void the_split_into_tokens_does_not_matter() {
        var random = new Random(7);
        String[] pieces = {
            "<think>",
            "</think>",
            "<thi",
            "nk>",
            "</",
            "think",
            ">",
            "\n",
            " ",
            "```",
            "a",
            "é",
            "😀",
            "STOP",
            "ST",
            "[THINK]",
            "[/THINK]",
            "[TOOL_CALLS]",
            "[ARGS]",
            "[CALL_ID]",
            "{\"a\": 1}",
            "{",
            "x"
        };
        List<ThinkingFormat> formats =
                List.of(
                        ThinkingFormat.NONE,
                        ThinkingFormat.TEXT,
                        ThinkingFormat.TEXT.openedByPrompt(true),
                        ThinkingFormat.TEXT.exact(),
                        ThinkingFormat.TOKENS,
                        ThinkingFormat.TOKENS.openedByPrompt(true).exact());
        for (int round = 0; round < 3000; round++) {
            var text = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            ThinkingFormat format = formats.get(random.nextInt(formats.size()));
            List<String> stops = random.nextBoolean() ? List.of("STOP", "TO") : List.of();
            int[] whole = tokens(text.toString());
            Seen expected = seen(format, whole, stops);
            assertEquals(expected, seen(format, inBytes(whole, random), stops), text.toString());
        }
    }

    @Test
    void phases_follow_the_parser_and_can_be_taken_back() {
        var random = new Random(11);
        int[] output =
                tokens(
                        "[THINK]so <think> it is[/THINK]\n\nThe code:\n```java\nint x;\n```\nDone."
                                + "[TOOL_CALLS]f[ARGS]{}");
        var parser =
                new OutputParser(
                        TEKKEN, CallFormat.NAME_ARGUMENTS, ThinkingFormat.TOKENS, List.of());
        var phases = new FormatPhases(TEKKEN, ThinkingFormat.TOKENS);
        List<Phase> forward = new ArrayList<>();
        for (int token : output) {
            var _ = parser.accept(token);
            int drafts = random.nextInt(5);
            for (int i = 0; i < drafts; i++) {
                phases.accept(output[random.nextInt(output.length)]);
            }
            phases.rollback(drafts);
            phases.accept(token);
            assertEquals(parser.isThinking(), phases.phase() == Phase.THINKING);
            forward.add(phases.phase());
        }
        for (Phase phase : Phase.values()) {
            assertTrue(forward.contains(phase), phase.toString());
        }
        assertEquals(Phase.STRUCTURED, phases.phase());
        assertFalse(parser.stopped());
    }

    private record Seen(String thinking, String text, List<String> calls) {}

    private static Seen seen(String output) {
        return seen(ThinkingFormat.TOKENS, output);
    }

    private static Seen seen(ThinkingFormat format, String output) {
        return seen(format, output, List.of());
    }

    private static Seen seen(ThinkingFormat format, String output, List<String> stops) {
        return seen(format, tokens(output), stops);
    }

    private static Seen seen(ThinkingFormat format, int[] output, List<String> stops) {
        var parser = new OutputParser(TEKKEN, CallFormat.NAME_ARGUMENTS, format, stops);
        List<ChatEvent> events = new ArrayList<>();
        for (int token : output) {
            events.addAll(parser.accept(token));
            if (parser.stopped()) {
                break;
            }
        }
        events.addAll(parser.end());
        var thinking = new StringBuilder();
        var text = new StringBuilder();
        List<String> calls = new ArrayList<>();
        for (ChatEvent event : events) {
            switch (event) {
                case ChatEvent.Thinking(String part) -> thinking.append(part);
                case ChatEvent.Text(String part) -> text.append(part);
                case ChatEvent.ToolCalled(ToolCall call) ->
                        calls.add(call.name() + " " + call.arguments());
                case ChatEvent.Progress _,
                        ChatEvent.Scored _,
                        ChatEvent.Intervened _,
                        ChatEvent.Voted _,
                        ChatEvent.Finished _ -> {}
            }
        }
        return new Seen(thinking.toString(), text.toString(), calls);
    }

    /// Ids of a text in which marks are spelled.
    private static int[] tokens(String text) {
        IntStream ids = IntStream.empty();
        int start = 0;
        for (int at = 0; at < text.length(); at++) {
            for (SpecialToken mark : SpecialToken.values()) {
                if (mark.spelling().startsWith("[") && text.startsWith(mark.spelling(), at)) {
                    int id = TEKKEN.special(mark).orElseThrow();
                    IntStream before = Arrays.stream(TEKKEN.encode(text.substring(start, at)));
                    ids = IntStream.concat(ids, IntStream.concat(before, IntStream.of(id)));
                    start = at + mark.spelling().length();
                    at = start - 1;
                    break;
                }
            }
        }
        return IntStream.concat(ids, Arrays.stream(TEKKEN.encode(text.substring(start)))).toArray();
    }

    /// The same output with some tokens spelled in single bytes.
    private static int[] inBytes(int[] output, Random random) {
        return Arrays.stream(output)
                .flatMap(
                        id -> {
                            if (TEKKEN.isSpecial(id) || random.nextBoolean()) {
                                return IntStream.of(id);
                            }
                            byte[] bytes = TEKKEN.bytesOf(id);
                            return IntStream.range(0, bytes.length)
                                    .map(i -> 1000 + (bytes[i] & 0xff));
                        })
                .toArray();
    }

    private static List<Chunk> chunks(JsonNode content) {
        List<Chunk> chunks = new ArrayList<>();
        for (JsonNode chunk : content) {
            chunks.add(
                    chunk.get("type").asString().equals("text")
                            ? new Chunk.TextChunk(chunk.get("text").asString())
                            : new Chunk.ThinkChunk(
                                    chunk.get("thinking").asString(),
                                    chunk.get("closed").asBoolean()));
        }
        return chunks;
    }

    private static void assertCalls(JsonNode expected, List<ToolCall> calls, String name)
            throws NotJsonException {
        assertEquals(expected.size(), calls.size(), name);
        for (int i = 0; i < calls.size(); i++) {
            JsonNode call = expected.get(i);
            assertEquals(call.get("name").asString(), calls.get(i).name(), name);
            assertEquals(call.get("id").asString(), calls.get(i).id().orElse("null"), name);
            assertEquals(
                    PythonJson.parse(call.get("arguments").asString()),
                    PythonJson.parse(calls.get(i).arguments()),
                    name);
        }
    }
}
