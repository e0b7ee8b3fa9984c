package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Does what English questions about passages ask, from their text alone.
final class PassageSolver {
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");
    private static final Pattern NUMBER = Pattern.compile("(?:number|place) (\\d+)");

    private PassageSolver() {}

    static String copy(String question) {
        boolean begins = question.contains("first sentence") || question.contains("begins");
        if (!begins && !question.contains("last") && !question.contains("ends")) {
            return unquoted(question.substring(question.indexOf(": ") + 2));
        }
        String text =
                question.replaceFirst("^Here is a text\\. ", "")
                        .replace(" Write down its first sentence.", "")
                        .replaceFirst("^[^.]*?[:?] ", "");
        List<String> sentences = List.of(unquoted(text).split("(?<=\\.) "));
        return begins ? sentences.getFirst() : sentences.getLast();
    }

    static String edit(String question) {
        List<String> quoted =
                QUOTED.matcher(question).results().map(found -> found.group(1)).toList();
        String[] words = passage(question).split(" ");
        if (question.contains("capital") || question.contains("uppercase")) {
            String word = quoted.getFirst();
            return joined(words, each -> each.equals(word) ? word.toUpperCase(Locale.ROOT) : each);
        }
        boolean textFirst = question.startsWith("Here is");
        if (Pattern.compile("Delete|Leave out|without|Remove").matcher(question).find()) {
            String word = textFirst ? quoted.getLast() : quoted.getFirst();
            return joined(words, each -> each.equals(word) ? "" : each);
        }
        boolean newFirst = Pattern.compile("place of|instead of|but with").matcher(question).find();
        int first = textFirst ? 1 : 0;
        String old = quoted.get(newFirst ? first + 1 : first);
        String other = quoted.get(newFirst ? first : first + 1);
        return joined(words, each -> each.equals(old) ? other : each);
    }

    static String pick(String question) {
        List<String> words = List.of(passage(question).split(" "));
        if (question.contains("longest") || question.contains("most letters")) {
            return words.stream().max(Comparator.comparingInt(String::length)).orElseThrow();
        }
        String asked = question.replace(passage(question), "");
        return NUMBER.matcher(asked)
                .results()
                .findFirst()
                .map(found -> words.get(Integer.parseInt(found.group(1)) - 1))
                .orElseGet(words::getLast);
    }

    static String backwards(String question) {
        List<String> items =
                new ArrayList<>(
                        List.of(question.substring(question.indexOf(": ") + 2).split(", ")));
        Collections.reverse(items);
        return String.join(", ", items);
    }

    /// In quotation marks in front or at the end, or behind a colon or question mark.
    private static String passage(String question) {
        List<MatchResult> quoted = QUOTED.matcher(question).results().toList();
        if (question.startsWith("Here is") || question.startsWith("Here are")) {
            return quoted.getFirst().group(1);
        }
        return unquoted(question.replaceFirst("^.*[:?] ", ""));
    }

    private static String unquoted(String text) {
        return text.replaceAll("^\"|\"$", "");
    }

    private static String joined(String[] words, UnaryOperator<String> change) {
        return String.join(
                " ", Arrays.stream(words).map(change).filter(word -> !word.isEmpty()).toList());
    }
}
