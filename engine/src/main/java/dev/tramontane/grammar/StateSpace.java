package dev.tramontane.grammar;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Runs an automaton: the states that texts can be in, found as texts reach them and kept, so that
/// a step taken before is a look into a table. Safe for any number of threads, one at a time.
///
/// An ambiguous grammar has a text in several states at once. Those that agree on the automaton's
/// state are one, whose stacks are a set, so there are never more than the automaton has. What
/// would still grow is cut off: the ways left are a part of the grammar's, so that whatever they
/// accept matches; only a text that is refused after such a cut may be wrongly refused, and says so
/// ({@link GrammarState#isIncomplete}).
final class StateSpace {
    /// Arrivals and departures that one byte may cause.
    private static final int MOST_STEPS = 4096;

    /// Symbols on top of one set of stacks.
    private static final int MOST_TOPS = 1024;

    /// Levels in which two sets of stacks are made one.
    private static final int DEEPEST_UNION = 256;

    /// States and sets of stacks that are kept; with more, all are forgotten and found anew.
    private static final int MOST_KNOWN = 20_000;

    private static final int MOST_STACKS = 100_000;

    /// In the work list: not a state, but the end of a unit.
    private static final int DEPARTURE = -1;

    private final Automaton automaton;
    private final Map<GrammarState, GrammarState> known = new HashMap<>();
    private final Map<Stacks, Stacks> knownStacks = new HashMap<>();
    private final Map<Union, Stacks> unions = new HashMap<>();
    private long found;

    private final int[] slots;
    private int[] states = new int[16];
    private Stacks[] stacks = new Stacks[16];
    private int count;
    private int reading;
    private int[] workStates = new int[16];
    private Stacks[] workStacks = new Stacks[16];
    private int work;
    private boolean mayEnd;
    private boolean isIncomplete;

    private record Union(Stacks some, Stacks more) {}

    StateSpace(Automaton automaton) {
        this.automaton = automaton;
        this.slots = new int[automaton.states()];
        Arrays.fill(slots, -1);
    }

    Automaton automaton() {
        return automaton;
    }

    /// How many states have been found so far, forgotten ones included.
    synchronized long found() {
        return found;
    }

    /// The state of the empty text.
    ///
    /// @param behindSpace whether white space may come first
    synchronized GrammarState start(boolean behindSpace) {
        int unit = behindSpace ? NfaBuilder.TEXT_BEHIND_SPACE : NfaBuilder.TEXT;
        mayEnd = automaton.emptyText();
        if (!automaton.isEmptyUnit(unit)) {
            add(automaton.start(unit), Stacks.EMPTY);
        }
        return settle();
    }

    /// The state behind a text that nothing begins with.
    synchronized GrammarState dead() {
        return settle();
    }

    /// The state of one automaton's state over some stacks, and what they lead to without reading.
    synchronized GrammarState of(int state, Stacks below) {
        add(state, below);
        return settle();
    }

    /// The state behind the end of a unit that lies on these stacks.
    synchronized GrammarState behind(Stacks below) {
        add(DEPARTURE, below);
        return settle();
    }

    /// The state of everything that can follow a unit, over stacks that are not known: where it may
    /// end, anything may come.
    ///
    /// @param isDone whether a counted unit does not come again
    synchronized GrammarState following(int unit, boolean isDone) {
        automaton.follow(unit, isDone).stream().forEach(state -> add(state, Stacks.EMPTY));
        return settle();
    }

    synchronized GrammarState after(GrammarState state, byte[] text) {
        GrammarState at = state;
        for (int i = 0; i < text.length && !at.isDead(); i++) {
            at = after(at, text[i]);
        }
        return at;
    }

    synchronized GrammarState after(GrammarState state, byte b) {
        return step(state, b);
    }

    /// The state after one more byte, for whoever holds this space's monitor already and asks
    /// often.
    GrammarState step(GrammarState state, byte b) {
        GrammarState[] next = state.next();
        if (next.length == 0) {
            next = new GrammarState[automaton.classes()];
            state.setNext(next);
        }
        int byteClass = automaton.classOf(b);
        GrammarState there = next[byteClass];
        if (there == null) {
            there = follow(state, byteClass);
            next[byteClass] = there;
        }
        return there;
    }

    private GrammarState follow(GrammarState state, int byteClass) {
        isIncomplete = state.isIncomplete();
        for (int i = 0; i < state.size(); i++) {
            int to = automaton.after(state.state(i), byteClass);
            if (to >= 0) {
                add(to, state.stacks(i));
            }
        }
        return settle();
    }

    private void add(int state, Stacks below) {
        if (work == workStates.length) {
            workStates = Arrays.copyOf(workStates, 2 * work);
            workStacks = Arrays.copyOf(workStacks, 2 * work);
        }
        workStates[work] = state;
        workStacks[work++] = below;
    }

    /// Follows all ways that read nothing, and makes what there is the state.
    private GrammarState settle() {
        for (int steps = 0; work > 0; steps++) {
            if (steps >= MOST_STEPS && (reading > 0 || mayEnd)) {
                isIncomplete = true;
                break;
            }
            work--;
            int state = workStates[work];
            Stacks below = workStacks[work];
            if (state == DEPARTURE) {
                depart(below);
            } else {
                arrive(state, below);
            }
        }
        GrammarState settled = known(reading());
        work = 0;
        count = 0;
        reading = 0;
        mayEnd = false;
        isIncomplete = false;
        return settled;
    }

    @SuppressWarnings("ReferenceEquality") // equal sets are one object
    private void arrive(int state, Stacks below) {
        int slot = slots[state];
        if (slot < 0) {
            if (count == states.length) {
                states = Arrays.copyOf(states, 2 * count);
                stacks = Arrays.copyOf(stacks, 2 * count);
            }
            slots[state] = count;
            states[count] = state;
            stacks[count++] = below;
            reading += automaton.reads(state) ? 1 : 0;
        } else {
            Stacks both = union(stacks[slot], below, 0);
            if (both == stacks[slot]) {
                return;
            }
            stacks[slot] = both;
        }
        if (automaton.accepts(state)) {
            add(DEPARTURE, below);
        }
        int[] calls = automaton.calls(state);
        for (int i = 0; i < calls.length; i += 2) {
            enter(calls[i], calls[i + 1], below);
        }
    }

    /// Goes into a unit; a state behind it that could only end is not worth its place on the stack.
    private void enter(int unit, int behind, Stacks below) {
        Stacks under =
                automaton.onlyAccepts(behind) ? below : stacks(Stacks.returnTo(behind), below);
        boolean counted = automaton.max(unit) > 0;
        add(automaton.start(unit), counted ? stacks(Stacks.counted(unit, 0), under) : under);
    }

    private void depart(Stacks below) {
        mayEnd |= below.hasEmpty();
        for (int i = 0; i < below.size(); i++) {
            long top = below.top(i);
            if (Stacks.isCounted(top)) {
                again(Stacks.unit(top), Stacks.times(top) + 1, below.below(i));
            } else {
                add(Stacks.state(top), below.below(i));
            }
        }
    }

    /// A counted unit has come so many times.
    private void again(int unit, int times, Stacks below) {
        int min = automaton.min(unit);
        int max = automaton.max(unit);
        int counted = max == Expression.UNBOUNDED ? Math.min(times, min) : times;
        if (counted >= min) {
            add(DEPARTURE, below);
        }
        if (max == Expression.UNBOUNDED || counted < max) {
            add(automaton.start(unit), stacks(Stacks.counted(unit, counted), below));
        }
    }

    /// What was reached, as far as it reads bytes, in order.
    private GrammarState reading() {
        int[] order = new int[reading];
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (automaton.reads(states[i])) {
                order[kept++] = states[i];
            }
        }
        Arrays.sort(order);
        var below = new Stacks[kept];
        for (int i = 0; i < kept; i++) {
            below[i] = stacks[slots[order[i]]];
        }
        for (int i = 0; i < count; i++) {
            slots[states[i]] = -1;
            stacks[i] = Stacks.EMPTY;
        }
        return new GrammarState(this, order, below, mayEnd, isIncomplete);
    }

    private GrammarState known(GrammarState state) {
        GrammarState twin = known.get(state);
        if (twin != null) {
            return twin;
        }
        if (known.size() >= MOST_KNOWN || knownStacks.size() >= MOST_STACKS) {
            forget();
        }
        known.put(state, state);
        found++;
        return state;
    }

    private void forget() {
        known.values().forEach(state -> state.setNext(GrammarState.NOTHING_KNOWN));
        known.clear();
        knownStacks.clear();
        unions.clear();
    }

    /// The stacks that have this symbol on top of those.
    Stacks stacks(long top, Stacks below) {
        return known(new Stacks(false, new long[] {top}, new Stacks[] {below}));
    }

    private Stacks known(Stacks made) {
        Stacks twin = knownStacks.putIfAbsent(made, made);
        return twin == null ? made : twin;
    }

    /// The stacks of both sets.
    @SuppressWarnings("ReferenceEquality") // equal sets are one object
    private Stacks union(Stacks some, Stacks more, int depth) {
        if (some == more) {
            return some;
        }
        if (depth > DEEPEST_UNION) {
            isIncomplete = true;
            return some;
        }
        var key = new Union(some, more);
        Stacks both = unions.get(key);
        if (both == null) {
            both = known(merged(some, more, depth));
            unions.put(key, both);
        }
        return both;
    }

    private Stacks merged(Stacks some, Stacks more, int depth) {
        long[] tops = new long[some.size() + more.size()];
        var below = new Stacks[tops.length];
        int size = 0;
        int i = 0;
        int j = 0;
        while (i < some.size() || j < more.size()) {
            boolean first = j == more.size() || i < some.size() && some.top(i) <= more.top(j);
            boolean second = i == some.size() || j < more.size() && more.top(j) <= some.top(i);
            tops[size] = first ? some.top(i) : more.top(j);
            below[size++] =
                    first && second
                            ? union(some.below(i), more.below(j), depth + 1)
                            : first ? some.below(i) : more.below(j);
            i += first ? 1 : 0;
            j += second ? 1 : 0;
        }
        if (size > MOST_TOPS) {
            isIncomplete = true;
            size = MOST_TOPS;
        }
        return new Stacks(
                some.hasEmpty() || more.hasEmpty(),
                Arrays.copyOf(tops, size),
                Arrays.copyOf(below, size));
    }
}
