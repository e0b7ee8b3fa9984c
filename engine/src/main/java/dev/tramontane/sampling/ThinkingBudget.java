package dev.tramontane.sampling;

import java.util.Arrays;
import java.util.Optional;

/// Closes the thinking once it has spent its tokens, or when asked to: then only the sequence that
/// closes it may come, token by token, and the answer follows. Thinking that is opened again is
/// closed again at once.
///
/// The budget drives its phases: they are told each token through it, and by nobody else.
public final class ThinkingBudget implements TokenMask {
    private final Phases phases;
    private final int tokens;
    private final int[] close;

    private volatile boolean closeAsked;

    /// What has been spent after each accepted token, and how much of the close sequence has come.
    private int[] spentHistory = new int[64];

    private int[] closedHistory = new int[64];
    private int accepted;
    private int spent;
    private int closed;
    private boolean told;
    private Optional<Intervention> news = Optional.empty();

    /// @param phases where the sequence is; from now on this mask's own
    /// @param tokens that the thinking may spend, its open mark included, its close mark not
    /// @param close the ids that close the thinking, at least one
    public ThinkingBudget(Phases phases, int tokens, int[] close) {
        if (tokens < 0 || close.length == 0) {
            throw new IllegalArgumentException(
                    "the budget is "
                            + tokens
                            + " tokens and the close sequence has "
                            + close.length
                            + ", expected 0 or more and 1 or more");
        }
        this.phases = phases;
        this.tokens = tokens;
        this.close = close.clone();
    }

    /// Spends the budget now. Any thread may call.
    public void closeThinking() {
        closeAsked = true;
    }

    @Override
    public Verdict next() {
        if (!isClosing()) {
            return Verdict.ANY;
        }
        if (!told) {
            told = true;
            news = Optional.of(closeAsked ? Intervention.ANSWER_ASKED : Intervention.BUDGET_SPENT);
        }
        return new Verdict.Force(close[closed]);
    }

    @Override
    public Optional<Intervention> intervened() {
        Optional<Intervention> once = news;
        news = Optional.empty();
        return once;
    }

    private boolean isClosing() {
        return closed > 0 || (phases.phase() == Phase.THINKING && (closeAsked || spent >= tokens));
    }

    @Override
    public void accept(int token) {
        remember();
        boolean closing = isClosing() && token == close[closed];
        phases.accept(token);
        closed = closing && closed + 1 < close.length ? closed + 1 : 0;
        if (!closing && phases.phase() == Phase.THINKING) {
            spent++;
        }
    }

    private void remember() {
        if (accepted == spentHistory.length) {
            spentHistory = Arrays.copyOf(spentHistory, 2 * accepted);
            closedHistory = Arrays.copyOf(closedHistory, 2 * accepted);
        }
        spentHistory[accepted] = spent;
        closedHistory[accepted] = closed;
        accepted++;
    }

    @Override
    public void rollback(int count) {
        phases.rollback(count);
        accepted -= count;
        if (count > 0) {
            spent = spentHistory[accepted];
            closed = closedHistory[accepted];
        }
    }
}
