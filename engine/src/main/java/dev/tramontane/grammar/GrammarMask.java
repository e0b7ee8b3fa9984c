package dev.tramontane.grammar;

import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Phase;
import dev.tramontane.sampling.Phases;
import dev.tramontane.sampling.Rewind;
import dev.tramontane.sampling.TokenMask;

import java.time.Duration;
import java.util.BitSet;

/// Holds an answer to a grammar: only tokens that the text can go on with may come, and the tokens
/// that end an answer exactly where the text may end. Thinking is free; the grammar begins behind
/// it.
///
/// The mask asks its phases and never drives them: in a list of masks it stands behind the one that
/// does. Should another mask force what the grammar does not allow, the grammar gives up, says so
/// ({@link #isBroken}) and allows everything.
public final class GrammarMask implements TokenMask {
    /// Spent on masks ahead when a mask is made, on the caller's thread.
    private static final Duration WARMING = Duration.ofMillis(50);

    /// Where an answer is.
    ///
    /// @param text state of the text so far
    /// @param opening state of what may open the thinking instead
    /// @param isFresh whether no token of an answer has come
    /// @param isThinking whether the thinking is open
    /// @param closing characters of the text that closes it that have come
    private record Place(
            GrammarState text,
            GrammarState opening,
            boolean isFresh,
            boolean isThinking,
            int closing,
            boolean hasEnded) {}

    private final TokenTrie vocabulary;
    private final MaskTable masks;
    private final Phases phases;
    private final ThinkingMarks marks;
    private final GrammarState beginning;
    private final Openings openings;
    private final Rewind<Place> earlier = new Rewind<>();
    private final BitSet allowed;
    private Place place;

    private GrammarMask(Grammar grammar, TokenTrie vocabulary, Phases phases, ThinkingMarks marks) {
        this.vocabulary = vocabulary;
        this.masks = grammar.masks(vocabulary);
        this.phases = phases;
        this.marks = marks;
        this.beginning = marks.trims() ? grammar.startBehindSpace() : grammar.start();
        this.openings = new Openings(vocabulary, marks, grammar);
        this.allowed = new BitSet(vocabulary.vocab());
        this.place =
                new Place(
                        beginning,
                        openings.start(),
                        true,
                        phases.phase() == Phase.THINKING,
                        0,
                        false);
    }

    /// A mask over everything from the first token on.
    ///
    /// @throws InvalidGrammarException when the vocabulary cannot write some text of the grammar
    public static GrammarMask of(Grammar grammar, TokenTrie vocabulary) {
        return of(grammar, vocabulary, ALL_ANSWER, ThinkingMarks.NONE);
    }

    /// A mask over the answer, behind the thinking.
    ///
    /// @param phases where the sequence is; driven by somebody else, who is told each token first
    /// @throws InvalidGrammarException when the vocabulary cannot write some text of the grammar
    public static GrammarMask of(
            Grammar grammar, TokenTrie vocabulary, Phases phases, ThinkingMarks marks) {
        BitSet missing = (BitSet) grammar.usedBytes().clone();
        missing.andNot(vocabulary.singleBytes());
        if (!missing.isEmpty()) {
            throw new InvalidGrammarException(
                    "the grammar",
                    "it needs byte 0x%02X, for which the model's vocabulary has no token of its own; allow fewer characters"
                            .formatted(missing.nextSetBit(0)));
        }
        var mask = new GrammarMask(grammar, vocabulary, phases, marks);
        mask.masks.warm(mask.beginning, WARMING);
        return mask;
    }

    private static final Phases ALL_ANSWER =
            new Phases() {
                @Override
                public Phase phase() {
                    return Phase.STRUCTURED;
                }

                @Override
                public void accept(int token) {}

                @Override
                public void rollback(int count) {}
            };

    /// Whether what has come of the answer is a whole text of the grammar.
    public boolean mayEnd() {
        return place.hasEnded || !place.isThinking && place.text.mayEnd();
    }

    /// Whether something came that the grammar does not allow, forced by another mask.
    public boolean isBroken() {
        return !place.isThinking
                && !place.hasEnded
                && place.text.isDead()
                && place.opening.isDead();
    }

    @Override
    public Verdict next() {
        if (place.isThinking) {
            BitSet banned = openings.banned(place.closing);
            return banned.isEmpty() ? Verdict.ANY : new Verdict.Except(banned);
        }
        if (place.hasEnded || isBroken()) {
            return Verdict.ANY;
        }
        MaskTable.Mask mask = masks.mask(place.text);
        boolean opens = !place.opening.isDead() || place.isFresh && marks.openToken() >= 0;
        if (!place.text.mayEnd() && !opens) {
            return mask.count() == 1
                    ? new Verdict.Force(mask.tokens().nextSetBit(0))
                    : new Verdict.Only(mask.tokens());
        }
        if (place.text.mustEnd() && !opens && vocabulary.ends().isEmpty()) {
            return new Verdict.End(FinishReason.STOP);
        }
        allowed.clear();
        allowed.or(mask.tokens());
        if (place.text.mayEnd()) {
            allowed.or(vocabulary.ends());
        }
        if (opens) {
            openings.addTo(allowed, place.opening, place.isFresh);
        }
        return new Verdict.Only(allowed);
    }

    @Override
    public void accept(int token) {
        earlier.before(place);
        place = after(token);
    }

    private Place after(int token) {
        byte[] bytes = vocabulary.bytes(token);
        if (phases.phase() == Phase.THINKING) {
            int closing = openings.closing(place.isThinking ? place.closing : 0, bytes);
            return new Place(beginning, openings.none(), false, true, closing, false);
        }
        if (place.isThinking) {
            byte[] rest = openings.behindClose(place.closing, bytes);
            GrammarState text = beginning.after(rest);
            return new Place(
                    text.isDead() && Openings.isSpace(rest, 0) ? beginning : text,
                    openings.none(),
                    false,
                    false,
                    0,
                    false);
        }
        boolean ends = vocabulary.ends().get(token) && place.text.mayEnd();
        GrammarState text = bytes.length == 0 ? openings.none() : place.text.after(bytes);
        GrammarState opening = bytes.length == 0 ? openings.none() : place.opening.after(bytes);
        return new Place(text, opening, false, false, 0, ends || place.hasEnded);
    }

    @Override
    public void rollback(int count) {
        if (count > 0) {
            place = earlier.takeBack(count);
        }
    }
}
