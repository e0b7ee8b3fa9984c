package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.Expression;
import dev.tramontane.grammar.GrammarSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Random texts of a grammar, straight from its tree: at each choice any way that has an end, and
/// once a text has grown long the shortest.
final class TreeSampler {
    private static final long NEVER = Long.MAX_VALUE / 4;

    /// Times that a repetition without a limit goes on, at most.
    private static final int MOST_MORE = 6;

    private final GrammarSource source;
    private final Random random;
    private final int longText;
    private final Map<String, Long> lengths = new HashMap<>();
    private final IdentityHashMap<Expression.Network, long[]> distances = new IdentityHashMap<>();
    private StringBuilder text = new StringBuilder();

    TreeSampler(GrammarSource source, Random random, int longText) {
        this.source = source;
        this.random = random;
        this.longText = longText;
        boolean news = true;
        while (news) {
            news = false;
            distances.clear();
            for (Map.Entry<String, Expression> rule : source.rules().entrySet()) {
                long length = shortest(rule.getValue());
                Long before = lengths.put(rule.getKey(), length);
                news |= before == null || before != length;
            }
        }
    }

    String next() {
        text = new StringBuilder();
        write(Expression.rule(source.root()));
        return text.toString();
    }

    private boolean isLong() {
        return text.length() > longText;
    }

    private void write(Expression expression) {
        switch (expression) {
            case Expression.Literal(String literal) -> text.append(literal);
            case Expression.CharClass(int[] ranges) -> {
                int range = 2 * random.nextInt(ranges.length / 2);
                int width = Math.min(ranges[range + 1] - ranges[range] + 1, 500);
                text.appendCodePoint(ranges[range] + random.nextInt(width));
            }
            case Expression.Sequence(List<Expression> parts) -> parts.forEach(this::write);
            case Expression.Choice(List<Expression> options) ->
                    write(chosen(options, options.stream().map(this::shortest).toList()));
            case Expression.Repeat(Expression body, int min, int max) -> {
                int more = Math.min(max - min, MOST_MORE);
                boolean none = isLong() || shortest(body) >= NEVER;
                int times = min + (none ? 0 : random.nextInt(more + 1));
                for (int i = 0; i < times; i++) {
                    write(body);
                }
            }
            case Expression.Reference(String rule) -> write(body(rule));
            case Expression.Network network -> walk(network);
        }
    }

    private void walk(Expression.Network network) {
        int state = 0;
        while (true) {
            long[] distance = distances(network);
            boolean mayEnd = network.accepting().get(state);
            List<Expression.Edge> edges = network.states().get(state);
            if (mayEnd && (isLong() || random.nextInt(1 + edges.size()) == 0)) {
                return;
            }
            List<Long> lengthsLeft = new ArrayList<>();
            edges.forEach(
                    edge -> lengthsLeft.add(shortest(edge.label()) + distance[edge.target()]));
            if (lengthsLeft.stream().allMatch(length -> length >= NEVER)) {
                return;
            }
            Expression.Edge edge = chosen(edges, lengthsLeft);
            write(edge.label());
            state = edge.target();
        }
    }

    private <T> T chosen(List<T> ways, List<Long> lengthsLeft) {
        long least = lengthsLeft.stream().mapToLong(Long::longValue).min().orElse(NEVER);
        long most = isLong() ? least : NEVER - 1;
        List<T> open = new ArrayList<>();
        for (int i = 0; i < ways.size(); i++) {
            if (lengthsLeft.get(i) <= most) {
                open.add(ways.get(i));
            }
        }
        return open.get(random.nextInt(open.size()));
    }

    /// Length of the shortest text; {@link #NEVER} where there is none.
    private long shortest(Expression expression) {
        long length =
                switch (expression) {
                    case Expression.Literal(String literal) -> literal.length();
                    case Expression.CharClass set -> set.isEmpty() ? NEVER : 1;
                    case Expression.Sequence(List<Expression> parts) ->
                            parts.stream().mapToLong(this::shortest).reduce(0, TreeSampler::sum);
                    case Expression.Choice(List<Expression> options) ->
                            options.stream().mapToLong(this::shortest).min().orElse(NEVER);
                    case Expression.Repeat(Expression body, int min, _) ->
                            min == 0 ? 0 : times(shortest(body), min);
                    case Expression.Reference(String rule) -> lengths.getOrDefault(rule, NEVER);
                    case Expression.Network network -> distances(network)[0];
                };
        return Math.min(length, NEVER);
    }

    private static long sum(long one, long other) {
        return Math.min(NEVER, one + other);
    }

    private static long times(long length, int count) {
        return length >= NEVER ? NEVER : Math.min(NEVER, length * count);
    }

    /// Length of the shortest text from each state to an accepting one.
    private long[] distances(Expression.Network network) {
        long[] known = distances.get(network);
        if (known == null) {
            known = measure(network);
            distances.put(network, known);
        }
        return known;
    }

    private long[] measure(Expression.Network network) {
        int states = network.states().size();
        long[] distance = new long[states];
        Arrays.fill(distance, NEVER);
        network.accepting().stream().forEach(state -> distance[state] = 0);
        List<long[]> labels = new ArrayList<>();
        network.states()
                .forEach(
                        edges ->
                                labels.add(
                                        edges.stream()
                                                .mapToLong(edge -> shortest(edge.label()))
                                                .toArray()));
        boolean news = true;
        while (news) {
            news = false;
            for (int i = states - 1; i >= 0; i--) {
                for (int j = 0; j < labels.get(i).length; j++) {
                    int target = network.states().get(i).get(j).target();
                    long length = sum(labels.get(i)[j], distance[target]);
                    if (length < distance[i]) {
                        distance[i] = length;
                        news = true;
                    }
                }
            }
        }
        return distance;
    }

    private Expression body(String rule) {
        Expression body = source.rules().get(rule);
        if (body == null) {
            throw new IllegalArgumentException("no rule " + rule);
        }
        return body;
    }
}
