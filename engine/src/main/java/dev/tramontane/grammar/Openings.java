package dev.tramontane.grammar;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/// What a mask must know of a model's thinking: the tokens that may open it where an answer could
/// begin, and those that close it and go on with an answer of which they may not be a part.
final class Openings {
    private final TokenTrie vocabulary;
    private final ThinkingMarks marks;
    private final byte[] close;
    private final int[] borders;
    private final BitSet[] banned;
    private final GrammarState none;
    private final GrammarState start;
    private final MaskTable masks;

    Openings(TokenTrie vocabulary, ThinkingMarks marks, Grammar grammar) {
        this.vocabulary = vocabulary;
        this.marks = marks;
        this.close = marks.closeText().getBytes(StandardCharsets.UTF_8);
        this.borders = borders(close);
        this.none = grammar.dead();
        if (marks.openText().isEmpty()) {
            this.start = none;
            this.masks = grammar.masks(vocabulary); // never asked
        } else {
            Grammar opening =
                    Grammar.compile(
                            GrammarSource.of(
                                    Expression.sequence(
                                            Expression.literal(marks.openText()),
                                            Expression.any(Expression.anyCharacter()))));
            this.start = opening.startBehindSpace();
            this.masks = opening.masks(vocabulary);
        }
        this.banned = banned();
    }

    /// The state in which no thinking can be opened any more.
    GrammarState none() {
        return none;
    }

    /// The state in which an answer could begin with thinking.
    GrammarState start() {
        return start;
    }

    /// Adds the tokens that open the thinking.
    void addTo(BitSet tokens, GrammarState opening, boolean isFresh) {
        if (!opening.isDead()) {
            tokens.or(masks.mask(opening).tokens());
        }
        if (isFresh && marks.openToken() >= 0) {
            tokens.set(marks.openToken());
        }
    }

    /// Bytes of the closing text that have come, after more of the thinking.
    int closing(int before, byte[] bytes) {
        int matched = before;
        for (byte b : bytes) {
            matched = matched == close.length ? 0 : matched;
            matched = advance(matched, b);
        }
        return matched == close.length ? 0 : matched;
    }

    /// What of a token comes behind the closing text.
    byte[] behindClose(int before, byte[] bytes) {
        int end = closeEnd(before, bytes);
        return Arrays.copyOfRange(bytes, end, bytes.length);
    }

    /// Where the closing text ends within a token; its length when it does not.
    private int closeEnd(int before, byte[] bytes) {
        int matched = before;
        for (int i = 0; i < bytes.length && close.length > 0; i++) {
            matched = advance(matched, bytes[i]);
            if (matched == close.length) {
                return i + 1;
            }
        }
        return bytes.length;
    }

    private int advance(int before, byte b) {
        int matched = before;
        while (matched > 0 && close[matched] != b) {
            matched = borders[matched - 1];
        }
        return matched < close.length && close[matched] == b ? matched + 1 : 0;
    }

    /// For each beginning of a text the length of its longest border (Knuth, Morris and Pratt
    /// 1977).
    private static int[] borders(byte[] text) {
        int[] borders = new int[text.length];
        for (int i = 1; i < text.length; i++) {
            int border = borders[i - 1];
            while (border > 0 && text[border] != text[i]) {
                border = borders[border - 1];
            }
            borders[i] = text[border] == text[i] ? border + 1 : 0;
        }
        return borders;
    }

    /// Tokens that would close the thinking and write on, by how much of the closing text has come.
    BitSet banned(int closing) {
        return banned[closing];
    }

    private BitSet[] banned() {
        var sets = new BitSet[Math.max(close.length, 1)];
        Arrays.setAll(sets, _ -> new BitSet());
        for (int token = 0; token < vocabulary.vocab() && close.length > 0; token++) {
            byte[] bytes = vocabulary.bytes(token);
            if (goesOnBehind(bytes, close[close.length - 1])) {
                for (int matched = 0; matched < sets.length; matched++) {
                    int end = closeEnd(matched, bytes);
                    sets[matched].set(token, !isSpace(bytes, end));
                }
            }
        }
        return sets;
    }

    private static boolean goesOnBehind(byte[] bytes, byte last) {
        for (int i = 0; i + 1 < bytes.length; i++) {
            if (bytes[i] == last) {
                return true;
            }
        }
        return false;
    }

    /// Whether nothing but ASCII white space is left.
    static boolean isSpace(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] != ' ' && (bytes[i] < '\t' || bytes[i] > '\r')) {
                return false;
            }
        }
        return true;
    }
}
