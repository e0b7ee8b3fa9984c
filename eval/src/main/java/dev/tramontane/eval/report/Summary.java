package dev.tramontane.eval.report;

import dev.tramontane.eval.run.Attempt;
import dev.tramontane.eval.run.Run;
import dev.tramontane.eval.stats.Interval;
import dev.tramontane.eval.stats.MajorityAtK;
import dev.tramontane.eval.stats.PassAtK;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// What a run's attempts with one budget of thinking come to.
///
/// Failures are no answers: they are counted, and nothing else follows from them. Truncated answers
/// count as what their graders made of them, mostly wrong.
///
/// @param passAtK for k = 1, 2, 4 … up to the least number of samples a problem has
/// @param majorityAtK the same k; wrong answers are one when they are the same choice, mean the
///   same or are spelled alike; empty for programs, of which no two are alike
public record Summary(
        String budget,
        Counts counts,
        Accuracy accuracy,
        List<Point> passAtK,
        List<Point> majorityAtK,
        Spending spending) {
    /// The seed of the bootstrap: a table does not change when it is made again.
    private static final long SEED = 20_250_610;

    public Summary {
        passAtK = List.copyOf(passAtK);
        majorityAtK = List.copyOf(majorityAtK);
    }

    /// @param problems with one graded attempt at least
    /// @param graded attempts with an outcome
    /// @param silent graded ones from which no answer could be taken
    public record Counts(
            int problems, int graded, int correct, int truncated, int silent, int failed) {
        /// The share of graded attempts that were cut off.
        public double truncationRate() {
            return graded == 0 ? 0 : (double) truncated / graded;
        }
    }

    /// @param passAt1 the mean over problems of the mean over their samples
    /// @param bootstrap over problems
    /// @param analytic Wilson's for one sample a problem, else by the central limit theorem
    public record Accuracy(double passAt1, Interval bootstrap, Interval analytic) {}

    /// A point of a curve.
    public record Point(int k, double value) {}

    /// Means over graded attempts, and sums over all of them.
    public record Spending(
            double promptTokens,
            double thinkingTokens,
            double answerTokens,
            double seconds,
            long allPromptTokens,
            long allGeneratedTokens) {
        /// What all attempts cost.
        ///
        /// @param in for a million prompt tokens
        /// @param out for a million generated ones
        public double cost(double in, double out) {
            return (allPromptTokens * in + allGeneratedTokens * out) / 1e6;
        }

        /// Thinking and answer together.
        public double generatedTokens() {
            return thinkingTokens + answerTokens;
        }
    }

    /// A summary for each budget that has a graded attempt, in the order of the run.
    public static List<Summary> of(Run run) {
        List<Summary> summaries = new ArrayList<>();
        for (String budget : run.header().settings().budgets()) {
            Map<String, List<Attempt>> problems = run.byProblem(budget);
            if (problems.values().stream().flatMap(List::stream).anyMatch(Attempt::isGraded)) {
                summaries.add(of(budget, problems, run.header().task().scorer()));
            }
        }
        return summaries;
    }

    /// Whether wrong answers of a scorer are one where they mean the same, as it would grade them:
    /// its name begins what the log says of it.
    private static boolean isOfMeaning(String scorer) {
        return scorer.matches("(math|answer|mgsm|judge) .*");
    }

    /// The votes of one problem's graded samples.
    private record Votes(int right, int[] wrong, int silent) {
        static Votes of(List<Attempt> graded, boolean byMeaning) {
            int right = 0;
            int silent = 0;
            var wrong = new WrongAnswers(byMeaning);
            for (Attempt attempt : graded) {
                if (attempt.isCorrect()) {
                    right++;
                } else if (vote(attempt).isEmpty()) {
                    silent++;
                } else {
                    wrong.add(vote(attempt));
                }
            }
            return new Votes(right, wrong.votes(), silent);
        }

        double majority(int k) {
            return MajorityAtK.of(right, wrong, silent, k);
        }

        int samples() {
            return right + silent + Arrays.stream(wrong).sum();
        }
    }

    /// For what an attempt speaks; empty where it found no answer.
    private static String vote(Attempt attempt) {
        return switch (attempt.outcome()) {
            case Attempt.Graded graded -> {
                String said = graded.grade().extracted().orElse("");
                yield graded.grade().choice().orElse(said);
            }
            case Attempt.Failed _ -> "";
        };
    }

    private static Summary of(String budget, Map<String, List<Attempt>> problems, String scorer) {
        boolean haveVotes = !scorer.startsWith("code ");
        List<Attempt> all = problems.values().stream().flatMap(List::stream).toList();
        List<Attempt> graded = all.stream().filter(Attempt::isGraded).toList();
        List<Votes> votes =
                problems.values().stream()
                        .map(each -> each.stream().filter(Attempt::isGraded).toList())
                        .map(each -> Votes.of(each, isOfMeaning(scorer)))
                        .filter(each -> each.samples() > 0)
                        .toList();
        var counts =
                new Counts(
                        votes.size(),
                        graded.size(),
                        (int) graded.stream().filter(Attempt::isCorrect).count(),
                        (int) graded.stream().filter(Attempt::isTruncated).count(),
                        votes.stream().mapToInt(Votes::silent).sum(),
                        all.size() - graded.size());
        int most = votes.stream().mapToInt(Votes::samples).min().orElse(1);
        List<Point> pass = new ArrayList<>();
        List<Point> majority = new ArrayList<>();
        for (int k : ks(most)) {
            pass.add(point(votes, k, each -> PassAtK.of(each.samples(), each.right(), k)));
            if (haveVotes) {
                majority.add(point(votes, k, each -> each.majority(k)));
            }
        }
        return new Summary(budget, counts, accuracy(votes), pass, majority, spending(graded));
    }

    /// 1, 2, 4 … and the last.
    private static List<Integer> ks(int most) {
        List<Integer> ks = new ArrayList<>();
        for (int k = 1; k < most; k *= 2) {
            ks.add(k);
        }
        ks.add(most);
        return ks;
    }

    private static Point point(List<Votes> votes, int k, ToDoubleFunction<Votes> value) {
        return new Point(k, votes.stream().mapToDouble(value).average().orElse(0));
    }

    private static Accuracy accuracy(List<Votes> votes) {
        double[] means =
                votes.stream()
                        .mapToDouble(each -> (double) each.right() / each.samples())
                        .toArray();
        boolean isSingle = votes.stream().allMatch(each -> each.samples() == 1);
        int right = votes.stream().mapToInt(Votes::right).sum();
        return new Accuracy(
                Interval.mean(means),
                Interval.bootstrap(means, SEED),
                isSingle ? Interval.wilson(right, votes.size()) : Interval.normal(means));
    }

    private static Spending spending(List<Attempt> graded) {
        double n = graded.size();
        long prompt = 0;
        long thinking = 0;
        long answer = 0;
        double seconds = 0;
        for (Attempt attempt : graded) {
            prompt += attempt.spent().promptTokens();
            thinking += attempt.spent().thinkingTokens();
            answer += attempt.spent().answerTokens();
            seconds += attempt.spent().seconds();
        }
        return new Spending(
                prompt / n, thinking / n, answer / n, seconds / n, prompt, thinking + answer);
    }
}
