package dev.tramontane.eval.run;

import dev.tramontane.chat.Thinking;
import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Reference;
import dev.tramontane.eval.benchmark.Benchmark;
import dev.tramontane.eval.benchmark.ItemSource;
import dev.tramontane.eval.benchmark.Prompt;
import dev.tramontane.eval.items.Item;
import dev.tramontane.eval.suite.SuiteChoice;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Small plans for tests.
final class Plans {
    /// Right is what equals the key.
    static final Scorer EQUAL =
            (problem, answer) -> {
                String right = ((Reference.Text) problem.reference()).accepted().getFirst();
                return new Grade(
                        answer.equals(right),
                        answer.isEmpty() ? Optional.empty() : Optional.of(answer),
                        "compared with " + right);
            };

    private Plans() {}

    static EvalPlan of(int problems, int samples, int concurrency, String... budgets) {
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < problems; i++) {
            items.add(
                    new Item(
                            "p" + i,
                            Map.of("question", "Question " + i),
                            new Item.Fixed(new Reference.Text(List.of("42")))));
        }
        Map<String, Thinking> thinking = new LinkedHashMap<>();
        for (String budget : budgets.length == 0 ? new String[] {"default"} : budgets) {
            thinking.put(
                    budget,
                    budget.equals("default")
                            ? Thinking.DEFAULT
                            : new Thinking.Budget(Integer.parseInt(budget)));
        }
        var benchmark =
                new Benchmark(
                        "test",
                        new Benchmark.About("Test", "", "ours", "0".repeat(64)),
                        new Prompt(Optional.empty(), Map.of("", "{{question}}")),
                        new Benchmark.Sampling(0.7f, 0.95f, 0, 0, 100),
                        samples,
                        "exact",
                        new ItemSource.Generated(problems, SuiteChoice.ALL),
                        List.of());
        return new EvalPlan(
                benchmark, items, header(problems, samples, thinking), thinking, concurrency);
    }

    private static RunHeader header(int problems, int samples, Map<String, Thinking> budgets) {
        return new RunHeader(
                new RunHeader.Harness("0.1", EvalLog.VERSION, "25"),
                new RunHeader.Task(
                        "test",
                        "Test",
                        "0".repeat(64),
                        "1".repeat(64),
                        problems,
                        "exact 1",
                        List.of()),
                new RunHeader.Model(
                        "scripted",
                        "here",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                new RunHeader.Settings(
                        0.7f, 0.95f, 0, 0, 100, samples, List.copyOf(budgets.keySet()), 7),
                "2026-01-02T03:04:05Z");
    }
}
