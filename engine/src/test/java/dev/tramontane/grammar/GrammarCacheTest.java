package dev.tramontane.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.util.List;

class GrammarCacheTest {
    private static Grammar of(GrammarCache cache, String text) {
        return cache.get(text, () -> Grammar.choice(List.of(text)));
    }

    @Test
    void a_grammar_is_compiled_once_and_the_oldest_go() {
        var cache = new GrammarCache(100 << 20);
        Grammar first = of(cache, "first");
        assertSame(first, of(cache, "first"));
        for (int i = 0; i < 300; i++) {
            of(cache, "other " + i);
            assertSame(first, of(cache, "first"), "what is used stays");
        }
        assertEquals(6, cache.size());
        Grammar other = of(cache, "other 299");
        for (int i = 0; i < 10; i++) {
            of(cache, "more " + i);
        }
        assertNotSame(first, of(cache, "first"));
        assertNotSame(other, of(cache, "other 299"));
    }

    @Test
    void what_is_refused_is_not_kept() {
        var cache = new GrammarCache(1);
        assertThrows(InvalidGrammarException.class, () -> cache.get("(", () -> Grammar.regex("(")));
        assertEquals(0, cache.size());
        of(cache, "a");
        of(cache, "b");
        assertEquals(1, cache.size());
    }
}
