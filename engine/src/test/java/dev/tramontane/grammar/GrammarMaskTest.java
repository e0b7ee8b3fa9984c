package dev.tramontane.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Phase;
import dev.tramontane.sampling.Phases;
import dev.tramontane.sampling.TokenMask.Verdict;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/// Masks over small vocabularies: against trying each token, with thinking before the answer, and
/// with tokens taken back.
class GrammarMaskTest {
    private static final int END = 256;
    private static final int OPEN = 257;
    private static final int CLOSE = 258;
    private static final int FIRST_TEXT = 259;

    /// Every byte, three marks, and these.
    private static TokenTrie vocabulary(List<String> texts) {
        byte[][] tokens = new byte[FIRST_TEXT + texts.size()][];
        for (int b = 0; b < 256; b++) {
            tokens[b] = new byte[] {(byte) b};
        }
        tokens[END] = tokens[OPEN] = tokens[CLOSE] = new byte[0];
        for (int i = 0; i < texts.size(); i++) {
            tokens[FIRST_TEXT + i] = texts.get(i).getBytes(StandardCharsets.UTF_8);
        }
        return TokenTrie.of(tokens, END);
    }

    /// Ends and halves of many kinds.
    private static final List<String> PIECES =
            List.of(
                    "{\"",
                    "\":",
                    "\",",
                    "\"}",
                    "a",
                    "ab",
                    "abc\"",
                    "abc\",\"",
                    "\"a\":1}",
                    "}]",
                    "]]]",
                    "[[",
                    "1",
                    "12",
                    "1,",
                    "12,3]",
                    "true",
                    "tr",
                    "e,",
                    " ",
                    "\n  ",
                    "\n\n  \"",
                    "é",
                    "éé\"",
                    "\\u",
                    "\\ud8",
                    "3d\\ude",
                    "00\"",
                    "null}",
                    "x",
                    "xy",
                    "yx",
                    "<",
                    "<think>",
                    ">",
                    "> {",
                    ">\n\n",
                    "</think>",
                    "</think>[",
                    "aa",
                    "aaa",
                    "aaaa\"]",
                    "(",
                    ")",
                    "()",
                    "))",
                    "-1.5e3");

    private static final TokenTrie SMALL = vocabulary(PIECES);

    private static int token(String text) {
        return FIRST_TEXT + PIECES.indexOf(text);
    }

    private static final List<Grammar> GRAMMARS =
            List.of(
                    Grammar.json(),
                    Grammar.jsonObject(),
                    Grammar.regex("(a|b|é){3,5}x"),
                    Grammar.regex("[^x]{2,700}y(xy)*"),
                    Grammar.regex("(aa|a){2,900}(xy|b\"){1,3}"),
                    Grammar.regex("a{90,}x?"),
                    Grammar.choice(List.of("a", "ab", "abc\"", "true", "éé")),
                    Grammar.parse("root ::= \"(\" root \")\" root | \"\""),
                    Grammar.parse(
                            "root ::= \"a\" root root | \"a\" s | \"x\"\ns ::= [ab] s \"x\" | \"y\" root"),
                    Grammar.parse(
                            "root ::= (s \" \"?){1,300}\ns ::= \"\\\"\" c* \"\\\"\"\nc ::= [^\"\\\\]"));

    @Test
    void a_mask_is_what_trying_each_token_gives() {
        var random = new Random(42);
        for (Grammar grammar : GRAMMARS) {
            for (int walk = 0; walk < 8; walk++) {
                var mask = GrammarMask.of(grammar, SMALL);
                GrammarState state = grammar.start();
                for (int step = 0; step < 25; step++) {
                    BitSet allowed = allowed(mask.next());
                    assertEquals(tried(state, SMALL), allowed);
                    int token = pick(allowed, random);
                    mask.accept(token);
                    if (token == END) {
                        assertTrue(state.mayEnd());
                        break;
                    }
                    state = state.after(SMALL.bytes(token));
                    assertFalse(mask.isBroken());
                    assertEquals(state.mayEnd(), mask.mayEnd());
                }
            }
        }
    }

    private static BitSet tried(GrammarState state, TokenTrie vocabulary) {
        var tokens = new BitSet();
        for (int token = 0; token < vocabulary.vocab(); token++) {
            byte[] bytes = vocabulary.bytes(token);
            tokens.set(token, bytes.length > 0 && !state.after(bytes).isDead());
        }
        tokens.set(END, state.mayEnd());
        return tokens;
    }

    private static BitSet allowed(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Only(BitSet tokens) -> (BitSet) tokens.clone();
            case Verdict.Force(int token) -> single(token);
            case Verdict.Any _, Verdict.Except _, Verdict.End _ ->
                    throw new AssertionError(verdict + " within a grammar");
        };
    }

    private static BitSet single(int token) {
        var set = new BitSet();
        set.set(token);
        return set;
    }

    private static int pick(BitSet tokens, Random random) {
        int chosen = random.nextInt(tokens.cardinality());
        return tokens.stream().skip(chosen).findFirst().orElseThrow();
    }

    @Test
    void every_text_that_ends_matches() {
        var random = new Random(7);
        int ended = 0;
        for (Grammar grammar : GRAMMARS) {
            for (int walk = 0; walk < 20; walk++) {
                var mask = GrammarMask.of(grammar, SMALL);
                var text = new ByteArrayOutputStream();
                for (int step = 0; step < 400; step++) {
                    BitSet allowed = allowed(mask.next());
                    int token =
                            allowed.get(END) && random.nextInt(3) == 0
                                    ? END
                                    : pick(allowed, random);
                    mask.accept(token);
                    if (token == END) {
                        ended++;
                        String whole = text.toString(StandardCharsets.UTF_8);
                        assertTrue(grammar.matches(whole), whole);
                        assertTrue(mask.mayEnd());
                        break;
                    }
                    text.writeBytes(SMALL.bytes(token));
                }
            }
        }
        assertTrue(ended > 100, ended + " texts ended");
    }

    @Test
    void what_was_taken_back_never_was() {
        var random = new Random(3);
        for (Grammar grammar : GRAMMARS) {
            var mask = GrammarMask.of(grammar, SMALL);
            List<Integer> tokens = new ArrayList<>();
            for (int step = 0; step < 30; step++) {
                if (random.nextInt(3) == 0 && !tokens.isEmpty()) {
                    int count = 1 + random.nextInt(Math.min(8, tokens.size()));
                    mask.rollback(count);
                    tokens.subList(tokens.size() - count, tokens.size()).clear();
                }
                var fresh = GrammarMask.of(grammar, SMALL);
                tokens.forEach(fresh::accept);
                assertEquals(allowed(fresh.next()), allowed(mask.next()));
                BitSet allowed = allowed(mask.next());
                allowed.clear(END);
                if (allowed.isEmpty()) {
                    break;
                }
                int token = pick(allowed, random);
                mask.accept(token);
                tokens.add(token);
            }
        }
        var mask = GrammarMask.of(GRAMMARS.getFirst(), SMALL);
        assertThrows(IllegalArgumentException.class, () -> mask.rollback(1));
    }

    @Test
    void one_token_left_is_forced_and_the_end_comes_when_nothing_else_can() {
        TokenTrie bytes = vocabulary(List.of());
        var mask = GrammarMask.of(Grammar.choice(List.of("ab")), bytes);
        assertEquals(new Verdict.Force('a'), mask.next());
        mask.accept('a');
        mask.accept('b');
        assertEquals(single(END), allowed(mask.next()));
        var endless = TokenTrie.of(bytesOnly());
        var without = GrammarMask.of(Grammar.choice(List.of("a")), endless);
        without.accept('a');
        assertEquals(new Verdict.End(FinishReason.STOP), without.next());
    }

    private static byte[][] bytesOnly() {
        byte[][] tokens = new byte[256][];
        for (int b = 0; b < 256; b++) {
            tokens[b] = new byte[] {(byte) b};
        }
        return tokens;
    }

    @Test
    void a_vocabulary_that_lacks_a_byte_is_named() {
        TokenTrie few = TokenTrie.of(new byte[][] {{'a'}, {'b'}, {'a', 'c'}});
        assertTrue(GrammarMask.of(Grammar.regex("[ab]+"), few).next() instanceof Verdict.Only);
        var refusal =
                assertThrows(
                        InvalidGrammarException.class,
                        () -> GrammarMask.of(Grammar.regex("[a-c]+"), few));
        assertTrue(String.valueOf(refusal.getMessage()).contains("0x63"), refusal.getMessage());
    }

    @Test
    void what_another_mask_forces_ends_the_grammar_and_is_told() {
        var mask = GrammarMask.of(Grammar.regex("a+"), SMALL);
        mask.accept('a');
        mask.accept('z');
        assertTrue(mask.isBroken());
        assertFalse(mask.mayEnd());
        assertSame(Verdict.ANY, mask.next());
        mask.rollback(1);
        assertFalse(mask.isBroken());
        assertEquals(
                tried(Grammar.regex("a+").start().after(new byte[] {'a'}), SMALL),
                allowed(mask.next()));
    }

    /// Phases by tokens, driven by the test.
    private static final class Driven implements Phases {
        private final List<Phase> phases = new ArrayList<>();

        Driven(Phase first) {
            phases.add(first);
        }

        void to(Phase next) {
            phases.add(next);
        }

        @Override
        public Phase phase() {
            return phases.getLast();
        }

        @Override
        public void accept(int token) {
            phases.add(phases.getLast());
        }

        @Override
        public void rollback(int count) {
            phases.subList(phases.size() - count, phases.size()).clear();
        }
    }

    @Test
    void thinking_is_free_and_the_grammar_begins_behind_it() {
        var phases = new Driven(Phase.ANSWER);
        var mask =
                GrammarMask.of(
                        Grammar.regex("[ab]+"),
                        SMALL,
                        phases,
                        new ThinkingMarks(OPEN, "", "", true));
        BitSet first = allowed(mask.next());
        assertTrue(first.get(OPEN) && first.get('a') && first.get('\n') && first.get(token(" ")));
        assertFalse(first.get('x') || first.get(END) || first.get(CLOSE));
        phases.to(Phase.THINKING);
        mask.accept(OPEN);
        assertSame(Verdict.ANY, mask.next());
        phases.to(Phase.THINKING);
        mask.accept(token("xy"));
        assertSame(Verdict.ANY, mask.next());
        assertFalse(mask.mayEnd());
        phases.to(Phase.ANSWER);
        mask.accept(CLOSE);
        BitSet answer = allowed(mask.next());
        assertTrue(answer.get('a') && answer.get('\n'));
        assertFalse(answer.get(OPEN), "thinking is opened once");
        phases.to(Phase.ANSWER);
        mask.accept('\n');
        phases.to(Phase.ANSWER);
        mask.accept(token("ab"));
        assertTrue(mask.mayEnd());
        assertFalse(allowed(mask.next()).get('\n'), "space is allowed before the answer alone");
        phases.rollback(2);
        mask.rollback(2);
        assertEquals(answer, allowed(mask.next()));
        phases.rollback(1);
        mask.rollback(1);
        assertSame(Verdict.ANY, mask.next());
    }

    @Test
    void thinking_marked_by_text_is_opened_and_closed_to_the_letter() {
        var phases = new Driven(Phase.ANSWER);
        var marks = new ThinkingMarks(-1, "<think>", "</think>", true);
        var mask = GrammarMask.of(Grammar.regex("[ab\\[]+"), SMALL, phases, marks);
        BitSet first = allowed(mask.next());
        assertTrue(first.get('a') && first.get(token("<")) && first.get(token("<think>")));
        assertFalse(first.get(token("</think>")));
        phases.to(Phase.ANSWER);
        mask.accept('<');
        assertEquals(single('t'), allowed(mask.next()));
        for (char c : "think".toCharArray()) {
            phases.to(Phase.ANSWER);
            mask.accept(c);
        }
        phases.to(Phase.THINKING);
        mask.accept('>');
        Verdict.Except free = assertInstanceOf(Verdict.Except.class, mask.next());
        assertEquals(single(token("</think>[")), free.banned());
        phases.to(Phase.THINKING);
        mask.accept(token("<"));
        for (char c : "/think".toCharArray()) {
            phases.to(Phase.THINKING);
            mask.accept(c);
        }
        Verdict.Except closing = assertInstanceOf(Verdict.Except.class, mask.next());
        assertTrue(closing.banned().get(token("> {")), "it would write on behind the mark");
        assertFalse(closing.banned().get(token(">\n\n")) || closing.banned().get('>'));
        phases.to(Phase.ANSWER);
        mask.accept(token(">\n\n"));
        BitSet answer = allowed(mask.next());
        assertTrue(answer.get('a') && !answer.get('<'));
    }

    @Test
    void thinking_that_the_prompt_opened_is_free_from_the_start() {
        var phases = new Driven(Phase.THINKING);
        var mask = GrammarMask.of(Grammar.regex("a"), SMALL, phases, ThinkingMarks.NONE);
        assertSame(Verdict.ANY, mask.next());
        phases.to(Phase.ANSWER);
        mask.accept(CLOSE);
        BitSet answer = allowed(mask.next());
        assertTrue(answer.get('a') && !answer.get('b') && !answer.get('\n'));
    }
}
