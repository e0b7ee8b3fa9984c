package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Solves English questions of logic from their text alone, by trying every world.
final class DeductionSolver {
    private static final Pattern LINK =
            Pattern.compile("If lamp (\\w) is (on|off), lamp (\\w) is (on|off)\\.");
    private static final Pattern KNOWN = Pattern.compile("Lamp (\\w) is (on|off)\\.");
    private static final Pattern ASKED = Pattern.compile("lamp (\\w) (?:is )?(on|off)");
    private static final Pattern FACT = Pattern.compile("\\b([P-U]) is (true|false)\\.");
    private static final Pattern FORMULA = Pattern.compile("(?:not |and |or |[()P-U ])+");
    private static final Pattern SENTENCE =
            Pattern.compile("(All|No|Some) (\\w+?)s? (?:are|is a) (\\w+?)s?\\.");

    private DeductionSolver() {}

    /// In every way to light the lamps that obeys the rules, what is asked must be the same.
    static String lamps(String question) {
        List<MatchResult> links = LINK.matcher(question).results().toList();
        String rest = LINK.matcher(question).replaceAll("");
        MatchResult known = KNOWN.matcher(rest).results().findFirst().orElseThrow();
        rest = KNOWN.matcher(rest).replaceAll("");
        MatchResult asked = ASKED.matcher(rest).results().findFirst().orElseThrow();
        boolean possible = false;
        boolean certain = true;
        for (int lit = 0; lit < 64; lit++) {
            int world = lit;
            boolean obeys =
                    holds(world, known, 1)
                            && links.stream()
                                    .allMatch(
                                            link ->
                                                    !holds(world, link, 1)
                                                            || holds(world, link, 3));
            if (obeys) {
                possible |= holds(world, asked, 1);
                certain &= holds(world, asked, 1);
            }
        }
        if (possible != certain) {
            throw new AssertionError("undetermined: " + question);
        }
        return certain ? "yes" : "no";
    }

    private static boolean holds(int lit, MatchResult said, int group) {
        boolean on = (lit >> (said.group(group).charAt(0) - 'P') & 1) == 1;
        return on == said.group(group + 1).equals("on");
    }

    static String proposition(String question) {
        Map<Character, Boolean> values = new HashMap<>();
        FACT.matcher(question)
                .results()
                .forEach(fact -> values.put(fact.group(1).charAt(0), fact.group(2).equals("true")));
        String rest = FACT.matcher(question).replaceAll("");
        String formula = "";
        for (MatchResult found : FORMULA.matcher(rest).results().toList()) {
            formula = found.group().length() > formula.length() ? found.group() : formula;
        }
        return value(formula.strip(), values) ? "yes" : "no";
    }

    /// Replaces letters, then what stands in the innermost brackets, by their values.
    private static boolean value(String formula, Map<Character, Boolean> values) {
        String left = formula;
        for (var value : values.entrySet()) {
            left = left.replace(value.getKey().toString(), value.getValue() ? "1" : "0");
        }
        String before = "";
        while (!left.equals(before)) {
            before = left;
            left =
                    left.replace("not 1", "0")
                            .replace("not 0", "1")
                            .replaceAll("1 and 1", "1")
                            .replaceAll("(?<!not )(?:0 and [01]|1 and 0)", "0")
                            .replaceAll("(?<!not )(?:1 or [01]|0 or 1)", "1")
                            .replaceAll("0 or 0", "0")
                            .replaceAll("\\(([01])\\)", "$1");
        }
        if (left.length() != 1) {
            throw new AssertionError(formula + " became " + left);
        }
        return left.equals("1");
    }

    /// A world says for each sort of people (doctors or not, painters or not, …) whether there are
    /// any.
    static String syllogism(String question) {
        Matcher quoted = Pattern.compile("\"([^\"]*)\"").matcher(question);
        if (!quoted.find()) {
            throw new AssertionError(question);
        }
        MatchResult asked = SENTENCE.matcher(quoted.group(1)).results().findFirst().orElseThrow();
        List<MatchResult> premises =
                SENTENCE.matcher(question.replace(quoted.group(), "")).results().toList();
        boolean all = follows(premises, asked, true);
        if (premises.size() < 2 || all != follows(premises, asked, false)) {
            throw new AssertionError("depends on whether there are such people: " + question);
        }
        return all ? "yes" : "no";
    }

    private static boolean follows(
            List<MatchResult> premises, MatchResult asked, boolean emptyKinds) {
        List<String> kinds = new ArrayList<>();
        for (MatchResult premise : premises) {
            for (int group = 2; group <= 3; group++) {
                if (!kinds.contains(premise.group(group))) {
                    kinds.add(premise.group(group));
                }
            }
        }
        for (int people = 0; people < 1 << (1 << kinds.size()); people++) {
            int world = people;
            boolean possible =
                    emptyKinds
                            || kinds.stream()
                                    .allMatch(kind -> some(world, kinds, kind, kind, true));
            if (possible
                    && premises.stream().allMatch(premise -> isTrue(world, kinds, premise))
                    && !isTrue(world, kinds, asked)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isTrue(int world, List<String> kinds, MatchResult sentence) {
        String a = sentence.group(2);
        String b = sentence.group(3);
        return switch (sentence.group(1)) {
            case "All" -> !some(world, kinds, a, b, false);
            case "No" -> !some(world, kinds, a, b, true);
            default -> some(world, kinds, a, b, true);
        };
    }

    private static boolean some(int world, List<String> kinds, String a, String b, boolean isB) {
        for (int sort = 0; sort < 1 << kinds.size(); sort++) {
            boolean there = (world >> sort & 1) == 1;
            boolean inA = (sort >> kinds.indexOf(a) & 1) == 1;
            boolean inB = (sort >> kinds.indexOf(b) & 1) == 1;
            if (there && inA && inB == isB) {
                return true;
            }
        }
        return false;
    }
}
