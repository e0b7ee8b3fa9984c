package dev.tramontane.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.grammar.Expression.CharClass;
import dev.tramontane.grammar.Expression.Literal;
import dev.tramontane.grammar.Expression.Repeat;

import org.junit.jupiter.api.Test;

class ExpressionTest {
    @Test
    void ranges_are_sorted_and_merged_and_lose_surrogates() {
        CharClass set = Expression.characters('x', 'z', 'a', 'c', 'd', 'f', 'b', 'b');
        assertEquals(Expression.characters('a', 'f', 'x', 'z'), set);
        assertEquals(
                Expression.characters(0xD000, 0xD7FF, 0xE000, 0xF000),
                Expression.characters(0xD000, 0xF000));
        assertTrue(Expression.characters(0xD800, 0xDFFF).isEmpty());
    }

    @Test
    void a_complement_has_every_other_character() {
        CharClass digits = Expression.characters('0', '9');
        CharClass others = digits.complement();
        assertFalse(others.contains('5'));
        assertTrue(others.contains('a') && others.contains(0x10FFFF) && others.contains(0));
        assertFalse(others.contains(0xD800));
        assertEquals(digits, others.complement());
        assertEquals(Expression.anyCharacter(), digits.union(others));
        assertTrue(Expression.anyCharacter().complement().isEmpty());
    }

    @Test
    void what_cannot_be_is_refused() {
        assertThrows(IllegalArgumentException.class, () -> Expression.characters('a'));
        assertThrows(IllegalArgumentException.class, () -> Expression.characters('z', 'a'));
        assertThrows(IllegalArgumentException.class, () -> Expression.characters(0, 0x110000));
        assertThrows(IllegalArgumentException.class, () -> new Literal("\uD800x"));
        assertEquals("\uD83D\uDE00", new Literal("\uD83D\uDE00").text());
        assertThrows(IllegalArgumentException.class, () -> new Repeat(Expression.EMPTY, 2, 1));
    }
}
