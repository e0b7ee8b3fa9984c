package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntBinaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Lists of numbers: the largest and smallest, sequences, sets.
enum ListFamilies implements ProblemFamily {
    /// The largest or the smallest of some numbers.
    COMPARISON {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            List<Integer> numbers =
                    distinct(random, 2 + level, level == 1 ? 99 : level == 2 ? 300 : 999);
            boolean largest = random.nextBoolean();
            String kind = largest ? "largest" : "smallest";
            List<Line> steps = new ArrayList<>();
            steps.add(Line.of(kind + ".plan"));
            int found = kept(numbers, largest ? Math::max : Math::min, steps);
            return new Draft(
                    kind + " " + joined(numbers),
                    Line.of(kind + ".q", "list", joined(numbers)),
                    steps,
                    new Line.Word.Plain(String.valueOf(found)));
        }
    },
    /// The trace keeps the best so far and compares it with one number after another.
    EXTREMES {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            List<Integer> numbers =
                    distinct(random, 3 + level, level == 1 ? 50 : level == 2 ? 99 : 300);
            List<Line> steps = new ArrayList<>();
            steps.add(Line.of("extremes.plan"));
            steps.add(Line.of("extremes.largest"));
            int largest = kept(numbers, Math::max, steps);
            steps.add(Line.of("extremes.smallest"));
            int smallest = kept(numbers, Math::min, steps);
            steps.addAll(Worked.difference(largest, smallest).said("extremes.difference"));
            return new Draft(
                    "extremes " + joined(numbers),
                    Line.of("extremes.q", "list", joined(numbers)),
                    steps,
                    new Line.Word.Plain(String.valueOf(largest - smallest)));
        }
    },
    SEQUENCE {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int first = Digits.between(random, 1, level == 1 ? 20 : 90);
            int step = Digits.between(random, 2, level == 1 ? 9 : level == 2 ? 20 : 30);
            int place = Digits.between(random, 6, level == 1 ? 12 : level == 2 ? 10 : 30);
            List<Integer> shown = List.of(first, first + step, first + 2 * step, first + 3 * step);
            Worked distance = Worked.product(step, place - 1);
            Worked result = Worked.sum(first, distance.result());
            List<Line> steps = new ArrayList<>();
            steps.add(Line.of("sequence.plan"));
            steps.add(Line.of("sequence.step", "q", difference(first + step, first)));
            steps.add(Line.of("sequence.moves", "q", difference(place, 1)));
            steps.addAll(distance.said("sequence.distance"));
            steps.addAll(result.said("sequence.result"));
            return new Draft(
                    "sequence %d %d %d".formatted(first, step, place),
                    Line.of("sequence.q", "list", joined(shown), "k", place),
                    steps,
                    new Line.Word.Plain(String.valueOf(result.result())));
        }
    },
    /// The trace puts in one number after the other: `17, 48 → 17` says which of two goes first,
    /// and the line ends where that is the new one.
    SORT {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            List<Integer> numbers =
                    distinct(random, 2 + level, level == 1 ? 50 : level == 2 ? 200 : 999);
            boolean rises = random.nextBoolean();
            String kind = rises ? "up" : "down";
            List<Integer> sorted = new ArrayList<>();
            List<Line> steps = new ArrayList<>();
            steps.add(Line.of("sort." + kind));
            for (int number : numbers) {
                List<String> compared = inserted(number, sorted, rises);
                if (!compared.isEmpty()) {
                    steps.add(Line.bare(String.join("; ", compared)));
                }
                steps.add(Line.bare(joined(sorted)));
            }
            return new Draft(
                    "sort " + kind + " " + joined(numbers),
                    Line.of("sort." + kind + ".q", "list", joined(numbers)),
                    steps,
                    new Line.Word.Plain("(" + joined(sorted) + ")"));
        }
    },
    /// The trace goes through both sets, says what the first has of the second, and counts the
    /// others.
    SETS {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int most = 8 + 8 * level;
            List<Integer> a = distinct(random, Digits.between(random, 3, 3 + 2 * level), most);
            List<Integer> b = distinct(random, Digits.between(random, 3, 3 + 2 * level), most);
            Set<Integer> union = new HashSet<>(a);
            union.addAll(b);
            return new Draft(
                    "sets " + braced(a) + " " + braced(b),
                    Line.of("sets.q", "a", braced(a), "b", braced(b)),
                    List.of(
                            Line.of("sets.plan"),
                            Line.bare("A: " + counted(a)),
                            Line.bare("B: " + counted(b, a))),
                    new Line.Word.Plain(String.valueOf(union.size())));
        }
    };

    private static int kept(List<Integer> numbers, IntBinaryOperator better, List<Line> steps) {
        int best = numbers.getFirst();
        List<String> compared = new ArrayList<>();
        for (int number : numbers.subList(1, numbers.size())) {
            int next = better.applyAsInt(best, number);
            compared.add("%d, %d → %d".formatted(best, number, next));
            best = next;
        }
        compared.forEach(line -> steps.add(Line.bare(line)));
        return best;
    }

    /// One look-up, whatever the size.
    private static String difference(int a, int b) {
        return "%d-%d=%d".formatted(a, b, a - b);
    }

    /// Puts a number in its place of a sorted list, and tells with which it was compared.
    private static List<String> inserted(int number, List<Integer> sorted, boolean rises) {
        List<String> compared = new ArrayList<>();
        int place = 0;
        boolean goesOn = true;
        while (goesOn && place < sorted.size()) {
            int other = sorted.get(place);
            goesOn = number > other == rises;
            compared.add("%d, %d → %d".formatted(other, number, goesOn ? other : number));
            place += goesOn ? 1 : 0;
        }
        sorted.add(place, number);
        return compared;
    }

    /// `3 → 1, 5 → 2`: each element, and how many there are until here.
    private static String counted(List<Integer> set) {
        return IntStream.range(0, set.size())
                .mapToObj(i -> set.get(i) + " → " + (i + 1))
                .collect(Collectors.joining(", "));
    }

    /// `3 ∈ A → 4, 7 ∉ A → 5`: each element of the second set, and how many there are until here.
    private static String counted(List<Integer> second, List<Integer> first) {
        List<String> counted = new ArrayList<>();
        int count = first.size();
        for (int element : second) {
            boolean isKnown = first.contains(element);
            count += isKnown ? 0 : 1;
            counted.add(element + (isKnown ? " ∈ A → " : " ∉ A → ") + count);
        }
        return String.join(", ", counted);
    }

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
            case COMPARISON -> "comparison";
            case EXTREMES -> "extremes";
            case SEQUENCE -> "sequence";
            case SORT -> "sort";
            case SETS -> "sets";
        };
    }
}
