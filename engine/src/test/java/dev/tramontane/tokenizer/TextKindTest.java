package dev.tramontane.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class TextKindTest {
    @Test
    void a_text_is_of_the_kinds_that_it_looks_like() {
        Map<String, List<TextKind>> kinds =
                Map.ofEntries(
                        Map.entry("", List.of()),
                        Map.entry(" ", List.of(TextKind.WORDLESS)),
                        Map.entry("7", List.of(TextKind.DIGITS, TextKind.WORDLESS)),
                        Map.entry(" 42", List.of(TextKind.DIGITS, TextKind.WORDLESS)),
                        Map.entry("4 2", List.of(TextKind.WORDLESS)),
                        Map.entry("4a", List.of()),
                        Map.entry("word", List.of()),
                        Map.entry("é", List.of()),
                        Map.entry("漢", List.of()),
                        Map.entry("→", List.of(TextKind.WORDLESS)),
                        Map.entry(");\n", List.of(TextKind.LINE_END, TextKind.WORDLESS)),
                        Map.entry("end\n", List.of(TextKind.LINE_END)),
                        Map.entry(" ".repeat(6), List.of(TextKind.WORDLESS)),
                        Map.entry(" ".repeat(7), List.of(TextKind.INDENT, TextKind.WORDLESS)),
                        Map.entry("\t", List.of(TextKind.WORDLESS)),
                        Map.entry("\t\t", List.of(TextKind.INDENT, TextKind.WORDLESS)),
                        Map.entry(" ".repeat(7) + "x", List.of()));
        kinds.forEach(
                (text, expected) ->
                        assertEquals(
                                expected, kindsOf(text.getBytes(StandardCharsets.UTF_8)), text));
    }

    @Test
    void half_a_character_may_be_a_letter() {
        assertEquals(List.of(), kindsOf(new byte[] {(byte) 0xC3}));
    }

    private static List<TextKind> kindsOf(byte[] text) {
        byte[] among = new byte[text.length + 2];
        System.arraycopy(text, 0, among, 1, text.length);
        among[0] = 'a';
        among[text.length + 1] = '\n';
        return Stream.of(TextKind.values())
                .filter(kind -> kind.fits(among, 1, 1 + text.length))
                .toList();
    }
}
