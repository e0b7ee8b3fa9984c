package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Solves English questions from their text alone, in ways other than the generators': by trying,
/// counting, simulating.
final class IndependentSolver {
    private static final List<String> DAYS =
            List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");

    private IndependentSolver() {}

    static String solve(GeneratedProblem problem) {
        String question = problem.question();
        List<Integer> numbers =
                Pattern.compile("\\d+")
                        .matcher(question)
                        .results()
                        .map(found -> Integer.parseInt(found.group()))
                        .toList();
        return switch (problem.family().key()) {
            case "calculate", "chain" ->
                    question.matches(".*\\d ?[/÷:] ?\\d.*")
                            ? String.valueOf(fitting(numbers.getFirst(), numbers.getLast()))
                            : String.valueOf(
                                    value(
                                            question.replaceAll("(?<=\\d) ?[*x·] ?(?=\\d)", "×")
                                                    .replaceAll("[^\\d×+-]", "")));
            case "remainder" -> remainder(question, numbers);
            case "shopping" -> shopping(numbers);
            case "ages" -> ages(numbers);
            case "travel" -> travel(question, numbers);
            case "comparison" ->
                    String.valueOf(
                            question.matches("(?s).*(largest|greatest|greater).*")
                                    ? Collections.max(numbers)
                                    : Collections.min(numbers));
            case "extremes" -> String.valueOf(Collections.max(numbers) - Collections.min(numbers));
            case "sequence" -> sequence(question);
            case "calendar" -> calendar(question, numbers.getFirst());
            case "units" -> units(question, numbers.getFirst());
            case "order" -> order(question);
            case "truth" -> truth(question);
            case "letters" -> letters(question);
            case "reversal" -> new StringBuilder(quoted(question)).reverse().toString();
            case "sets" -> sets(question);
            case "equation" -> String.valueOf(unknown(question));
            case "sort" -> sorted(question, numbers);
            case "percent" -> String.valueOf(percent(question, numbers));
            case "part" -> String.valueOf(part(question, numbers));
            case "lowest-terms" -> lowest(numbers.getFirst(), numbers.getLast());
            case "fractions" ->
                    lowest(
                            numbers.getFirst() * numbers.getLast()
                                    + numbers.get(1) * numbers.get(2),
                            numbers.get(1) * numbers.getLast());
            case "sharing" -> String.valueOf(sharing(question, numbers));
            case "rate" -> String.valueOf(rate(question, numbers));
            case "duration" -> ClockSolver.duration(question);
            case "arrival" -> ClockSolver.arrival(question);
            case "shift" -> ClockSolver.shift(question);
            case "lamps" -> DeductionSolver.lamps(question);
            case "propositions" -> DeductionSolver.proposition(question);
            case "syllogism" -> DeductionSolver.syllogism(question);
            case "copy" -> PassageSolver.copy(question);
            case "edit" -> PassageSolver.edit(question);
            case "pick" -> PassageSolver.pick(question);
            case "backwards" -> PassageSolver.backwards(question);
            default -> throw new AssertionError(problem.family().key());
        };
    }

    /// Left to right, products as they come: they stand first.
    private static int value(String expression) {
        int value = 0;
        char sign = '+';
        for (MatchResult part :
                Pattern.compile("([×+-]?)(\\d+)").matcher(expression).results().toList()) {
            sign = part.group(1).isEmpty() ? '+' : part.group(1).charAt(0);
            int operand = Integer.parseInt(part.group(2));
            if (sign == '×') {
                int product = 0;
                for (int i = 0; i < operand; i++) {
                    product += value;
                }
                value = product;
            } else {
                value += sign == '+' ? operand : -operand;
            }
        }
        return value;
    }

    /// How often the divisor can be taken away.
    private static int fitting(int dividend, int divisor) {
        int times = 0;
        for (int left = dividend; left >= divisor; left -= divisor) {
            times++;
        }
        return times;
    }

    private static String remainder(String question, List<Integer> numbers) {
        int left = value(question.replaceAll(".*?(\\d+ × \\d+ \\+ \\d+).*", "$1").replace(" ", ""));
        while (left >= numbers.getLast()) {
            left -= numbers.getLast();
        }
        return String.valueOf(left);
    }

    private static String shopping(List<Integer> numbers) {
        int paid = Collections.max(numbers);
        int left = paid;
        List<Integer> rest = new ArrayList<>(numbers);
        rest.remove(Integer.valueOf(paid));
        for (int i = 0; i < rest.getFirst(); i++) {
            left -= rest.getLast();
        }
        return String.valueOf(left);
    }

    private static String ages(List<Integer> numbers) {
        int sum = Collections.max(numbers);
        int difference = Collections.min(numbers);
        for (int older = 1; older < sum; older++) {
            if (older - (sum - older) == difference) {
                return String.valueOf(older);
            }
        }
        throw new AssertionError(numbers);
    }

    private static String travel(String question, List<Integer> numbers) {
        int speed = Integer.parseInt(question.replaceAll("(?s).*?(\\d+) km(?:/h| every).*", "$1"));
        int hours = Integer.parseInt(question.replaceAll("(?s).*?(\\d+) hours.*", "$1"));
        int way = numbers.getLast();
        for (int hour = 0; hour < hours; hour++) {
            way += speed;
        }
        return String.valueOf(way);
    }

    private static String sequence(String question) {
        Pattern list = Pattern.compile("\\d+(?:, \\d+){3}");
        String[] shown =
                list.matcher(question).results().findFirst().orElseThrow().group().split(", ");
        int at = Integer.parseInt(shown[0]);
        int step = Integer.parseInt(shown[1]) - at;
        int sought =
                Integer.parseInt(list.matcher(question).replaceFirst("").replaceAll("\\D", ""));
        for (int place = 1; place < sought; place++) {
            at += step;
        }
        return String.valueOf(at);
    }

    private static String calendar(String question, int days) {
        int today = 0;
        while (!question.contains(DAYS.get(today))) {
            today++;
        }
        for (int day = 0; day < days; day++) {
            today = today == 6 ? 0 : today + 1;
        }
        return DAYS.get(today);
    }

    private static String units(String question, int count) {
        List<String> units =
                Pattern.compile("\\b(km|m|cm|mm|kg|g|h|min|s|l|ml)\\b")
                        .matcher(question)
                        .results()
                        .map(MatchResult::group)
                        .toList();
        boolean asksFirst = question.startsWith("How many");
        String from = asksFirst ? units.getLast() : units.getFirst();
        String to = asksFirst ? units.getFirst() : units.getLast();
        long inSmallest = count * smallest(from);
        return String.valueOf(inSmallest / smallest(to));
    }

    /// In millimetres, grams, seconds or millilitres.
    private static long smallest(String unit) {
        return switch (unit) {
            case "km" -> 1_000_000;
            case "m", "kg", "l" -> 1_000;
            case "h" -> 3_600;
            case "min" -> 60;
            case "cm" -> 10;
            default -> 1;
        };
    }

    private static String order(String question) {
        Set<String> towers = new HashSet<>();
        Set<String> lower = new HashSet<>();
        for (MatchResult fact :
                Pattern.compile("Tower (\\w) is taller than tower (\\w)")
                        .matcher(question)
                        .results()
                        .toList()) {
            towers.add(fact.group(1));
            towers.add(fact.group(2));
            lower.add(fact.group(2));
        }
        towers.removeAll(lower);
        if (towers.size() != 1) {
            throw new AssertionError(question);
        }
        return towers.iterator().next();
    }

    /// Tries every way in which they may be knights.
    private static String truth(String question) {
        List<MatchResult> said =
                Pattern.compile("(\\w) says: \"(\\w) is a (knight|liar)")
                        .matcher(question)
                        .results()
                        .toList();
        MatchResult known =
                Pattern.compile("(?<![\\w\"])([A-F]) is a (knight|liar)")
                        .matcher(question)
                        .results()
                        .findFirst()
                        .orElseThrow();
        int people = said.size() + 1;
        List<Integer> found = new ArrayList<>();
        for (int knights = 0; knights < 1 << people; knights++) {
            int worlds = knights;
            boolean holds =
                    isKnight(worlds, known.group(1)) == known.group(2).equals("knight")
                            && said.stream()
                                    .allMatch(
                                            line ->
                                                    isKnight(worlds, line.group(1))
                                                            == (isKnight(worlds, line.group(2))
                                                                    == line.group(3)
                                                                            .equals("knight")));
            if (holds) {
                found.add(Integer.bitCount(knights));
            }
        }
        if (found.size() != 1) {
            throw new AssertionError(question + found);
        }
        return String.valueOf(found.getFirst());
    }

    private static boolean isKnight(int knights, String person) {
        return (knights >> (person.charAt(0) - 'A') & 1) == 1;
    }

    private static String letters(String question) {
        String letter = question.replaceAll(".*(?:letters? (\\w)\\b|many (\\w)'s).*", "$1$2");
        String word = quoted(question);
        return String.valueOf(word.length() - word.replace(letter, "").length());
    }

    private static String quoted(String question) {
        return Pattern.compile(
                        "\"(\\w+)\"|(?:Spell|are in|the word|found in|letters of|What is) (\\w+)")
                .matcher(question)
                .results()
                .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
                .findFirst()
                .orElseThrow();
    }

    private static int unknown(String question) {
        MatchResult equation =
                Pattern.compile("(\\d+)[a-z] ([+-]) (\\d+) = (\\d+)")
                        .matcher(question)
                        .results()
                        .findFirst()
                        .orElseThrow();
        int right = Integer.parseInt(equation.group(4));
        int added = Integer.parseInt(equation.group(3)) * (equation.group(2).equals("+") ? 1 : -1);
        for (int x = 0; x < 1_000; x++) {
            if (Integer.parseInt(equation.group(1)) * x + added == right) {
                return x;
            }
        }
        throw new AssertionError(question);
    }

    private static String sorted(String question, List<Integer> numbers) {
        List<Integer> sorted = new ArrayList<>(numbers);
        Collections.sort(sorted);
        if (Pattern.compile("to the smallest|descending|largest first|to small\\b|decreasing")
                .matcher(question)
                .find()) {
            Collections.reverse(sorted);
        }
        return sorted.toString().replace('[', '(').replace(']', ')');
    }

    private static int percent(String question, List<Integer> numbers) {
        int percent = Integer.parseInt(question.replaceAll(".*?(\\d+)(?:%| percent).*", "$1"));
        int whole = numbers.getFirst() == percent ? numbers.getLast() : numbers.getFirst();
        int hundredths = 0;
        for (int i = 0; i < percent; i++) {
            hundredths += whole;
        }
        int part = hundredths / 100;
        if (Pattern.compile("rise|more\\.|[Ii]ncrease|dearer|grows|Add").matcher(question).find()) {
            return whole + part;
        }
        return Pattern.compile("discount|falls|[Dd]ecrease|% off|shrinks").matcher(question).find()
                ? whole - part
                : part;
    }

    private static int part(String question, List<Integer> numbers) {
        String[] fraction = question.replaceAll(".*?(\\d+/\\d+).*", "$1").split("/");
        int below = Integer.parseInt(fraction[1]);
        int whole =
                Pattern.compile("(?<![\\d/])\\d+(?![\\d/])")
                        .matcher(question)
                        .results()
                        .map(found -> Integer.parseInt(found.group()))
                        .findFirst()
                        .orElse(numbers.getLast());
        int times = 0;
        for (int i = 0; i < Integer.parseInt(fraction[0]); i++) {
            times += whole;
        }
        return fitting(times, below);
    }

    private static String lowest(int above, int below) {
        for (int divisor = below; divisor > 1; divisor--) {
            if (above % divisor == 0 && below % divisor == 0) {
                return above / divisor + "/" + below / divisor;
            }
        }
        return above + "/" + below;
    }

    private static int sharing(String question, List<Integer> numbers) {
        int whole = Collections.max(numbers);
        int parts = Collections.min(numbers);
        int times = fitting(whole, parts);
        int left = whole - times * parts;
        if (Pattern.compile("How many (boxes|trips|cars|tables|pages)").matcher(question).find()) {
            return left > 0 ? times + 1 : times;
        }
        return Pattern.compile("left over|remain|not fill|cannot be dealt|are left\\?")
                        .matcher(question)
                        .find()
                ? left
                : times;
    }

    private static int rate(String question, List<Integer> numbers) {
        List<Integer> hours =
                Pattern.compile("(\\d+) hours")
                        .matcher(question)
                        .results()
                        .map(found -> Integer.parseInt(found.group(1)))
                        .toList();
        List<Integer> made = new ArrayList<>(numbers);
        hours.forEach(made::remove);
        return fitting(made.getFirst() * hours.getLast(), hours.getFirst());
    }

    private static String sets(String question) {
        Set<String> all = new HashSet<>();
        for (MatchResult set :
                Pattern.compile("\\{([^}]*)}").matcher(question).results().toList()) {
            all.addAll(List.of(set.group(1).split(", ")));
        }
        return String.valueOf(all.size());
    }
}
