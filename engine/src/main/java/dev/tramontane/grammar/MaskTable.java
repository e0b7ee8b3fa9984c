package dev.tramontane.grammar;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// The masks of one grammar over one vocabulary, made when they are first asked for and kept within
/// a bound. Safe for any number of threads, one at a time.
///
/// What can be told of a state without its stack is worked out once ({@link LocalMask}); a state
/// that comes back has its whole mask ready.
final class MaskTable {
    /// A mask and how many tokens it allows.
    ///
    /// @param tokens shared, only read
    record Mask(BitSet tokens, int count) {}

    /// States found on the way through the vocabulary before the rest of it is left out, all but
    /// single bytes: a smaller mask is still a right one, and this one token would cost too much.
    private static final int MOST_FOUND = 4_000;

    /// Tokens that may leave a stack; more are left out.
    private static final int MOST_RESTS = 1 << 18;

    private static final long MOST_LOCAL_BYTES = 4 << 20;
    private static final int MOST_MASKS = 64;
    private static final int MOST_WARM_STATES = 4096;

    /// A state of the automaton, with the counted unit directly below it.
    ///
    /// @param unit −1 for none
    private record Place(int state, int unit, int times) {}

    private final StateSpace space;
    private final TokenTrie vocabulary;
    private final Map<Place, LocalMask> locals = new HashMap<>();
    private long localBytes;
    private final Map<GrammarState, Mask> masks =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<GrammarState, Mask> eldest) {
                    return size() > MOST_MASKS;
                }
            };
    private final Set<GrammarState> warmed = new HashSet<>();
    private final GrammarState[] path;
    private final Exit[] exits;

    MaskTable(StateSpace space, TokenTrie vocabulary) {
        this.space = space;
        this.vocabulary = vocabulary;
        this.path = new GrammarState[vocabulary.trie().deepest() + 1];
        this.exits = new Exit[path.length];
    }

    TokenTrie vocabulary() {
        return vocabulary;
    }

    /// The tokens that the text can go on with; none is possible only where it must end.
    Mask mask(GrammarState state) {
        synchronized (space) {
            Mask mask = masks.get(state);
            if (mask == null) {
                mask = make(state);
                masks.put(state, mask);
            }
            return mask;
        }
    }

    private Mask make(GrammarState state) {
        var tokens = new BitSet(vocabulary.vocab());
        for (int i = 0; i < state.size(); i++) {
            add(state.state(i), state.stacks(i), tokens);
        }
        Arrays.fill(path, null);
        int count = tokens.cardinality();
        assert count > 0 || state.size() == 0 : "no token leads on from a state that reads";
        return new Mask(tokens, count);
    }

    private void add(int state, Stacks stacks, BitSet tokens) {
        boolean counted =
                stacks.size() == 1 && !stacks.hasEmpty() && Stacks.isCounted(stacks.top(0));
        Place place = counted ? counted(state, stacks.top(0)) : new Place(state, -1, 0);
        LocalMask local = local(place);
        local.addTo(tokens);
        ByteTrie rests = local.rests();
        if (rests != null) {
            addFitting(rests, space.behind(counted ? stacks.below(0) : stacks), tokens);
        }
    }

    /// The place of a state in a counted unit. Where no token can reach a bound, how far away it is
    /// makes no difference.
    private Place counted(int state, long top) {
        int unit = Stacks.unit(top);
        int times = Stacks.times(top);
        int reach = vocabulary.trie().deepest();
        int min = space.automaton().min(unit);
        int max = space.automaton().max(unit);
        boolean farFromMin = times < min - reach;
        boolean farFromMax = max == Expression.UNBOUNDED || times < max - reach;
        if (farFromMin) {
            return new Place(state, unit, 0);
        }
        return new Place(state, unit, times >= min && farFromMax ? min : times);
    }

    private LocalMask local(Place place) {
        LocalMask local = locals.get(place);
        if (local == null) {
            local = walk(alone(place), space.following(unit(place), place.unit >= 0));
            localBytes += local.bytes();
            if (localBytes > MOST_LOCAL_BYTES) {
                locals.clear();
                localBytes = local.bytes();
            }
            locals.put(place, local);
        }
        return local;
    }

    private int unit(Place place) {
        return place.unit < 0 ? space.automaton().unitOf(place.state) : place.unit;
    }

    private GrammarState alone(Place place) {
        return space.of(
                place.state,
                place.unit < 0
                        ? Stacks.EMPTY
                        : space.stacks(Stacks.counted(place.unit, place.times), Stacks.EMPTY));
    }

    /// Tries every token from a state whose stack is not known. Where the state may end, the token
    /// may leave the stack there, and goes on in what can follow at all.
    private LocalMask walk(GrammarState origin, GrammarState following) {
        ByteTrie trie = vocabulary.trie();
        var accepted = new BitSet(vocabulary.vocab());
        List<ByteTrie.Entry> rests = new ArrayList<>();
        long foundBefore = space.found();
        path[0] = origin;
        exits[0] = new Exit(0, origin, null);
        int node = 0;
        while (node < trie.nodes()) {
            int depth = trie.depth(node);
            if (depth > 1 && space.found() - foundBefore > MOST_FOUND) {
                node = trie.past(node);
                continue;
            }
            GrammarState before = path[depth - 1];
            GrammarState there = space.step(before, trie.label(node));
            Exit left = leave(before, depth - 1, following, trie.label(node));
            if (there.isDead()) {
                addRests(node, left, rests);
                node = trie.past(node);
                continue;
            }
            path[depth] = there;
            exits[depth] = left;
            for (int i = trie.firstValue(node); i < trie.firstValue(node + 1); i++) {
                accepted.set(trie.value(i));
            }
            node++;
        }
        return new LocalMask(accepted, rests.isEmpty() ? null : new ByteTrie(rests));
    }

    /// Where a token has left the stack so that it may still go on, after one more byte.
    private Exit leave(GrammarState before, int depth, GrammarState following, byte label) {
        Exit left = exits[depth].after(space, label);
        if (depth > 0 && before.mayEnd()) {
            GrammarState behind = space.step(following, label);
            return behind.isDead() ? left : new Exit(depth, behind, left);
        }
        return left;
    }

    /// All tokens that begin like a node, by what is left of them behind each exit on the way.
    private void addRests(int node, Exit left, List<ByteTrie.Entry> rests) {
        ByteTrie trie = vocabulary.trie();
        int end = trie.firstValue(trie.past(node));
        for (Exit exit = left; exit.next != null; exit = Objects.requireNonNull(exit.next)) {
            for (int i = trie.firstValue(node); i < end && rests.size() < MOST_RESTS; i++) {
                byte[] token = vocabulary.bytes(trie.value(i));
                if (mayGoOn(exit.behind, token, trie.depth(node))) {
                    byte[] rest = Arrays.copyOfRange(token, exit.at, token.length);
                    rests.add(new ByteTrie.Entry(rest, trie.value(i)));
                }
            }
        }
    }

    /// Whether a token's bytes from `from` on may come somewhere behind the stack.
    private boolean mayGoOn(GrammarState behind, byte[] token, int from) {
        GrammarState state = behind;
        for (int i = from; i < token.length && !state.isDead(); i++) {
            if (state.mayEnd()) {
                return true;
            }
            state = space.step(state, token[i]);
        }
        return !state.isDead();
    }

    /// Where on the way to a node a token may have left the stack: a list, the last exit first.
    ///
    /// @param at bytes before it
    /// @param behind what can follow the stack, after the bytes behind the exit; where that may end
    ///   a stack in turn, anything may come
    /// @param next null in the entry at the list's end, which is no exit
    private record Exit(int at, GrammarState behind, @Nullable Exit next) {
        /// The list after one more byte, without those that cannot go on.
        Exit after(StateSpace space, byte label) {
            if (next == null) {
                return this;
            }
            Exit others = next.after(space, label);
            GrammarState there = behind.mayEnd() ? behind : space.step(behind, label);
            return there.isDead() ? others : new Exit(at, there, others);
        }
    }

    /// Adds the tokens whose rest can come in a state.
    private void addFitting(ByteTrie rests, GrammarState state, BitSet tokens) {
        if (state.size() == 0) {
            return;
        }
        long foundBefore = space.found();
        path[0] = state;
        int node = 0;
        while (node < rests.nodes() && space.found() - foundBefore <= MOST_FOUND) {
            int depth = rests.depth(node);
            GrammarState there = space.step(path[depth - 1], rests.label(node));
            if (there.isDead()) {
                node = rests.past(node);
                continue;
            }
            path[depth] = there;
            for (int i = rests.firstValue(node); i < rests.firstValue(node + 1); i++) {
                tokens.set(rests.value(i));
            }
            node++;
        }
    }

    /// Makes masks ahead, those that are needed first, while there is time; once for each start.
    void warm(GrammarState start, Duration time) {
        synchronized (space) {
            if (!warmed.add(start)) {
                return;
            }
        }
        long until = System.nanoTime() + time.toNanos();
        Set<GrammarState> seen = new HashSet<>();
        Deque<GrammarState> pending = new ArrayDeque<>();
        pending.add(start);
        seen.add(start);
        while (!pending.isEmpty() && System.nanoTime() - until < 0) {
            GrammarState state = pending.remove();
            mask(state);
            for (int b = 0; b < 256 && seen.size() < MOST_WARM_STATES; b++) {
                GrammarState there = state.after((byte) b);
                if (there.size() > 0 && seen.add(there)) {
                    pending.add(there);
                }
            }
        }
    }
}
