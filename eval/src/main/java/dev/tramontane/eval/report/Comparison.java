package dev.tramontane.eval.report;

import dev.tramontane.eval.run.Attempt;
import dev.tramontane.eval.run.Run;
import dev.tramontane.eval.stats.Interval;
import dev.tramontane.eval.stats.Paired;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Two runs of one benchmark, on the problems that both have graded attempts at.
///
/// @param askedOtherwise how many of the problems were not the same question in both runs: other
///   items under the same names, or another prompt
/// @param isGradedAlike whether one scorer graded both
/// @param difference of pass@1, the first less the second
/// @param interval of the difference, by bootstrap over pairs
/// @param permutation p-value of the paired permutation test
/// @param mcNemar p-value of McNemar's test; absent where a problem has several samples
public record Comparison(
        int problems,
        int askedOtherwise,
        boolean isGradedAlike,
        double difference,
        Interval interval,
        double permutation,
        Optional<Double> mcNemar) {
    private static final long SEED = 20_250_610;

    /// Compares; empty where the runs share no problem.
    ///
    /// @param budgetA of the first run's attempts
    public static Optional<Comparison> of(Run a, String budgetA, Run b, String budgetB) {
        Map<String, List<Attempt>> first = a.byProblem(budgetA);
        Map<String, List<Attempt>> second = b.byProblem(budgetB);
        List<int[]> shared = new ArrayList<>();
        first.forEach(
                (id, attempts) -> {
                    List<Attempt> others = second.getOrDefault(id, List.of());
                    if (graded(attempts) > 0 && graded(others) > 0) {
                        shared.add(
                                new int[] {
                                    correct(attempts),
                                    graded(attempts),
                                    correct(others),
                                    graded(others),
                                    isAskedAlike(attempts, others) ? 0 : 1
                                });
                    }
                });
        return shared.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        of(
                                column(shared, 0),
                                column(shared, 1),
                                column(shared, 2),
                                column(shared, 3),
                                Arrays.stream(column(shared, 4)).sum(),
                                a.header().task().scorer().equals(b.header().task().scorer())));
    }

    private static int[] column(List<int[]> rows, int which) {
        return rows.stream().mapToInt(row -> row[which]).toArray();
    }

    /// Whether the samples that both have were asked the same.
    private static boolean isAskedAlike(List<Attempt> attempts, List<Attempt> others) {
        Map<Integer, String> prompts = new HashMap<>();
        attempts.forEach(each -> prompts.put(each.key().sample(), each.prompt()));
        return others.stream()
                .allMatch(
                        each ->
                                prompts.getOrDefault(each.key().sample(), each.prompt())
                                        .equals(each.prompt()));
    }

    private static Comparison of(
            int[] correctA,
            int[] samplesA,
            int[] correctB,
            int[] samplesB,
            int askedOtherwise,
            boolean isGradedAlike) {
        int problems = correctA.length;
        double[] first = new double[problems];
        double[] second = new double[problems];
        boolean isSingle = true;
        int onlyFirst = 0;
        int onlySecond = 0;
        for (int i = 0; i < problems; i++) {
            first[i] = (double) correctA[i] / samplesA[i];
            second[i] = (double) correctB[i] / samplesB[i];
            isSingle &= samplesA[i] == 1 && samplesB[i] == 1;
            onlyFirst += first[i] > second[i] ? 1 : 0;
            onlySecond += second[i] > first[i] ? 1 : 0;
        }
        return new Comparison(
                problems,
                askedOtherwise,
                isGradedAlike,
                Interval.mean(first) - Interval.mean(second),
                Paired.difference(first, second, SEED),
                Paired.permutation(correctA, samplesA, correctB, samplesB, SEED),
                isSingle ? Optional.of(Paired.mcNemar(onlyFirst, onlySecond)) : Optional.empty());
    }

    private static int graded(List<Attempt> attempts) {
        return (int) attempts.stream().filter(Attempt::isGraded).count();
    }

    private static int correct(List<Attempt> attempts) {
        return (int) attempts.stream().filter(Attempt::isCorrect).count();
    }
}
