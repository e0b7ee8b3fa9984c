package dev.tramontane.cli;

import dev.tramontane.terminal.Sizes;

import tools.jackson.databind.JsonNode;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What `doctor` found, for people.
final class DoctorReport {
    private final PrintStream out;

    DoctorReport(PrintStream out) {
        this.out = out;
    }

    /// @param answer the same as JSON
    void print(JsonNode answer) {
        machine(answer.path("machine"));
        if (answer.has("model")) {
            model(answer);
            if (answer.has("vision")) {
                vision(answer.path("vision"));
            }
        }
        advice(answer.path("advice"));
    }

    private void machine(JsonNode machine) {
        List<String> sets = new ArrayList<>();
        machine.path("instruction_sets").forEach(set -> sets.add(set.asString()));
        line("cpu", machine.path("cpu").asString() + ", " + String.join(", ", sets));
        line(
                "cores",
                "%d of %d usable, %d threads"
                        .formatted(
                                machine.path("usable_cores").asInt(),
                                machine.path("cores").asInt(),
                                machine.path("threads").asInt()));
        line(
                "memory",
                String.format(
                        Locale.ROOT,
                        "%s, %s available, reads %.1f GB/s",
                        Sizes.bytes(machine.path("memory_bytes").asLong()),
                        Sizes.bytes(machine.path("available_bytes").asLong()),
                        machine.path("memory_bytes_per_second").asDouble() / 1e9));
        line(
                "java",
                machine.path("java").asString()
                        + ", heap up to "
                        + Sizes.bytes(machine.path("heap_bytes").asLong()));
    }

    private void model(JsonNode answer) {
        JsonNode model = answer.path("model");
        JsonNode memory = answer.path("memory");
        JsonNode rates = answer.path("tokens_per_second");
        out.println();
        line(
                "model",
                "%s, %s of weights, %s kernels"
                        .formatted(
                                model.path("name").asString(),
                                Sizes.bytes(model.path("weight_bytes").asLong()),
                                model.path("kernels").asString()));
        if (model.has("open_ms")) {
            line(
                    "opens in",
                    String.format(
                            Locale.ROOT,
                            "%.1f s; %.0f %% of the file is in memory",
                            model.path("open_ms").asLong() / 1e3,
                            100 * model.path("cached").asDouble()));
        }
        line("weights", Sizes.bytes(memory.path("weights").asLong()));
        line(
                "cache",
                "%s for a context of %d; %d positions fit"
                        .formatted(
                                Sizes.bytes(memory.path("kv_cache").asLong()),
                                memory.path("context").asInt(),
                                memory.path("largest_context").asLong()));
        line(
                "the rest",
                "%s of buffers, %s of Java"
                        .formatted(
                                Sizes.bytes(memory.path("workspace").asLong()),
                                Sizes.bytes(memory.path("runtime").asLong())));
        line(
                "together",
                "%s at the start, %s when the context is full"
                        .formatted(
                                Sizes.bytes(memory.path("resident_at_start").asLong()),
                                Sizes.bytes(memory.path("resident_when_full").asLong())));
        line(
                "speed",
                String.format(
                        Locale.ROOT,
                        "reads %.1f tokens/s (pp512), writes %.2f (tg128), %.2f at the end of the"
                                + " context",
                        rates.path("pp512").asDouble(),
                        rates.path("tg128").asDouble(),
                        rates.path("tg_at_full_context").asDouble()));
    }

    private void vision(JsonNode vision) {
        JsonNode largest = vision.path("largest_image");
        line(
                "images",
                String.format(
                        Locale.ROOT,
                        "up to %d pixels a side: %,d tokens, %.1f s and %s each, beside %s of weights",
                        vision.path("longest_side").asInt(),
                        largest.path("tokens").asInt(),
                        largest.path("seconds").asDouble(),
                        Sizes.bytes(largest.path("bytes").asLong()),
                        Sizes.bytes(vision.path("weight_bytes").asLong())));
    }

    private void advice(JsonNode advice) {
        out.println();
        if (advice.isEmpty()) {
            out.println("Nothing here slows it down that could be changed.");
        }
        for (JsonNode each : advice) {
            out.println("! " + each.path("found").asString() + "; " + each.path("todo").asString());
        }
    }

    private void line(String name, String value) {
        out.printf("%-9s %s%n", name, value);
    }
}
