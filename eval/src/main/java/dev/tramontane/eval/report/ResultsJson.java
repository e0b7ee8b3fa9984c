package dev.tramontane.eval.report;

import dev.tramontane.eval.run.Run;
import dev.tramontane.eval.run.RunHeader;
import dev.tramontane.eval.stats.Interval;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Optional;

/// Runs as JSON, for programs.
///
/// ```
/// {"runs": [{"task": "aime-2024", "model": "…", "complete": true, "results": [
///   {"thinking": "default", "pass_at_1": 0.71, "bootstrap": [0.6, 0.8], …}]}]}
/// ```
public final class ResultsJson {
    private ResultsJson() {}

    /// @param prices absent where costs are not told
    public static ObjectNode of(List<Run> runs, Optional<Prices> prices) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        ArrayNode list = all.putArray("runs");
        for (Run run : runs) {
            RunHeader header = run.header();
            ObjectNode each =
                    list.addObject()
                            .put("task", header.task().name())
                            .put("model", header.model().name())
                            .put("complete", run.isComplete())
                            .put("problems", header.task().problems())
                            .put("samples", header.settings().samples())
                            .put("seed", header.settings().seed())
                            .put("scorer", header.task().scorer());
            ArrayNode results = each.putArray("results");
            for (Summary summary : Summary.of(run)) {
                ObjectNode result = result(summary, prices);
                put(result, LanguageShares.of(run, summary.budget()));
                results.add(result);
            }
        }
        return all;
    }

    private static ObjectNode result(Summary summary, Optional<Prices> prices) {
        Summary.Counts counts = summary.counts();
        Summary.Spending spending = summary.spending();
        ObjectNode result =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("thinking", summary.budget())
                        .put("pass_at_1", summary.accuracy().passAt1());
        put(result, "bootstrap", summary.accuracy().bootstrap());
        put(result, "analytic", summary.accuracy().analytic());
        put(result, "pass_at_k", summary.passAtK());
        put(result, "majority_at_k", summary.majorityAtK());
        result.put("problems", counts.problems())
                .put("attempts", counts.graded())
                .put("correct", counts.correct())
                .put("truncated", counts.truncated())
                .put("truncation_rate", counts.truncationRate())
                .put("without_answer", counts.silent())
                .put("failed", counts.failed())
                .put("prompt_tokens", spending.promptTokens())
                .put("thinking_tokens", spending.thinkingTokens())
                .put("answer_tokens", spending.answerTokens())
                .put("seconds", spending.seconds());
        prices.ifPresent(price -> result.put("cost", spending.cost(price.in(), price.out())));
        return result;
    }

    private static void put(ObjectNode result, LanguageShares languages) {
        ObjectNode shares = result.putObject("language");
        languages.thoughtAsAsked().ifPresent(share -> shares.put("thought_as_asked", share));
        languages.answerAsAsked().ifPresent(share -> shares.put("answer_as_asked", share));
        languages.thoughtLikeAnswer().ifPresent(share -> shares.put("thought_like_answer", share));
        shares.put("judged", languages.judged());
    }

    private static void put(ObjectNode result, String name, Interval interval) {
        result.putArray(name).add(interval.low()).add(interval.high());
    }

    private static void put(ObjectNode result, String name, List<Summary.Point> curve) {
        ObjectNode points = result.putObject(name);
        curve.forEach(point -> points.put(String.valueOf(point.k()), point.value()));
    }
}
