package dev.tramontane.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.tokenizer.Tokenizer.Span;
import dev.tramontane.tokenizer.Tokenizer.SpecialTokens;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// Chat templates that were rendered to text, and what of that text counts as special.
final class RenderedTemplateTest {
    private final Tekken tekken = Vectors.tekken("v13");

    @Test
    void what_the_template_spells_is_special() {
        assertArrayEquals(
                ids(1, 3, "Hello", 4, "Hi", 2),
                tekken.encode(List.of(template("<s>[INST]Hello[/INST]Hi</s>"))));
    }

    @Test
    void what_a_user_spells_is_text() {
        for (int id = 0; id < 1000; id++) {
            String spelling = tekken.pieceOf(id);
            int[] ids =
                    tekken.encode(
                            List.of(
                                    template("[INST]"),
                                    new Span(spelling, false),
                                    template("[/INST]")));
            assertEquals(2, IntStream.of(ids).filter(tekken::isSpecial).count(), spelling);
            assertEquals(spelling, tekken.decode(ids, SpecialTokens.IGNORE));
        }
    }

    @Test
    void a_user_cannot_complete_what_the_template_begins() {
        for (int border = 1; border < "[INST]".length(); border++) {
            String begun = "[INST]".substring(0, border);
            String ended = "[INST]".substring(border);
            int[] ids = tekken.encode(List.of(template(begun), new Span(ended, false)));
            assertArrayEquals(tekken.encode("[INST]"), ids);
            ids = tekken.encode(List.of(new Span(begun, false), template(ended)));
            assertArrayEquals(tekken.encode("[INST]"), ids);
        }
    }

    @Test
    void the_templates_own_spans_are_one_text() {
        assertArrayEquals(
                ids(3, "Hello"),
                tekken.encode(
                        List.of(
                                template("[IN"),
                                new Span("", false),
                                template("ST]He"),
                                template("llo"))));
    }

    @Test
    void words_that_the_template_and_a_user_write_together_are_cut_as_one() {
        assertArrayEquals(
                tekken.encode("Hello world"),
                tekken.encode(List.of(template("Hello wo"), new Span("rld", false))));
    }

    @Test
    void a_token_may_take_the_white_space_around_it() {
        var builder = new Vocabulary.Builder("test");
        builder.mark(new Spelling("<a>", 0, true, false));
        builder.mark(new Spelling("<b>", 1, false, true));
        builder.mark(new Spelling("<ab>", 2, false, false));
        Vocabulary vocabulary = builder.build();
        assertEquals(
                List.of(
                        new RenderedTemplate.Part.Text("x", true),
                        new RenderedTemplate.Part.Mark(0),
                        new RenderedTemplate.Part.Text(" y ", false),
                        new RenderedTemplate.Part.Mark(1),
                        new RenderedTemplate.Part.Text("z ", false),
                        new RenderedTemplate.Part.Mark(2)),
                RenderedTemplate.parts(
                        List.of(
                                template("x \n<a> y <b> "),
                                new Span("\n", false),
                                template(" z <ab>")),
                        vocabulary));
    }

    @Test
    void the_end_of_a_turn_stops_an_answer() {
        assertEquals(Set.of(2), tekken.stopTokens());
        assertEquals(Set.of(1, 2), stops("</x>", "<|im_end|>", "</s>"));
        assertEquals(Set.of(0, 2), stops("<|return|>", "<|end|>", "<|call|>"));
        assertEquals(Set.of(1), stops("<|x|>", "<|end|>", "end"));
    }

    private static Set<Integer> stops(String... marks) {
        var builder = new Vocabulary.Builder("test");
        for (String mark : marks) {
            builder.mark(mark);
        }
        return builder.build().stopTokens();
    }

    @Test
    void what_is_too_long_is_refused_before_anything_is_made_of_it() {
        String long1 = "a".repeat(Tokenizer.LONGEST_TEXT_CHARS);
        String long2 = long1 + "a";
        assertTooLong(() -> tekken.encode(long2));
        assertTooLong(() -> tekken.encode(List.of(template(long1), template("a"))));
        // Thirty-two times this is more than an int holds.
        assertTooLong(() -> tekken.encode(Collections.nCopies(32, template(long1))));
    }

    private static void assertTooLong(Executable encoding) {
        String message =
                String.valueOf(assertThrows(IllegalArgumentException.class, encoding).getMessage());
        assertTrue(message.contains("characters, expected at most"), message);
    }

    private static Span template(String text) {
        return new Span(text, true);
    }

    /// Ids as they are, texts as they are encoded.
    private int[] ids(Object... parts) {
        return Arrays.stream(parts)
                .flatMapToInt(
                        part ->
                                switch (part) {
                                    case Integer id -> IntStream.of(id);
                                    case String text -> Arrays.stream(tekken.encode(text));
                                    default -> throw new IllegalArgumentException();
                                })
                .toArray();
    }
}
