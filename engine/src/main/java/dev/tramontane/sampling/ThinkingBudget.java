package dev.tramontane.sampling;

import org.jspecify.annotations.Nullable;

import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Sees to it that thinking ends and an answer follows.
///
/// Thinking that has spent its tokens, or is asked for its answer, is closed: only the sequence
/// that closes it may come, token by token. Near the end of its tokens it is closed where it comes
/// to a pause, at a line's end sooner than at a sentence's. Closed once, it is not opened again.
/// Where the model would end, or call a tool, inside its thinking, the thinking is closed first;
/// and behind thinking nothing ends the answer before it has begun.
///
/// Whoever asks for longer thinking is given it as far as the ceilings go: until then the model's
/// own close is replaced by words that lead it on (Muennighoff et al. 2025, section 3.1).
///
/// The phases are somebody else's to tell of tokens; see {@link PhaseTracker}.
public final class ThinkingBudget implements TokenMask {
    /// The longest stretch before a budget's end in which a pause ends the thinking.
    static final int LONGEST_LANDING = 128;

    /// The landing's share of the thinking: one token in so many.
    private static final int LANDING_SHARE = 8;

    /// How long thinking may be, in generated tokens; the prompt's do not count.
    ///
    /// @param tokens thinking may spend, its open mark included, its close sequence not; more can
    ///   be asked for
    /// @param most tokens thinking may ever spend
    /// @param room tokens of the whole generation behind which the thinking is closed, so that the
    ///   answer finds its place
    public record Allowance(int tokens, int most, int room) {
        /// No limit but what is asked for.
        public static final Allowance FREE =
                new Allowance(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

        public Allowance {
            Ranges.check(tokens >= 0, "thinking tokens", tokens, "0 or more");
            Ranges.check(most >= 0, "most thinking tokens", most, "0 or more");
        }
    }

    /// What control writes, and what it watches.
    ///
    /// @param close closes the thinking, one id at least; owned
    /// @param goOn leads the thinking on instead of its end; empty where nothing can; owned
    /// @param open the mark that opens thinking, where it is a token
    /// @param ends tokens that end the sequence
    /// @param calls tokens that begin a tool call
    public record Marks(
            int[] close, int[] goOn, OptionalInt open, Set<Integer> ends, Set<Integer> calls) {
        public Marks {
            if (close.length == 0) {
                throw new IllegalArgumentException("nothing closes the thinking, expected one id");
            }
            ends = Set.copyOf(ends);
            calls = Set.copyOf(calls);
        }

        /// Nothing but a close sequence.
        public static Marks closing(int... close) {
            return new Marks(close, new int[0], OptionalInt.empty(), Set.of(), Set.of());
        }
    }

    /// What somebody asked for while the sequence runs.
    private sealed interface Wish {
        record Answer() implements Wish {}

        record Longer(int tokens) implements Wish {}
    }

    /// What is being written, token by token.
    private enum Script {
        NONE,
        CLOSE,
        GO_ON
    }

    /// @param count accepted tokens
    /// @param spent thinking tokens among them, those of close sequences aside
    /// @param script what control is writing
    /// @param written tokens of it that have come
    /// @param call what follows the close sequence; −1 for nothing
    /// @param thought whether there was thinking
    /// @param shut whether control closed the thinking
    private record State(
            int count,
            int spent,
            Script script,
            int written,
            int call,
            boolean thought,
            boolean shut) {
        /// The state in which control begins to write.
        State writing(Script next, int then) {
            return new State(count, spent, next, 0, then, thought, shut);
        }
    }

    private static final int NO_CALL = -1;

    private final Phases phases;
    private final Allowance allowance;
    private final Marks marks;
    private final BitSet reopening = new BitSet();
    private final BitSet ending = new BitSet();
    private final Queue<Wish> wishes = new ConcurrentLinkedQueue<>();
    private final Rewind<State> earlier = new Rewind<>();

    private State state;
    private State begun; // the state, and what control begins to write with the next token
    private int wanted;
    private int least;
    private boolean answerAsked;
    private int toldAt = -1;
    private @Nullable Intervention news;

    public ThinkingBudget(Phases phases, Allowance allowance, Marks marks) {
        this.phases = phases;
        this.allowance = allowance;
        this.marks = marks;
        this.wanted = allowance.tokens;
        this.state =
                new State(0, 0, Script.NONE, 0, NO_CALL, phases.phase() == Phase.THINKING, false);
        this.begun = state;
        marks.open.ifPresent(reopening::set);
        ending.or(reopening);
        marks.ends.forEach(ending::set);
    }

    /// Closes the thinking before its next token. Without thinking that is open, or may yet open,
    /// nothing happens. Any thread may call.
    public void closeThinking() {
        wishes.add(new Wish.Answer());
    }

    /// Lets the thinking have so many tokens more, and keeps the model from closing it before they
    /// are spent; the ceilings hold. Thinking that is over stays so. Any thread may call.
    ///
    /// @param tokens one at least
    public void extendThinking(int tokens) {
        if (tokens < 1) {
            throw new IllegalArgumentException(
                    "thinking is extended by " + tokens + " tokens, expected 1 or more");
        }
        wishes.add(new Wish.Longer(tokens));
    }

    @Override
    public Verdict next() {
        for (Wish wish = wishes.poll(); wish != null; wish = wishes.poll()) {
            grant(wish);
        }
        begun = state;
        if (state.script == Script.NONE && phases.phase() == Phase.THINKING) {
            whyClose().ifPresent(why -> write(Script.CLOSE, NO_CALL, why));
        }
        return begun.script == Script.NONE ? outside() : new Verdict.Force(scripted());
    }

    /// The token that control writes next; −1 for none.
    private int scripted() {
        return switch (begun.script) {
            case NONE -> NO_CALL;
            case CLOSE ->
                    begun.written < marks.close.length ? marks.close[begun.written] : begun.call;
            case GO_ON -> marks.goOn[begun.written];
        };
    }

    /// The last wish counts.
    private void grant(Wish wish) {
        switch (wish) {
            case Wish.Answer _ -> {
                answerAsked = true;
                least = 0;
            }
            case Wish.Longer(int tokens) -> {
                answerAsked = false;
                least = sum(state.spent, tokens);
                wanted = sum(Math.max(wanted, state.spent), tokens);
            }
        }
    }

    private static int sum(int a, int b) {
        return (int) Math.min(Integer.MAX_VALUE, (long) a + b);
    }

    private void write(Script script, int then, Intervention why) {
        begun = state.writing(script, then);
        if (toldAt != state.count) {
            toldAt = state.count;
            news = why;
        }
    }

    private Optional<Intervention> whyClose() {
        if (answerAsked) {
            return Optional.of(Intervention.ANSWER_ASKED);
        }
        long left = left();
        long landing = Math.min(LONGEST_LANDING, (state.spent + left) / LANDING_SHARE);
        boolean lands =
                left <= 0
                        || switch (phases.pause()) {
                            case NONE -> false;
                            case SENTENCE -> left <= landing / 2;
                            case LINE -> left <= landing;
                        };
        if (!lands || (left > 0 && state.spent < least)) {
            return Optional.empty();
        }
        boolean full = left < budgetLeft();
        return Optional.of(full ? Intervention.ANSWER_RESERVED : Intervention.BUDGET_SPENT);
    }

    /// Tokens that the thinking may still spend. Asked like the mask itself, one thread at a time.
    public int thinkingLeft() {
        return Math.clamp(left(), 0, Integer.MAX_VALUE);
    }

    private long left() {
        return Math.min(budgetLeft(), allowance.room - (long) state.count);
    }

    private long budgetLeft() {
        return Math.min(wanted, allowance.most) - (long) state.spent;
    }

    private Verdict outside() {
        if (phases.phase() == Phase.THINKING) {
            return Verdict.ANY;
        }
        boolean mute = state.thought && !phases.isAnswering();
        BitSet banned = mute ? ending : reopening;
        return (state.shut || mute) && !banned.isEmpty() ? new Verdict.Except(banned) : Verdict.ANY;
    }

    @Override
    public int instead(int token) {
        if (begun.script != Script.NONE || phases.phase() != Phase.THINKING) {
            return token;
        }
        boolean ends = marks.ends.contains(token);
        boolean calls = marks.calls.contains(token);
        if (marks.goOn.length > 0
                && state.spent < least
                && left() > marks.goOn.length
                && (ends || calls || phases.wouldClose(token))) {
            write(Script.GO_ON, NO_CALL, Intervention.LED_ON);
            return marks.goOn[0];
        }
        if (ends || calls) {
            write(
                    Script.CLOSE,
                    calls ? token : NO_CALL,
                    calls ? Intervention.CALLED_THINKING : Intervention.ENDED_THINKING);
            return marks.close[0];
        }
        return token;
    }

    @Override
    public Optional<Intervention> intervened() {
        Optional<Intervention> once = Optional.ofNullable(news);
        news = null;
        return once;
    }

    @Override
    public void accept(int token) {
        earlier.before(state);
        if (begun.script != Script.NONE && token != scripted()) {
            begun = state; // another mask, which goes before this one, wrote it
        }
        boolean thinks = phases.phase() == Phase.THINKING;
        boolean mine = begun.script != Script.NONE && token == scripted();
        int written = begun.written + (mine ? 1 : 0);
        boolean goesOn = written < length();
        state =
                new State(
                        begun.count + 1,
                        begun.spent + (thinks && begun.script != Script.CLOSE ? 1 : 0),
                        goesOn ? begun.script : Script.NONE,
                        goesOn ? written : 0,
                        goesOn ? begun.call : NO_CALL,
                        begun.thought || thinks,
                        begun.shut || (mine && begun.script == Script.CLOSE));
        begun = state;
    }

    /// Tokens of what control is writing.
    private int length() {
        return switch (begun.script) {
            case NONE -> 0;
            case CLOSE -> marks.close.length + (begun.call == NO_CALL ? 0 : 1);
            case GO_ON -> marks.goOn.length;
        };
    }

    @Override
    public void rollback(int count) {
        if (count > 0) {
            state = earlier.takeBack(count);
            begun = state;
        }
    }
}
