package dev.tramontane.eval.report.page;

import dev.tramontane.eval.report.drawing.Chart;
import dev.tramontane.eval.report.drawing.Figures;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/// Reports made up for tests.
final class Pages {
    /// What a model may write to break out of where it stands.
    static final String HOSTILE =
            "</script><script>window.broken=1</script><img src=x onerror='window.broken=1'>"
                    + "<!--<svg/onload=window.broken=1>{{data}}\u0000\uD800&lt;b&gt;\u202e";

    private static final List<Verdict> VERDICTS =
            List.of(Verdict.RIGHT, Verdict.WRONG, Verdict.TRUNCATED, Verdict.ERROR);

    private Pages() {}

    static Chart bars() {
        var interval = Optional.of(new Bar.Interval(62.1, 79.0));
        return new BarChart(
                List.of(
                        new Bar("AIME 2024", "magistral-small", 70.7, interval, Optional.empty()),
                        new Bar(
                                "AIME 2024",
                                "other <model> & co",
                                41.2,
                                Optional.of(new Bar.Interval(30, 52.5)),
                                Optional.empty()),
                        new Bar(
                                "AIME 2024",
                                "Magistral Small",
                                70.68,
                                Optional.empty(),
                                Optional.of("model card")),
                        new Bar(
                                "MATH-500",
                                "magistral-small",
                                100,
                                Optional.empty(),
                                Optional.empty()),
                        new Bar(
                                "MATH-500",
                                "other <model> & co",
                                0,
                                Optional.empty(),
                                Optional.empty()),
                        new Bar(
                                "MATH-500",
                                "Magistral Small",
                                95.9,
                                Optional.empty(),
                                Optional.of("paper"))));
    }

    static Chart curves() {
        return new CurveChart(
                "AIME 2024: maj@k",
                "k, samples of a problem",
                List.of(
                        new Curve(
                                "magistral-small",
                                List.of(
                                        new Curve.Point(1, 70, 62, 78),
                                        new Curve.Point(4, 80, 80, 80),
                                        new Curve.Point(64, 83.3, 83.3, 83.3))),
                        new Curve("other", List.of(new Curve.Point(1, 40, 40, 40)))));
    }

    /// @param problems of each series
    /// @param samples of each problem
    static Page page(int problems, int samples, int thinkingChars) {
        var random = new SplittableRandom(1);
        List<Trial> trials = new ArrayList<>();
        for (int problem = 0; problem < problems; problem++) {
            for (int sample = 1; sample <= samples; sample++) {
                Verdict verdict = VERDICTS.get(random.nextInt(11) / 3);
                trials.add(
                        new Trial(
                                "aime-2024-" + (problem + 1),
                                sample,
                                verdict,
                                verdict == Verdict.ERROR ? Optional.empty() : Optional.of("42"),
                                verdict == Verdict.ERROR
                                        ? "the server is away"
                                        : "42 beside 42, equal as integers",
                                verdict == Verdict.TRUNCATED ? "length" : "stop",
                                new Trial.Spent(random.nextInt(9000), 120, 12.5),
                                sample == 2 ? "the thinking budget is spent" : "",
                                thinking(random, thinkingChars, problem, sample),
                                problem == 0 && sample == 1
                                        ? HOSTILE
                                        : "So the answer is **42**.\n\n\\boxed{42}"));
            }
        }
        var facts =
                List.of(
                        Map.entry("model", "magistral-small (/models/a.gguf)"),
                        Map.entry("task", HOSTILE));
        var table =
                new Figures(
                        List.of("benchmark", "run", "pass@1"),
                        2,
                        List.of(
                                new Figures.Row(
                                        List.of("AIME 2024", "magistral-small", "70.7"), false),
                                new Figures.Row(List.of("AIME 2024", HOSTILE, "41.2"), false),
                                new Figures.Row(
                                        List.of("AIME 2024", "Magistral Small", "70.7"), true)));
        return new Page(
                "magistral-small & <other> on AIME 2024",
                "2 runs",
                List.of(Map.entry("pass@1", bars()), Map.entry("AIME 2024: maj@k", curves())),
                List.of(Map.entry("Figures, in percent", table)),
                List.of(
                        new Series("AIME 2024, magistral-small", facts, trials),
                        new Series(HOSTILE, facts, trials.subList(0, Math.min(3, trials.size())))));
    }

    private static String thinking(SplittableRandom random, int chars, int problem, int sample) {
        var text = new StringBuilder("Let me see. Problem " + problem + ", try " + sample + ". ");
        if (problem == 1 && sample == 2) {
            text.append("A needle lies here. ");
        }
        List<String> words =
                List.of(
                        "so", "if", "then", "x", "squared", "mod", "seven", "wait", "hence", "add",
                        "both", "sides", "the", "sum", "=", "12", "31");
        while (text.length() < chars) {
            text.append(words.get(random.nextInt(words.size()))).append(' ');
        }
        return text.toString();
    }
}
