package dev.tramontane.eval.run;

import dev.tramontane.chat.Thinking;
import dev.tramontane.eval.benchmark.Benchmark;
import dev.tramontane.eval.items.Item;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a run consists of.
///
/// @param header what its log begins with
/// @param budgets how much to think, under the names that the log has
/// @param concurrency attempts that are under way at once
public record EvalPlan(
        Benchmark benchmark,
        List<Item> items,
        RunHeader header,
        Map<String, Thinking> budgets,
        int concurrency) {
    public EvalPlan {
        items = List.copyOf(items);
        budgets = new LinkedHashMap<>(budgets);
        if (concurrency < 1) {
            throw new IllegalArgumentException(
                    "concurrency is " + concurrency + ", expected 1 or more");
        }
    }

    /// One attempt to be made.
    record Task(Item item, Attempt.Key key, Thinking thinking) {}

    /// All attempts: the first sample of every problem, then the second, so that the accuracy so
    /// far is that of the whole benchmark.
    List<Task> tasks() {
        List<Task> tasks = new ArrayList<>();
        for (int sample = 0; sample < header.settings().samples(); sample++) {
            for (var budget : budgets.entrySet()) {
                for (Item item : items) {
                    String language = item.fields().getOrDefault(Item.LANGUAGE, "");
                    var key = new Attempt.Key(item.id(), sample, budget.getKey(), language);
                    tasks.add(new Task(item, key, budget.getValue()));
                }
            }
        }
        return tasks;
    }
}
