package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// Lists of numbers: the largest and smallest, sequences, sets.
enum ListFamilies implements ProblemFamily {
    EXTREMES {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            List<Integer> numbers =
                    distinct(random, 2 + 2 * level, level == 1 ? 50 : level == 2 ? 200 : 999);
            int largest = Collections.max(numbers);
            int smallest = Collections.min(numbers);
            return new Draft(
                    "extremes " + joined(numbers),
                    Line.of("extremes.q", "list", joined(numbers)),
                    List.of(
                            Line.of("extremes.largest", "x", largest),
                            Line.of("extremes.smallest", "x", smallest),
                            Line.of(
                                    "extremes.difference",
                                    "q",
                                    largest + " - " + smallest + " = " + (largest - smallest))),
                    new Line.Word.Plain(String.valueOf(largest - smallest)));
        }
    },
    SEQUENCE {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int first = Digits.between(random, 1, level == 1 ? 20 : 90);
            int step = Digits.between(random, 2, level == 1 ? 9 : 30);
            int place = Digits.between(random, 6, level == 1 ? 12 : level == 2 ? 20 : 60);
            List<Integer> shown = List.of(first, first + step, first + 2 * step, first + 3 * step);
            int moved = (place - 1) * step;
            return new Draft(
                    "sequence %d %d %d".formatted(first, step, place),
                    Line.of("sequence.q", "list", joined(shown), "k", place),
                    List.of(
                            Line.of(
                                    "sequence.step",
                                    "q",
                                    first + step + " - " + first + " = " + step),
                            Line.of("sequence.distance", "q", Digits.product(place - 1, step)),
                            Line.of(
                                    "sequence.result",
                                    "k",
                                    place,
                                    "q",
                                    first + " + " + moved + " = " + (first + moved))),
                    new Line.Word.Plain(String.valueOf(first + moved)));
        }
    },
    SETS {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int most = 8 + 8 * level;
            List<Integer> a = distinct(random, Digits.between(random, 3, 3 + 2 * level), most);
            List<Integer> b = distinct(random, Digits.between(random, 3, 3 + 2 * level), most);
            List<Integer> shared = a.stream().filter(b::contains).sorted().toList();
            int common = shared.size();
            String told = shared.isEmpty() ? "∅" : joined(shared);
            return new Draft(
                    "sets " + braced(a) + " " + braced(b),
                    Line.of("sets.q", "a", braced(a), "b", braced(b)),
                    List.of(
                            Line.of("sets.common", "list", told, "n", common),
                            Line.of(
                                    "sets.result",
                                    "q",
                                    "%d + %d - %d = %d"
                                            .formatted(
                                                    a.size(),
                                                    b.size(),
                                                    common,
                                                    a.size() + b.size() - common))),
                    new Line.Word.Plain(String.valueOf(a.size() + b.size() - common)));
        }
    };

    /// Numbers from 1 on, none twice, in any order.
    private static List<Integer> distinct(RandomGenerator random, int count, int most) {
        var drawn = new TreeSet<Integer>();
        while (drawn.size() < count) {
            drawn.add(Digits.between(random, 1, most));
        }
        List<Integer> numbers = new ArrayList<>();
        for (int number : drawn) {
            numbers.add(random.nextInt(numbers.size() + 1), number);
        }
        return numbers;
    }

    private static String joined(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static String braced(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(", ", "{", "}"));
    }

    @Override
    public String key() {
        return switch (this) {
            case EXTREMES -> "extremes";
            case SEQUENCE -> "sequence";
            case SETS -> "sets";
        };
    }
}
