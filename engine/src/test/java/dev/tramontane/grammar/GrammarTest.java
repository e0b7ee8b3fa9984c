package dev.tramontane.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// What compiled grammars accept, and what compiling refuses.
class GrammarTest {
    private static final Grammar JSON = Grammar.json();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "-0",
                "0.5",
                "12e+3",
                "\"\"",
                "[1, 2,3]",
                "[[[[[[[[[[]]]]]]]]]]",
                "{\"a\": [true, {\"b\":null}], \"é\": \"\\u00e9\\ud83d\\uDE00😀\"}",
                "{\n    \"a\": 1,\n    \"b\": [\n        2\n    ]\n}",
                "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""
            })
    void json_is_accepted(String text) {
        assertTrue(JSON.matches(text), text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[1,]",
                "{\"a\"}",
                "{\"a\":}",
                "{a:1}",
                "01",
                "1.",
                ".5",
                "+1",
                "1e",
                "nul",
                "\"",
                "\"\n\"",
                "\"\\x\"",
                "\"\\u12\"",
                "\"\\ud800\"",
                "\"\\ud800\\u0041\"",
                "[1] ]",
                "'a'",
                "{\"a\":1,}",
                "[      1]",
                "\"\uD800\""
            })
    void what_is_not_json_or_spreads_itself_is_refused(String text) {
        assertFalse(JSON.matches(text), text);
    }

    @Test
    void an_object_is_wanted_where_an_object_is_asked_for() {
        Grammar object = Grammar.jsonObject();
        assertTrue(object.matches("{\"a\":[1]}"));
        assertFalse(object.matches("[1]"));
        assertFalse(object.matches("\"a\""));
    }

    @Test
    void a_choice_is_one_of_its_texts() {
        Grammar choice = Grammar.choice(List.of("yes", "yes, but", "né 😀"));
        for (String text : List.of("yes", "yes, but", "né 😀")) {
            assertTrue(choice.matches(text), text);
        }
        for (String text : List.of("", "ye", "yes,", "yes, but ", "no")) {
            assertFalse(choice.matches(text), text);
        }
        assertThrows(InvalidGrammarException.class, () -> Grammar.choice(List.of()));
        assertThrows(InvalidGrammarException.class, () -> Grammar.choice(List.of("\uDC00")));
    }

    @Test
    void ten_thousand_choices_are_one_automaton() {
        List<String> texts =
                IntStream.range(0, 10_000)
                        .mapToObj(i -> Integer.toString(i * 7919 % 1_000_003, 36) + "-item")
                        .toList();
        Grammar choice = Grammar.choice(texts);
        assertTrue(choice.matches(texts.get(1234)));
        assertTrue(choice.matches(texts.getLast()));
        assertFalse(choice.matches("nothing-item"));
    }

    @Test
    void recursion_may_stand_at_the_end_and_in_the_middle() {
        Grammar nested = Grammar.parse("root ::= \"(\" root \")\" root | \"\"");
        assertTrue(nested.matches(""));
        assertTrue(nested.matches("(()())()"));
        assertFalse(nested.matches("(()"));
        assertFalse(nested.matches("())"));
        String deep = "(".repeat(20_000) + ")".repeat(20_000);
        assertTrue(nested.matches(deep));
        assertFalse(nested.matches(deep + ")"));
    }

    @Test
    void ambiguity_does_not_grow() {
        Grammar ambiguous = Grammar.parse("root ::= \"a\" root root | \"a\" root | \"a\"");
        assertTrue(ambiguous.matches("a".repeat(200)));
        assertFalse(ambiguous.matches("a".repeat(200) + "b"));
        Grammar counts = Grammar.parse("root ::= (\"a\" | \"aa\"){2,300} \"b\"");
        assertTrue(counts.matches("a".repeat(400) + "b"));
        assertFalse(counts.matches("a".repeat(601) + "b"));
        assertFalse(counts.matches("ab"));
    }

    @Test
    void counted_repetitions_count_characters_and_not_bytes() {
        Grammar counted = Grammar.regex("[^x]{500,100000}(y|zz){0,70}");
        assertFalse(counted.matches("é".repeat(499)));
        assertTrue(counted.matches("é".repeat(500)));
        assertTrue(counted.matches("😀".repeat(99_999) + "éyzz"));
        assertTrue(counted.matches("a".repeat(100_000) + "yzz".repeat(35)));
        assertFalse(counted.matches("a".repeat(100_071)));
        Grammar nested = Grammar.regex("(([ab]{100,200}c){90,110}d){0,1000000}");
        String row = ("ab".repeat(75) + "c").repeat(100) + "d";
        assertTrue(nested.matches(""));
        assertTrue(nested.matches(row.repeat(3)));
        assertFalse(nested.matches(row + ("ab".repeat(75) + "c").repeat(89) + "d"));
        assertFalse(nested.matches(("ab".repeat(49) + "c").repeat(100) + "d"));
    }

    @Test
    void a_repetition_of_what_may_be_empty_ends() {
        assertTrue(Grammar.regex("(a*)*").matches("aaa"));
        assertTrue(Grammar.regex("(a*){3,1000}b").matches("b"));
        assertTrue(Grammar.regex("(a*){3,1000}b").matches("aab"));
        assertTrue(Grammar.regex("((a?){500}){500}").matches("a".repeat(1000)));
        assertTrue(Grammar.regex("(){3,7}").matches(""));
        assertFalse(Grammar.regex("(){3,7}").matches("a"));
    }

    @Test
    void characters_are_whole_and_in_their_shortest_form() {
        GrammarState start = Grammar.regex("[^x]").start();
        assertTrue(start.after(bytes(0xC3, 0xA9)).mustEnd());
        assertFalse(start.after(bytes(0xC3)).mayEnd());
        for (byte[] broken :
                List.of(
                        bytes(0xC0, 0x80),
                        bytes(0xE0, 0x80, 0x80),
                        bytes(0xED, 0xA0, 0x80),
                        bytes(0xF4, 0x90, 0x80, 0x80),
                        bytes(0x80),
                        bytes(0xFF))) {
            assertTrue(start.after(broken).isDead());
        }
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Test
    void the_next_bytes_are_told() {
        BitSet next = Grammar.regex("a|b|\u00E9").start().nextBytes();
        assertEquals("{97, 98, 195}", next.toString());
    }

    @Test
    void a_grammar_that_matches_nothing_is_refused() {
        assertWhere("rule root", "root ::= \"a\" root");
        assertWhere("rule root", "root ::= other\nother ::= \"(\" other \")\"");
        assertThrows(InvalidGrammarException.class, () -> Grammar.regex("[]"));
        assertTrue(
                Grammar.parse("root ::= \"a\" | \"b\" never\nnever ::= \"c\" never").matches("a"));
    }

    @Test
    void left_recursion_is_refused_wherever_it_hides() {
        assertWhere("rule root", "root ::= root \"a\" | \"b\"");
        assertThrows(
                InvalidGrammarException.class,
                () ->
                        Grammar.parse(
                                "root ::= a\na ::= e b \"x\" | \"y\"\nb ::= e a\ne ::= \"z\"?"));
        assertThrows(
                InvalidGrammarException.class,
                () -> Grammar.parse("root ::= (root \"a\"){2,1000} | \"b\""));
    }

    private static void assertWhere(String where, String grammar) {
        var refusal = assertThrows(InvalidGrammarException.class, () -> Grammar.parse(grammar));
        assertEquals(where, refusal.where(), refusal.getMessage());
    }

    @Test
    void rules_that_are_missing_are_named() {
        var root = Map.<String, Expression>of("a", Expression.rule("b"));
        var noRoot =
                assertThrows(
                        InvalidGrammarException.class,
                        () -> Grammar.compile(new GrammarSource(root, "c")));
        assertTrue(String.valueOf(noRoot.getMessage()).contains("\"c\""), noRoot.getMessage());
        var noRule =
                assertThrows(
                        InvalidGrammarException.class,
                        () -> Grammar.compile(new GrammarSource(root, "a")));
        assertEquals("rule a", noRule.where());
        assertTrue(String.valueOf(noRule.getMessage()).contains("\"b\""), noRule.getMessage());
    }
}
