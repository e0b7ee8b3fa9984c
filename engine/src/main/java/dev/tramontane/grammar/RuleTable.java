package dev.tramontane.grammar;

import dev.tramontane.grammar.Expression.CharClass;
import dev.tramontane.grammar.Expression.Choice;
import dev.tramontane.grammar.Expression.Edge;
import dev.tramontane.grammar.Expression.Literal;
import dev.tramontane.grammar.Expression.Network;
import dev.tramontane.grammar.Expression.Reference;
import dev.tramontane.grammar.Expression.Repeat;
import dev.tramontane.grammar.Expression.Sequence;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// What is known of a grammar's rules before any automaton is built: which match the empty text,
/// which match anything at all, which are recursive, and which are written out where they are used.
final class RuleTable {
    /// Levels of one rule's tree.
    static final int DEEPEST_TREE = 500;

    /// Rules up to this size are written out at each use, and those with a single use up to the
    /// larger one.
    private static final int SMALL = 64;

    private static final int SMALL_FOR_ONE_USE = 4096;

    /// A repetition over at least so many characters makes masks of most of the vocabulary. It
    /// stays a unit, so that all its uses share them.
    private static final int WIDE_CHARACTERS = 256;

    private static final int MANY_TIMES = 16;

    /// A repetition whose copies are larger than this together is counted instead.
    private static final int LARGEST_COPIES = 256;

    private final Effort effort;
    private final Map<String, Integer> indices = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private final List<Expression> bodies = new ArrayList<>();
    private final int[][] references;
    private final int[] uses;
    private final BitSet nullable = new BitSet();
    private final BitSet productive = new BitSet();
    private final BitSet withText = new BitSet();
    private final BitSet written = new BitSet();
    private final int[] size;
    private final BitSet wide = new BitSet();
    private final BitSet wideRepeating = new BitSet();

    RuleTable(GrammarSource source, Effort effort) {
        this.effort = effort;
        if (source.rules().size() > effort.limits().rules()) {
            throw new InvalidGrammarException(
                    "the grammar",
                    "%d rules, expected at most %d; write small ones out where they are used"
                            .formatted(source.rules().size(), effort.limits().rules()));
        }
        source.rules()
                .forEach(
                        (name, body) -> {
                            indices.put(name, bodies.size());
                            names.add(name);
                            bodies.add(body);
                        });
        if (!indices.containsKey(source.root())) {
            throw new InvalidGrammarException(
                    "the grammar",
                    "no rule \"%s\", expected the one that a whole text is; add it"
                            .formatted(source.root()));
        }
        uses = new int[bodies.size()];
        references = new int[bodies.size()][];
        for (int rule = 0; rule < references.length; rule++) {
            List<Integer> found = new ArrayList<>();
            collect(rule, bodies.get(rule), 0, found);
            references[rule] = found.stream().mapToInt(Integer::intValue).toArray();
        }
        var components = new Components(references);
        settle(components.calleesFirst());
        size = new int[bodies.size()];
        for (int rule : components.calleesFirst()) {
            measure(rule, components.isRecursive(rule));
        }
    }

    int index(String rule) {
        return Objects.requireNonNull(indices.get(rule));
    }

    String name(int rule) {
        return names.get(rule);
    }

    Expression body(int rule) {
        return bodies.get(rule);
    }

    private void collect(int rule, Expression expression, int depth, List<Integer> found) {
        effort.spend(1);
        if (depth > DEEPEST_TREE) {
            throw new InvalidGrammarException(
                    "rule " + names.get(rule),
                    "expressions more than %d deep, expected fewer; name some of them as rules"
                            .formatted(DEEPEST_TREE));
        }
        switch (expression) {
            case Literal _, CharClass _ -> {}
            case Sequence(var parts) -> {
                for (Expression part : parts) {
                    collect(rule, part, depth + 1, found);
                }
            }
            case Choice(var options) -> {
                for (Expression option : options) {
                    collect(rule, option, depth + 1, found);
                }
            }
            case Repeat(var body, _, _) -> collect(rule, body, depth + 1, found);
            case Network(var states, _) -> {
                for (List<Edge> edges : states) {
                    effort.spend(1);
                    for (Edge edge : edges) {
                        collect(rule, edge.label(), depth + 1, found);
                    }
                }
            }
            case Reference(var name) -> {
                Integer index = indices.get(name);
                if (index == null) {
                    throw new InvalidGrammarException(
                            "rule " + names.get(rule),
                            "it refers to \"%s\", which no rule is; define it".formatted(name));
                }
                uses[index]++;
                found.add(index);
            }
        }
    }

    /// Finds the least sets of productive rules, of nullable ones, and of those with text.
    ///
    /// @param order of the rules, those first that others are made of
    private void settle(int[] order) {
        List<List<Integer>> users = new ArrayList<>();
        Deque<Integer> pending = new ArrayDeque<>();
        var isPending = new BitSet();
        for (int rule : order) {
            users.add(new ArrayList<>());
            pending.add(rule);
            isPending.set(rule);
        }
        for (int rule = 0; rule < references.length; rule++) {
            for (int reference : references[rule]) {
                users.get(reference).add(rule);
            }
        }
        while (!pending.isEmpty()) {
            int rule = pending.remove();
            isPending.clear(rule);
            Expression body = bodies.get(rule);
            boolean news = add(productive, rule, isProductive(body));
            news |= add(nullable, rule, isNullable(body));
            news |= add(withText, rule, hasText(body));
            for (int user : news ? users.get(rule) : List.<Integer>of()) {
                effort.spend(1);
                if (!isPending.get(user)) {
                    isPending.set(user);
                    pending.add(user);
                }
            }
        }
    }

    private static boolean add(BitSet rules, int rule, boolean belongs) {
        boolean news = belongs && !rules.get(rule);
        rules.set(rule, belongs || rules.get(rule));
        return news;
    }

    /// Whether some text matches.
    boolean isProductive(Expression expression) {
        effort.spend(1);
        return switch (expression) {
            case Literal _ -> true;
            case CharClass set -> !set.isEmpty();
            case Sequence(var parts) -> parts.stream().allMatch(this::isProductive);
            case Choice(var options) -> options.stream().anyMatch(this::isProductive);
            case Repeat(var body, var min, _) -> min == 0 || isProductive(body);
            case Network network -> leads(network, this::isProductive);
            case Reference(var name) -> productive.get(index(name));
        };
    }

    /// Whether the empty text matches.
    boolean isNullable(Expression expression) {
        effort.spend(1);
        return switch (expression) {
            case Literal(var text) -> text.isEmpty();
            case CharClass _ -> false;
            case Sequence(var parts) -> parts.stream().allMatch(this::isNullable);
            case Choice(var options) -> options.stream().anyMatch(this::isNullable);
            case Repeat(var body, var min, _) -> min == 0 || isNullable(body);
            case Network network -> leads(network, this::isNullable);
            case Reference(var name) -> nullable.get(index(name));
        };
    }

    /// Whether some text matches that is not empty.
    boolean hasText(Expression expression) {
        effort.spend(1);
        return switch (expression) {
            case Literal(var text) -> !text.isEmpty();
            case CharClass set -> !set.isEmpty();
            case Sequence(var parts) ->
                    parts.stream().allMatch(this::isProductive)
                            && parts.stream().anyMatch(this::hasText);
            case Choice(var options) -> options.stream().anyMatch(this::hasText);
            case Repeat(var body, _, var max) -> max > 0 && hasText(body);
            case Network network -> leadsWithText(network);
            case Reference(var name) -> withText.get(index(name));
        };
    }

    private static Stream<Expression> labels(Network network) {
        return network.states().stream().flatMap(List::stream).map(Edge::label);
    }

    /// Whether edges whose labels pass lead from the network's start to an end.
    private boolean leads(Network network, Predicate<Expression> passes) {
        BitSet reached = reached(network, single(0), passes);
        return reached.intersects(network.accepting());
    }

    /// Whether some way from the network's start to an end has a label with text.
    private boolean leadsWithText(Network network) {
        BitSet before = reached(network, single(0), this::isProductive);
        BitSet behind = new BitSet();
        for (int s = before.nextSetBit(0); s >= 0; s = before.nextSetBit(s + 1)) {
            for (Edge edge : network.states().get(s)) {
                behind.set(edge.target(), behind.get(edge.target()) || hasText(edge.label()));
            }
        }
        return reached(network, behind, this::isProductive).intersects(network.accepting());
    }

    private static BitSet single(int state) {
        var set = new BitSet();
        set.set(state);
        return set;
    }

    /// The states that edges whose labels pass lead to, the first ones included.
    private BitSet reached(Network network, BitSet from, Predicate<Expression> passes) {
        BitSet found = (BitSet) from.clone();
        Deque<Integer> pending = new ArrayDeque<>();
        from.stream().forEach(pending::add);
        while (!pending.isEmpty()) {
            for (Edge edge : network.states().get(pending.remove())) {
                effort.spend(1);
                if (!found.get(edge.target()) && passes.test(edge.label())) {
                    found.set(edge.target());
                    pending.add(edge.target());
                }
            }
        }
        return found;
    }

    private void measure(int rule, boolean recursive) {
        size[rule] = size(bodies.get(rule));
        wide.set(rule, hasWideClass(bodies.get(rule)));
        wideRepeating.set(rule, repeatsWideClass(bodies.get(rule)));
        boolean small = size[rule] <= SMALL && !wideRepeating.get(rule);
        boolean once = uses[rule] == 1 && size[rule] <= SMALL_FOR_ONE_USE;
        written.set(rule, !recursive && (small || once));
    }

    /// Whether a rule is written out where it is used, rather than a unit of its own.
    boolean isWrittenOut(String rule) {
        return written.get(index(rule));
    }

    /// Whether a repetition is copies of its body, rather than counted.
    boolean isCopied(Repeat repeat) {
        int times = repeat.max() == Expression.UNBOUNDED ? repeat.min() : repeat.max();
        return times <= 1 || (long) size(repeat.body()) * times <= LARGEST_COPIES;
    }

    /// About how many states an expression takes.
    private int size(Expression expression) {
        effort.spend(1);
        long states =
                switch (expression) {
                    case Literal(var text) -> text.length();
                    case CharClass set -> Utf8Paths.size(set);
                    case Sequence(var parts) -> parts.stream().mapToLong(this::size).sum();
                    case Choice(var options) -> options.stream().mapToLong(this::size).sum() + 1;
                    case Repeat repeat -> size(repeat);
                    case Network network ->
                            network.states().size() + labels(network).mapToLong(this::size).sum();
                    case Reference(var name) -> isWrittenOut(name) ? size[index(name)] : 2;
                };
        return (int) Math.min(states, Integer.MAX_VALUE / 2);
    }

    private long size(Repeat repeat) {
        long body = size(repeat.body());
        long times = repeat.max() == Expression.UNBOUNDED ? repeat.min() : repeat.max();
        long copies = body * Math.max(times, 1);
        return times <= 1 || copies <= LARGEST_COPIES ? copies + 1 : 2;
    }

    private boolean hasWideClass(Expression expression) {
        effort.spend(1);
        return switch (expression) {
            case Literal _ -> false;
            case CharClass(var ranges) -> count(ranges) >= WIDE_CHARACTERS;
            case Sequence(var parts) -> parts.stream().anyMatch(this::hasWideClass);
            case Choice(var options) -> options.stream().anyMatch(this::hasWideClass);
            case Repeat(var body, _, _) -> hasWideClass(body);
            case Network network -> labels(network).anyMatch(this::hasWideClass);
            case Reference(var name) -> wide.get(index(name));
        };
    }

    private boolean repeatsWideClass(Expression expression) {
        effort.spend(1);
        return switch (expression) {
            case Literal _, CharClass _ -> false;
            case Sequence(var parts) -> parts.stream().anyMatch(this::repeatsWideClass);
            case Choice(var options) -> options.stream().anyMatch(this::repeatsWideClass);
            case Repeat(var body, _, var max) ->
                    max >= MANY_TIMES ? hasWideClass(body) : repeatsWideClass(body);
            case Network network -> labels(network).anyMatch(this::hasWideClass);
            case Reference(var name) -> isWrittenOut(name) && wideRepeating.get(index(name));
        };
    }

    private static int count(int[] ranges) {
        int characters = 0;
        for (int i = 0; i < ranges.length; i += 2) {
            characters += ranges[i + 1] - ranges[i] + 1;
        }
        return characters;
    }

    /// Strongly connected components of the rules (Tarjan 1972), without recursion of ours: chains
    /// of rules may be long.
    private static final class Components {
        private final int[] order;
        private final BitSet recursive = new BitSet();
        private int finished;

        Components(int[][] references) {
            int rules = references.length;
            order = new int[rules];
            int[] number = new int[rules];
            int[] lowest = new int[rules];
            int[] nextReference = new int[rules];
            boolean[] open = new boolean[rules];
            Arrays.fill(number, -1);
            int[] path = new int[rules];
            int[] component = new int[rules];
            int opened = 0;
            int numbered = 0;
            for (int start = 0; start < rules; start++) {
                int depth = 0;
                if (number[start] < 0) {
                    path[depth++] = start;
                }
                while (depth > 0) {
                    int rule = path[depth - 1];
                    if (number[rule] < 0) {
                        number[rule] = lowest[rule] = numbered++;
                        component[opened++] = rule;
                        open[rule] = true;
                    }
                    if (nextReference[rule] < references[rule].length) {
                        int callee = references[rule][nextReference[rule]++];
                        if (number[callee] < 0) {
                            path[depth++] = callee;
                        } else if (open[callee]) {
                            lowest[rule] = Math.min(lowest[rule], number[callee]);
                            recursive.set(rule, recursive.get(rule) || callee == rule);
                        }
                        continue;
                    }
                    depth--;
                    if (depth > 0) {
                        int caller = path[depth - 1];
                        lowest[caller] = Math.min(lowest[caller], lowest[rule]);
                    }
                    if (lowest[rule] == number[rule]) {
                        opened = close(rule, component, opened, open);
                    }
                }
            }
        }

        private int close(int rule, int[] component, int opened, boolean[] open) {
            boolean alone = component[opened - 1] == rule;
            int left = opened;
            int member;
            do {
                member = component[--left];
                open[member] = false;
                order[finished++] = member;
                recursive.set(member, !alone || recursive.get(member));
            } while (member != rule);
            return left;
        }

        /// Every rule, those it refers to first as far as they are not recursive.
        int[] calleesFirst() {
            return order;
        }

        boolean isRecursive(int rule) {
            return recursive.get(rule);
        }
    }
}
