package dev.tramontane.cli;

import tools.jackson.databind.node.ObjectNode;

import java.io.PrintStream;
import java.util.Locale;

/// What `bench` tells, as JSON; the table is drawn from it.
final class BenchReport {
    private final ObjectNode answer = Json.object();

    BenchReport(String model, long weightBytes, int threads, String kernels, double memory) {
        answer.put("model", model)
                .put("weight_bytes", weightBytes)
                .put("threads", threads)
                .put("kernels", kernels)
                .put("memory_bytes_per_second", memory)
                .putArray("rows");
    }

    void int8Peak(double operationsPerSecond) {
        answer.put("int8_operations_per_second", operationsPerSecond);
    }

    /// Adds a row of ours.
    ObjectNode add(BenchRow row) {
        ObjectNode entry = answer.withArray("rows").addObject().put("test", row.test());
        entry.putObject("tokens_per_second")
                .put("first", row.first())
                .put("min", row.min())
                .put("median", row.median())
                .put("max", row.max());
        if (row.weightBytes() > 0) {
            double memory = answer.path("memory_bytes_per_second").asDouble();
            entry.put("weight_bytes_per_second", row.median() * row.weightBytes())
                    .put("cache_bytes_per_second", row.median() * row.cacheBytes())
                    .put("share_of_memory_bandwidth", row.bytesPerSecond() / memory);
        }
        if (row.peakSeconds() > 0) {
            entry.put("share_of_peak", row.shareOfPeak());
        }
        return entry;
    }

    /// Adds a row that llama.cpp ran too, in turn with ours.
    ObjectNode add(BenchRow row, LlamaBench.Pairs pairs) {
        double[] ratios = pairs.ratios();
        ObjectNode entry = add(row);
        entry.put("peer_tokens_per_second", BenchRow.median(pairs.theirs()));
        entry.putObject("ratio")
                .put("min", ratios[0])
                .put("median", BenchRow.median(ratios))
                .put("max", ratios[ratios.length - 1]);
        return entry;
    }

    /// Tells, of the row added last, how long the last of its sequences waited for its first token.
    void lastFirstToken(double seconds) {
        ObjectNode row = (ObjectNode) answer.path("rows").path(answer.path("rows").size() - 1);
        row.put("last_first_token_ms", seconds * 1e3);
    }

    void printJson(PrintStream out) {
        out.println(answer);
    }

    void printTable(PrintStream out) {
        out.printf(
                Locale.ROOT,
                "%s, %.1f MB of weights, %d threads, %s; memory reads %.1f GB/s%s%n%n",
                answer.path("model").asString(),
                answer.path("weight_bytes").asDouble() / 1e6,
                answer.path("threads").asInt(),
                answer.path("kernels").asString(),
                answer.path("memory_bytes_per_second").asDouble() / 1e9,
                answer.has("int8_operations_per_second")
                        ? number(
                                ", int8 products %.2f Top/s",
                                answer.path("int8_operations_per_second").asDouble() / 1e12)
                        : "");
        boolean peer = answer.path("rows").path(0).has("ratio");
        boolean together =
                answer.path("rows").valueStream().anyMatch(row -> row.has("last_first_token_ms"));
        out.print(
                "| test           |      first |  min tok/s |     median |        max |  GB/s | of the limit | control |");
        out.print(peer ? "  llama.cpp | ratio (min to max)    |" : "");
        out.println(together ? " last to start |" : "");
        out.print(
                "| -------------- | ---------: | ---------: | ---------: | ---------: | ----: | -----------: | ------: |");
        out.print(peer ? " ---------: | --------------------: |" : "");
        out.println(together ? " ------------: |" : "");
        for (var row : answer.path("rows")) {
            var rates = row.path("tokens_per_second");
            double bytes =
                    row.path("weight_bytes_per_second").asDouble()
                            + row.path("cache_bytes_per_second").asDouble();
            double share =
                    row.path("share_of_memory_bandwidth").asDouble()
                            + row.path("share_of_peak").asDouble();
            out.printf(
                    Locale.ROOT,
                    "| %-14s | %10.2f | %10.2f | %10.2f | %10.2f | %5s | %12s | %5.1f %% |",
                    row.path("test").asString(),
                    rates.path("first").asDouble(),
                    rates.path("min").asDouble(),
                    rates.path("median").asDouble(),
                    rates.path("max").asDouble(),
                    bytes > 0 ? number("%.2f", bytes / 1e9) : "",
                    share > 0
                            ? number("%.0f %% ", 100 * share) + (bytes > 0 ? "memory" : "peak")
                            : "",
                    100 * row.path("share_of_control").asDouble());
            if (row.has("ratio")) {
                var ratio = row.path("ratio");
                out.printf(
                        Locale.ROOT,
                        " %10.2f | %6.2f (%.2f to %.2f) |",
                        row.path("peer_tokens_per_second").asDouble(),
                        ratio.path("median").asDouble(),
                        ratio.path("min").asDouble(),
                        ratio.path("max").asDouble());
            } else if (peer) {
                out.print("            |                       |");
            }
            if (together) {
                out.printf(
                        " %13s |",
                        row.has("last_first_token_ms")
                                ? number("%.0f ms", row.path("last_first_token_ms").asDouble())
                                : "");
            }
            out.println();
        }
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
