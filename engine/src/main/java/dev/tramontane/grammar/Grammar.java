package dev.tramontane.grammar;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;

/// What a text may be, compiled: an automaton over the bytes of its UTF-8. Immutable and safe for
/// any number of threads.
///
/// Compiling takes time and is bounded by {@link Limits}; it belongs on the caller's thread, never
/// on the engine's.
public final class Grammar {
    private final StateSpace space;
    private volatile @Nullable MaskTable masks;

    private Grammar(Automaton automaton) {
        this.space = new StateSpace(automaton);
    }

    /// Compiles a grammar within the usual limits.
    ///
    /// @throws InvalidGrammarException when it is malformed, matches nothing, or is too much
    public static Grammar compile(GrammarSource source) {
        return compile(source, Limits.STANDARD);
    }

    /// Compiles a grammar.
    ///
    /// @throws InvalidGrammarException when it is malformed, matches nothing, or is too much
    public static Grammar compile(GrammarSource source, Limits limits) {
        return new Grammar(Automaton.compile(source, new Effort(limits)));
    }

    /// The texts that a regular expression matches as a whole ({@link Regex}).
    ///
    /// @throws InvalidGrammarException when it is malformed, or asks for what is not supported
    public static Grammar regex(String pattern) {
        var effort = new Effort(Limits.STANDARD);
        Expression text = Regex.whole(pattern, Limits.STANDARD, effort::spend);
        return new Grammar(Automaton.compile(GrammarSource.of(text), effort));
    }

    /// Exactly these texts.
    ///
    /// @throws InvalidGrammarException when there are none, or too many
    public static Grammar choice(List<String> texts) {
        return compile(GrammarSource.of(Choices.of(texts, Limits.STANDARD)));
    }

    /// The texts of a grammar as llama.cpp writes them ({@link GrammarText}).
    ///
    /// @throws InvalidGrammarException when it is malformed, or asks for what is not supported
    public static Grammar parse(String grammar) {
        return compile(GrammarText.parse(grammar, Limits.STANDARD));
    }

    /// Any JSON value, with bounded white space ({@link JsonText}).
    public static Grammar json() {
        return compile(JsonText.value());
    }

    /// Any JSON object, with bounded white space ({@link JsonText}).
    public static Grammar jsonObject() {
        return compile(JsonText.object());
    }

    /// Whether a whole text matches; one with a surrogate alone never does.
    ///
    /// @throws InvalidGrammarException when the grammar is so ambiguous that this cannot be told
    public boolean matches(String text) {
        if (hasLoneSurrogate(text)) {
            return false;
        }
        GrammarState end = start().after(text.getBytes(StandardCharsets.UTF_8));
        if (!end.mayEnd() && end.isIncomplete()) {
            throw new InvalidGrammarException(
                    "the grammar",
                    "a text may be read in too many ways to tell whether it matches; make the grammar less ambiguous");
        }
        return end.mayEnd();
    }

    private static boolean hasLoneSurrogate(String text) {
        return text.codePoints()
                .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    /// The state of the empty text.
    public GrammarState start() {
        return space.start(false);
    }

    /// The same where white space of up to eight characters may come first.
    GrammarState startBehindSpace() {
        return space.start(true);
    }

    /// A dead state.
    GrammarState dead() {
        return space.dead();
    }

    /// The bytes that may come in some text; only read.
    BitSet usedBytes() {
        return space.automaton().usedBytes();
    }

    /// The masks of a vocabulary; those of the last one are kept.
    MaskTable masks(TokenTrie vocabulary) {
        MaskTable known = masks;
        if (known == null || known.vocabulary() != vocabulary) {
            known = new MaskTable(space, vocabulary);
            masks = known;
        }
        return known;
    }
}
