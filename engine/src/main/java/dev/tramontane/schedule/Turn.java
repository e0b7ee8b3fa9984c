package dev.tramontane.schedule;

import dev.tramontane.cache.BlockPool;
import dev.tramontane.sampling.Choice;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.sampling.Sampler;
import dev.tramontane.sampling.TokenMask;
import dev.tramontane.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A sequence's turn in a step: its next token, and one more for each drafted token that was right.
///
/// Tokens are chosen on any thread, beside other sequences' turns, and touch nothing but the
/// sequence and its masks. What came of it is told afterwards, on the scheduler's thread.
final class Turn {
    /// What came of it, one after the other.
    private sealed interface Outcome {
        record Intervened(Intervention what) implements Outcome {}

        record Chosen(Choice choice) implements Outcome {}

        /// The token chosen last was drafted, or another was.
        record Held(int index, boolean wasKept) implements Outcome {}

        record Ended(FinishReason reason) implements Outcome {}

        record Failed(RuntimeException cause) implements Outcome {}
    }

    /// Whoever ends sequences.
    interface Ends {
        void finish(Sequence sequence, FinishReason reason);

        void fail(Sequence sequence, RuntimeException cause);
    }

    private final Sequence sequence;
    private final int firstRow;
    private final List<Outcome> outcomes = new ArrayList<>(2);

    /// @param firstRow of its rows of logits, of which there are one and one for each drafted token
    Turn(Sequence sequence, int firstRow) {
        this.sequence = sequence;
        this.firstRow = firstRow;
    }

    /// Chooses its tokens.
    void choose(Sampler sampler, Tensor logits) {
        int drafted = sequence.draft().count();
        for (int i = 0; i <= drafted; i++) {
            if (sequence.isCancelled() || !goesOn(sampler, logits, firstRow + i) || i == drafted) {
                return;
            }
            boolean wasKept = sequence.lastToken() == sequence.draft().token(i);
            outcomes.add(new Outcome.Held(i, wasKept));
            if (!wasKept) {
                return;
            }
        }
    }

    /// Chooses a token, or finds the end.
    private boolean goesOn(Sampler sampler, Tensor logits, int row) {
        try {
            Optional<FinishReason> end = next(sampler, logits, row);
            end.ifPresent(reason -> outcomes.add(new Outcome.Ended(reason)));
            return end.isEmpty();
        } catch (RuntimeException failure) { // of its masks or its logits: its own end alone
            outcomes.add(new Outcome.Failed(failure));
            return false;
        }
    }

    /// @return why the sequence ends, if it does
    private Optional<FinishReason> next(Sampler sampler, Tensor logits, int row) {
        TokenMask mask = sequence.mask();
        TokenMask.Verdict verdict = mask.next();
        tellIntervention(mask);
        if (verdict instanceof TokenMask.Verdict.End(FinishReason reason, int repeatedTokens)) {
            sequence.repeats(repeatedTokens);
            return Optional.of(reason);
        }
        Choice choice =
                sampler.sample(
                        logits,
                        row,
                        verdict,
                        sequence.sampling(),
                        sequence.tokens(),
                        sequence.nextPosition());
        int instead = // what masks forced is nothing that the model wanted
                choice.forced() ? choice.token() : mask.instead(choice.token());
        if (instead != choice.token()) {
            tellIntervention(mask);
            choice = sampler.replace(choice, logits, row, instead);
        }
        if (sequence.stopsAt(choice.token())) {
            return Optional.of(FinishReason.STOP);
        }
        sequence.append(choice);
        outcomes.add(new Outcome.Chosen(choice));
        return sequence.isFull() ? Optional.of(sequence.whyFull()) : Optional.empty();
    }

    private void tellIntervention(TokenMask mask) {
        mask.intervened().ifPresent(what -> outcomes.add(new Outcome.Intervened(what)));
    }

    /// Tells what came of it. A drafted token that was kept counts before the token behind it is
    /// told.
    void tell(BlockPool pool, Speculation speculation, Ends ends) {
        for (Outcome outcome : outcomes) {
            switch (outcome) {
                case Outcome.Intervened(Intervention what) -> sequence.listener().intervened(what);
                case Outcome.Chosen(Choice choice) -> sequence.listener().sampled(choice);
                case Outcome.Held(int index, boolean wasKept) -> {
                    if (wasKept) {
                        sequence.keepDrafted(pool);
                    }
                    speculation.held(sequence, index, wasKept);
                }
                case Outcome.Ended(FinishReason reason) -> ends.finish(sequence, reason);
                case Outcome.Failed(RuntimeException cause) -> ends.fail(sequence, cause);
            }
        }
    }
}
