package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.tokenizer.SentencePiece;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.tokenizer.Tokenizer.SpecialTokens;
import dev.tramontane.weights.Metadata;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class GapFormatTest {
    private static final int ANY = Integer.MAX_VALUE;

    private static final List<String> MARKS =
            List.of("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>");
    private static final List<String> FILE_MARKS = List.of("<|repo_name|>", "<|file_sep|>");

    @Test
    void a_gap_is_written_as_in_the_reference_of_the_family() {
        for (JsonNode entry : ChatVectors.cases("fim.json")) {
            Tokenizer tokenizer = ChatVectors.tokenizer(entry.get("version").asString());
            var gap = new Gap(entry.get("prompt").asString(), entry.path("suffix").asString(""));
            int[] ids = GapFormat.ofFamily(tokenizer).orElseThrow().write(gap, ANY);
            assertArrayEquals(ChatVectors.ids(entry.get("ids")), ids, entry.toString());
        }
    }

    /// The metadata of a model with more marks; its bytes are its only text tokens.
    private static Metadata metadata(Map<String, Object> more, List<String> marks) {
        Map<String, Object> values = OtherModel.metadata();
        var tokens = new ArrayList<>(List.of((String[]) values.get("tokenizer.ggml.tokens")));
        int[] types = (int[]) values.get("tokenizer.ggml.token_type");
        int first = tokens.size();
        tokens.addAll(marks);
        int[] control = Arrays.copyOf(types, tokens.size());
        Arrays.fill(control, first, control.length, 3);
        values.put("tokenizer.ggml.tokens", tokens.toArray(String[]::new));
        values.put("tokenizer.ggml.token_type", control);
        values.put("tokenizer.ggml.scores", new float[tokens.size()]);
        values.putAll(more);
        return new Metadata("gaps.gguf", values);
    }

    private static String written(Metadata metadata, Gap gap, int most) {
        Tokenizer tokenizer = SentencePiece.fromGguf(metadata);
        int[] ids = GapFormat.of(tokenizer, metadata).orElseThrow().write(gap, most);
        assertTrue(ids.length <= most, ids.length + " tokens");
        return tokenizer.decode(ids, SpecialTokens.KEEP);
    }

    @Test
    void other_marks_are_known_by_their_usual_spelling() {
        String text = written(metadata(Map.of(), MARKS), new Gap("a + ", " = c"), ANY);
        assertEquals("<s><|fim_prefix|>a + <|fim_suffix|> = c<|fim_middle|>", text);
    }

    @Test
    void marks_that_the_file_names_come_first() {
        Map<String, Object> named =
                Map.of(
                        "tokenizer.ggml.fim_pre_token_id", 259L,
                        "tokenizer.ggml.suffix_token_id", 260L,
                        "tokenizer.ggml.fim_mid_token_id", 257L);
        String text = written(metadata(named, MARKS), new Gap("a", "b"), ANY);
        assertEquals("<s><|im_start|>a<|im_end|>b<s>", text);
    }

    @Test
    void a_vocabulary_without_all_three_marks_fills_no_gaps() {
        for (String missing : MARKS) {
            List<String> rest = MARKS.stream().filter(mark -> !mark.equals(missing)).toList();
            Metadata metadata = metadata(Map.of("tokenizer.ggml.fim_mid_token_id", -1L), rest);
            Tokenizer tokenizer = SentencePiece.fromGguf(metadata);
            assertEquals(Optional.empty(), GapFormat.of(tokenizer, metadata), missing);
        }
    }

    @Test
    void passages_stand_behind_their_names_in_order() {
        var gap =
                new Gap(
                        "x",
                        "y",
                        List.of(new Gap.Passage("a.h", "A"), new Gap.Passage("b.h", "B\n")));
        assertEquals(
                "<s>+++++ a.h\nA\n+++++ b.h\nB\n<|fim_prefix|>x<|fim_suffix|>y<|fim_middle|>",
                written(metadata(Map.of(), MARKS), gap, ANY));
        List<String> all = new ArrayList<>(MARKS);
        all.addAll(FILE_MARKS);
        assertEquals(
                "<s><|repo_name|>project\n<|file_sep|>a.h\nA\n<|file_sep|>b.h\nB\n<|file_sep|>file\n"
                        + "<|fim_prefix|>x<|fim_suffix|>y<|fim_middle|>",
                written(metadata(Map.of(), all), gap, ANY));
    }

    @Test
    void what_does_not_fit_is_left_out_from_the_farthest_to_the_nearest() {
        Metadata metadata = metadata(Map.of(), MARKS);
        var gap =
                new Gap(
                        "0123456789",
                        "abcdefghij",
                        List.of(new Gap.Passage("p", "P"), new Gap.Passage("q", "Q")));
        String last = "+++++ q\nQ\n";
        String whole = "<|fim_prefix|>0123456789<|fim_suffix|>abcdefghij<|fim_middle|>";
        assertEquals("<s>" + last + whole, written(metadata, gap, 24 + last.length()));
        assertEquals("<s>" + whole, written(metadata, gap, 24 + last.length() - 1));
        assertEquals(
                "<s><|fim_prefix|>456789<|fim_suffix|>ab<|fim_middle|>",
                written(metadata, gap, 12));
        String none = "<s><|fim_prefix|><|fim_suffix|><|fim_middle|>";
        assertEquals(none, written(metadata, gap, 4));
    }

    @Test
    void a_short_side_leaves_its_room_to_the_other() {
        Metadata metadata = metadata(Map.of(), MARKS);
        assertEquals(
                "<s><|fim_prefix|>0<|fim_suffix|>abcdefg<|fim_middle|>",
                written(metadata, new Gap("0", "abcdefghij"), 12));
        assertEquals(
                "<s><|fim_prefix|>3456789<|fim_suffix|>a<|fim_middle|>",
                written(metadata, new Gap("0123456789", "a"), 12));
    }

    @Test
    void every_mark_ends_what_fills_the_gap() {
        List<String> all = new ArrayList<>(MARKS);
        all.addAll(FILE_MARKS);
        all.add("<|fim_pad|>");
        Metadata metadata = metadata(Map.of(), all);
        Tokenizer tokenizer = SentencePiece.fromGguf(metadata);
        GapFormat format = GapFormat.of(tokenizer, metadata).orElseThrow();
        for (String mark : all) {
            assertTrue(format.ends().contains(tokenizer.special(mark).orElseThrow()), mark);
        }
    }
}
