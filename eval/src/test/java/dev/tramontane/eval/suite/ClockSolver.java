package dev.tramontane.eval.suite;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Solves English questions about times from their text alone, minute by minute.
final class ClockSolver {
    private static final Pattern TIME = Pattern.compile("\\b(\\d+):(\\d\\d)\\b");
    private static final Pattern HOURS = Pattern.compile("(\\d+) h");
    private static final Pattern MINUTES = Pattern.compile("(\\d+) min");
    private static final Pattern BACKWARDS =
            Pattern.compile("did it leave|did it begin| ago|at the latest|before|set out");

    private ClockSolver() {}

    static String duration(String question) {
        return written(between(question));
    }

    static String shift(String question) {
        return written(between(question) - number(MINUTES, question));
    }

    static String arrival(String question) {
        int at = times(question).getFirst();
        int left = 60 * number(HOURS, question) + number(MINUTES, question);
        boolean back = BACKWARDS.matcher(question).find();
        for (; left > 0; left--) {
            at = back ? (at == 0 ? 1439 : at - 1) : (at == 1439 ? 0 : at + 1);
        }
        return "%d:%02d".formatted(at / 60, at % 60);
    }

    private static int between(String question) {
        List<Integer> times = times(question);
        int minutes = 0;
        for (int at = times.getFirst(); at != times.getLast(); at = at == 1439 ? 0 : at + 1) {
            minutes++;
        }
        return minutes;
    }

    private static List<Integer> times(String question) {
        return TIME.matcher(question)
                .results()
                .map(time -> 60 * group(time, 1) + group(time, 2))
                .toList();
    }

    private static int number(Pattern unit, String question) {
        return unit.matcher(question).results().findFirst().map(found -> group(found, 1)).orElse(0);
    }

    private static int group(MatchResult found, int group) {
        return Integer.parseInt(found.group(group));
    }

    private static String written(int minutes) {
        String hours = minutes / 60 > 0 ? minutes / 60 + " h" : "";
        String rest = minutes % 60 > 0 ? minutes % 60 + " min" : "";
        return (hours + " " + rest).strip();
    }
}
