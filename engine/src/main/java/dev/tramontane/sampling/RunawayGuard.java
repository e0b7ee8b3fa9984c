package dev.tramontane.sampling;

import dev.tramontane.sampling.PeriodWatch.Circle;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.function.IntSupplier;

/// Notices when a sequence goes in circles. A circling thought is nudged once, the next time it is
/// closed, so that an answer follows; a circling answer is ended.
///
/// | phase | a circle is | what happens |
/// | --- | --- | --- |
/// | thinking | four copies and 256 matched tokens ({@link PeriodWatch}), or 2,048 without anything new ({@link DriftWatch}) | the nudge is written, and counting begins anew; after it, the close sequence |
/// | answer | four copies and 1,024 matched tokens | {@link FinishReason#REPETITION} |
/// | fenced block, call, grammar | four copies and 4,096 matched tokens | {@link FinishReason#REPETITION} |
///
/// A period has 1,024 tokens at most, and matched are the tokens behind the first copy. Code,
/// figures and rows of one value must repeat longer ({@link PeriodWatch}). The end says how many
/// those are ({@link TokenMask.Verdict.End}): trimmed to one copy, the answer ends in front of
/// them, and they are not charged. They were sampled and reported all the same, since nobody knew:
/// who passes tokens on as they come cannot take them back, who holds the whole answer can.
///
/// Tokens that masks forced count as repeated like others, but a circle in which the model chose
/// none is left alone: whoever asked for a document of nothing but zeros shall have it. Once the
/// guard has closed the thinking, thinking that is opened again is closed at once.
///
/// The guard stands behind the {@link PhaseTracker}, which moves the phases on, and in front of the
/// {@link ThinkingBudget}: where both force a token, a close sequence that has begun is not begun
/// again. So that no nudge overdraws a budget, the guard asks what is left. Without a guard in the
/// list of masks, nothing else changes: the hard limits stand elsewhere.
public final class RunawayGuard implements TokenMask {
    /// Matched tokens that make a circle, beside the copies.
    static final int THINKING_MATCHED = 256;

    static final int ANSWER_MATCHED = 1024;
    static final int DOCUMENT_MATCHED = 4096;

    /// What is written into a circling thought.
    ///
    /// @param nudge a short text that tells the model to get out of it; may be empty, then the
    ///   thinking is closed at once; owned
    /// @param close closes the thinking, one id at least; owned
    public record Remedy(int[] nudge, int[] close) {
        public Remedy {
            if (close.length == 0) {
                throw new IllegalArgumentException("nothing closes the thinking, expected one id");
            }
        }
    }

    /// What the guard is writing, token by token.
    private enum Script {
        NONE,
        NUDGE,
        CLOSE
    }

    /// @param written tokens of the script that have come
    /// @param fresh tokens at the last restart of the counting
    /// @param thinking tokens that the drift watch has
    /// @param thinkingFresh those at the last restart
    private record State(
            Script script,
            int written,
            boolean nudged,
            boolean closed,
            int fresh,
            int thinking,
            int thinkingFresh) {}

    private static final int UNDECIDED = -1;

    private final Phases phases;
    private final Optional<Remedy> remedy;
    private final IntSupplier thinkingLeft;
    private final PeriodWatch periods;
    private final DriftWatch drift;
    private final Rewind<State> earlier = new Rewind<>();

    private State state = new State(Script.NONE, 0, false, false, 0, 0, 0);

    /// Where the next token falls; the phases themselves move on before this mask does.
    private Phase phase;

    /// What is to happen at the next token, once that is decided.
    private int decidedAt = UNDECIDED;

    private Script script = Script.NONE;
    private @Nullable Circle ended;

    /// Whether what says nothing new is code or data, so that the drift watch begins anew.
    private boolean excused;

    private @Nullable Intervention news;

    /// @param phases where the sequence is; a tracker in front of this mask moves them on
    /// @param remedy for a circling thought; empty for a model that does not think
    /// @param kinds of the vocabulary's tokens
    /// @param thinkingLeft tokens that the thinking may still spend; asked by whichever thread asks
    ///   this mask
    public RunawayGuard(
            Phases phases, Optional<Remedy> remedy, TokenKinds kinds, IntSupplier thinkingLeft) {
        this.phases = phases;
        this.remedy = remedy;
        this.thinkingLeft = thinkingLeft;
        this.periods = new PeriodWatch(kinds);
        this.drift = new DriftWatch(kinds);
        this.phase = phases.phase();
    }

    @Override
    public Verdict next() {
        decide();
        if (script != Script.NONE) {
            return new Verdict.Force(ids(script)[state.written]);
        }
        return ended == null
                ? Verdict.ANY
                : new Verdict.End(FinishReason.REPETITION, ended.matched());
    }

    private int[] ids(Script which) {
        Remedy texts = remedy.orElseThrow();
        return which == Script.NUDGE ? texts.nudge : texts.close;
    }

    /// Says what happens at the next token; asked again, the same.
    private void decide() {
        if (decidedAt == periods.count()) {
            return;
        }
        decidedAt = periods.count();
        script = state.script;
        ended = null;
        excused = false;
        if (script != Script.NONE) {
            return;
        }
        switch (phase) {
            case THINKING -> {
                if (remedy.isPresent()) {
                    decideThinking(remedy.get());
                } else {
                    decideEnd(ANSWER_MATCHED);
                }
            }
            case ANSWER -> decideEnd(ANSWER_MATCHED);
            case FENCE, STRUCTURED -> decideEnd(DOCUMENT_MATCHED);
        }
    }

    private void decideThinking(Remedy texts) {
        if (state.closed) { // and opened again
            script = Script.CLOSE;
        } else if (periods.circle(THINKING_MATCHED).isPresent() || drifts()) {
            int length = texts.nudge.length;
            boolean nudges = !state.nudged && length > 0 && length < thinkingLeft.getAsInt();
            script = nudges ? Script.NUDGE : Script.CLOSE;
            news = nudges ? Intervention.CIRCLE_NUDGED : Intervention.CIRCLE_CLOSED;
        }
    }

    private boolean drifts() {
        boolean drifts = drift.drifts();
        excused = drifts && (drift.isData() || periods.repeatsData(THINKING_MATCHED));
        return drifts && !excused;
    }

    private void decideEnd(int matched) {
        ended = periods.circle(matched).orElse(null);
        if (ended != null) {
            news = Intervention.CIRCLE_ENDED;
        }
    }

    @Override
    public Optional<Intervention> intervened() {
        Optional<Intervention> once = Optional.ofNullable(news);
        news = null;
        return once;
    }

    @Override
    public void accept(int token) {
        accept(token, false);
    }

    @Override
    public void accept(int token, boolean forced) {
        decide();
        earlier.before(state);
        phase = phases.phase();
        periods.accept(token, forced);
        if (phase == Phase.THINKING) {
            drift.accept(token);
        }
        boolean asWritten = script != Script.NONE && token == ids(script)[state.written];
        int written = asWritten ? state.written + 1 : 0;
        boolean goesOn = asWritten && written < ids(script).length;
        boolean nudgeEnds = script == Script.NUDGE && !goesOn && (asWritten || state.written > 0);
        boolean closeEnds = script == Script.CLOSE && asWritten && !goesOn;
        if (nudgeEnds) { // also where another control's token cut it short
            periods.restart();
        }
        boolean renewed = nudgeEnds || excused;
        if (renewed) {
            drift.restart();
        }
        state =
                new State(
                        goesOn ? script : Script.NONE,
                        goesOn ? written : 0,
                        state.nudged || nudgeEnds,
                        state.closed || closeEnds,
                        nudgeEnds ? periods.count() : state.fresh,
                        drift.size(),
                        renewed ? drift.size() : state.thinkingFresh);
    }

    @Override
    public void rollback(int count) {
        if (count == 0) {
            return;
        }
        state = earlier.takeBack(count);
        periods.truncate(periods.count() - count, state.fresh);
        drift.truncate(state.thinking, state.thinkingFresh);
        phase = phases.phase();
        decidedAt = UNDECIDED;
        news = null;
    }
}
