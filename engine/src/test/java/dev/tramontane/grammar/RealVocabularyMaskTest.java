package dev.tramontane.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.sampling.TokenMask.Verdict;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tekken;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.zip.GZIPInputStream;

/// Masks over the 131,072 tokens of a published vocabulary, against trying each token.
class RealVocabularyMaskTest {
    private static final Path FILE =
            Path.of("src/test/resources/vectors/tekken/tekken_240911.json.gz");

    @Test
    void masks_are_what_trying_each_token_gives() throws IOException {
        Tekken tokenizer = read();
        TokenTrie vocabulary = TokenTrie.of(tokenizer);
        assertEquals(256, vocabulary.singleBytes().cardinality());
        int end = tokenizer.special(SpecialToken.EOS).orElseThrow();
        List<Grammar> grammars =
                List.of(
                        Grammar.json(),
                        Grammar.regex("[^x\"]{3,2000}\"(xy)*"),
                        Grammar.regex("\\p{Lu}[\\p{L} ]{0,200}\\. \\d+"));
        List<String> texts =
                List.of(
                        "{\"né\": [12.5e1, \"a\", {\"b\": \"\\u00",
                        "Né pas à cause de\" xyxy",
                        "École à Prague. 20");
        for (int i = 0; i < grammars.size(); i++) {
            var mask = GrammarMask.of(grammars.get(i), vocabulary);
            GrammarState state = grammars.get(i).start();
            for (int token : tokenizer.encode(texts.get(i))) {
                GrammarState next = state.after(vocabulary.bytes(token));
                if (next.isDead()) {
                    break;
                }
                assertEquals(tried(state, vocabulary, end), allowed(mask.next()));
                mask.accept(token);
                state = next;
            }
            assertFalse(mask.isBroken());
        }
    }

    private static Tekken read() throws IOException {
        try (InputStream file = new GZIPInputStream(Files.newInputStream(FILE))) {
            return Tekken.read(file, "tekken_240911.json");
        }
    }

    private static BitSet tried(GrammarState state, TokenTrie vocabulary, int end) {
        var tokens = new BitSet();
        for (int token = 0; token < vocabulary.vocab(); token++) {
            byte[] bytes = vocabulary.bytes(token);
            tokens.set(token, bytes.length > 0 && !state.after(bytes).isDead());
        }
        tokens.set(end, state.mayEnd());
        return tokens;
    }

    private static BitSet allowed(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Only(BitSet tokens) -> tokens;
            case Verdict.Force(int token) -> {
                var set = new BitSet();
                set.set(token);
                yield set;
            }
            case Verdict.Any _, Verdict.Except _, Verdict.End _ ->
                    throw new AssertionError(verdict);
        };
    }

    @Test
    void marks_of_the_format_are_never_text() throws IOException {
        Tekken tokenizer = read();
        TokenTrie vocabulary = TokenTrie.of(tokenizer);
        for (SpecialToken mark : SpecialToken.values()) {
            tokenizer
                    .special(mark)
                    .ifPresent(id -> assertEquals(0, vocabulary.bytes(id).length, mark.spelling()));
        }
        var mask = GrammarMask.of(Grammar.regex("[^]*"), vocabulary);
        BitSet allowed = allowed(mask.next());
        int end = tokenizer.special(SpecialToken.EOS).orElseThrow();
        assertTrue(allowed.get(end), "the empty text matches");
        allowed.clear(end);
        allowed.stream()
                .forEach(id -> assertTrue(vocabulary.bytes(id).length > 0, tokenizer.pieceOf(id)));
        String text =
                new String(vocabulary.bytes(allowed.nextSetBit(0)), StandardCharsets.ISO_8859_1);
        assertFalse(text.isEmpty());
    }
}
