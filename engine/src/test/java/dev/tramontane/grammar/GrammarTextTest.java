package dev.tramontane.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Grammars in the notation of llama.cpp.
class GrammarTextTest {
    @Test
    void comments_lines_and_brackets_are_read() {
        Grammar grammar =
                Grammar.parse(
                        """
                        # a list of calls
                        root  ::= call ("," ws call)* # and no more
                        call  ::= name "(" args? ")" |
                                  "none"
                        args  ::= ( [0-9]{1,3} | "\\"" [^"\\n]* "\\"" | name ) |
                                  call
                        name  ::= [a-z_] [a-z0-9_-]*

                        ws    ::= " "?
                        """);
        assertTrue(grammar.matches("f(12)"));
        assertTrue(grammar.matches("f(g(\"é 😀\")), none,h()"));
        assertFalse(grammar.matches("f(1234)"));
        assertFalse(grammar.matches("f(1"));
        assertFalse(grammar.matches("f(12),  g()"));
    }

    @Test
    void characters_are_escaped_in_every_way() {
        Grammar grammar =
                Grammar.parse(
                        "root ::= \"\\x41\\u00e9\\U0001F600\\\\\\n\" [\\]\\[\\-a] . [^\\x00-\\x7f]{2,}");
        assertTrue(grammar.matches("Aé😀\\\n]\néé"));
        assertTrue(grammar.matches("Aé😀\\\n-xééé"));
        assertFalse(grammar.matches("Aé😀\\\n]xéa"));
        assertFalse(grammar.matches("Aé😀\\\nbxéé"));
    }

    @Test
    void repetitions_bind_to_what_stands_before_them() {
        Grammar grammar =
                Grammar.parse("root ::= \"ab\"{2} (\"c\" \"d\"){,2} \"e\"{1,} \"f\"{0,1}");
        assertTrue(grammar.matches("ababe"));
        assertTrue(grammar.matches("ababcdcdeeef"));
        assertFalse(grammar.matches("abe"));
        assertFalse(grammar.matches("ababcdcdcde"));
        assertFalse(grammar.matches("ababeff"));
    }

    @ParameterizedTest
    @CsvSource({
        "'root ::= \"a', 'line 1, column 10'",
        "'root ::= [a', 'line 1, column 10'",
        "'root ::= (\"a\" ', 'line 1, column 15'",
        "'root = \"a\"', 'line 1, column 6'",
        "'root ::= \"a\"\nroot ::= \"b\"', 'line 2, column 1'",
        "'root ::= \"a\"\n  é ::= \"b\"', 'line 2, column 3'",
        "'root ::= \"\\q\"', 'line 1, column 11'",
        "'root ::= \"\\x4\"', 'line 1, column 11'",
        "'root ::= [z-a]', 'line 1, column 11'",
        "'root ::= \"é\" <[12]>', 'line 1, column 14'",
        "'root ::= \"a\"{3,2}', 'line 1, column 13'",
        "'root ::= \"a\"{x}', 'line 1, column 14'",
        "'root ::= \"a\"{99999999999}', 'line 1, column 14'",
        "'root ::= \"a\" )', 'line 1, column 14'",
        "'root ::= \"\\uD800\"', 'line 1, column 11'",
        "'other ::= \"a\"', 'the grammar'",
        "'root ::= other', 'rule root'"
    })
    void errors_have_a_line_and_a_column(String grammar, String where) {
        var refusal = assertThrows(InvalidGrammarException.class, () -> Grammar.parse(grammar));
        assertEquals(where, refusal.where(), refusal.getMessage());
    }

    @Test
    void hostile_grammars_are_refused() {
        for (String grammar :
                new String[] {
                    "",
                    "root ::= " + "(".repeat(100) + "\"a\"" + ")".repeat(100),
                    "root ::= \"a\"" + "*".repeat(100_000),
                    "x".repeat(2_000_000),
                    "root ::= \"a\"\n"
                            + "r%d ::= \"a\"\n".repeat(20_000).formatted(numbers(20_000)),
                    doubled(40)
                }) {
            assertThrows(InvalidGrammarException.class, () -> Grammar.parse(grammar));
        }
        assertTrue(chain(9_000).matches("a"), "a long chain of rules is no harm");
    }

    private static Object[] numbers(int count) {
        var numbers = new Object[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = i;
        }
        return numbers;
    }

    /// A chain of rules, each of which is the next one.
    private static Grammar chain(int rules) {
        var grammar = new StringBuilder("root ::= r0\n");
        for (int i = 0; i < rules; i++) {
            grammar.append("r").append(i).append(" ::= r").append(i + 1).append('\n');
        }
        return Grammar.parse(grammar.append("r").append(rules).append(" ::= \"a\"").toString());
    }

    /// Rules that begin with themselves twice over.
    private static String doubled(int rules) {
        var grammar = new StringBuilder("root ::= r0\n");
        for (int i = 0; i < rules; i++) {
            grammar.append("r%d ::= r%d r%d\n".formatted(i, (i + 1) % rules, (i + 1) % rules));
        }
        return grammar.toString();
    }
}
