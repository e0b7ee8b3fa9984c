package dev.tramontane.cli;

import dev.tramontane.engine.ModelName;
import dev.tramontane.terminal.Sizes;
import dev.tramontane.terminal.Stdio;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Tells a newcomer, once, how to get from the embedded model to a large one: one that this
/// machine's memory holds.
///
/// The sizes are those of the published files: 23.6 billion parameters of Magistral Small and 3.4,
/// 8.5 and 13.5 billion of Ministral 3 at the 4.86, 5.7 and 8.5 bits that Q4_K_M, Q5_K_M and Q8_0
/// come to.
final class FirstRun {
    private static final String MARK = "told-about-models";
    private static final long GB = 1_000_000_000L;

    /// Beside the weights: the context's keys and values, the program, the rest of the machine.
    private static final double OTHERS_SHARE = 0.15;

    private static final long OTHERS_BYTES = 3 * GB / 2;

    private static final String MAGISTRAL = "hf:mistralai/Magistral-Small-2509-GGUF:";

    private FirstRun() {}

    /// A published model and quantisation.
    ///
    /// @param bytes of its file
    record Choice(String name, String reference, long bytes) {
        /// Whether it leaves room for its context and for what else runs.
        boolean fits(long memoryBytes) {
            return bytes + OTHERS_BYTES <= memoryBytes * (1 - OTHERS_SHARE);
        }

        String command() {
            return "tramontane pull " + reference + " --as " + name;
        }
    }

    /// From the best to the smallest.
    static final List<Choice> CHOICES =
            List.of(
                    new Choice("magistral-small", MAGISTRAL + "Q8_0", 25_100_000_000L),
                    new Choice("magistral-small", MAGISTRAL + "Q5_K_M", 16_800_000_000L),
                    new Choice("magistral-small", MAGISTRAL + "Q4_K_M", 14_300_000_000L),
                    new Choice("ministral-14b", ministral("14B"), 8_200_000_000L),
                    new Choice("ministral-8b", ministral("8B"), 5_200_000_000L),
                    new Choice("ministral-3b", ministral("3B"), 2_100_000_000L));

    private static String ministral(String size) {
        return "hf:mistralai/Ministral-3-" + size + "-Reasoning-2512-GGUF:Q4_K_M";
    }

    /// The best that fits, and the next model below it, which answers sooner.
    static List<Choice> choices(long memoryBytes) {
        Optional<Choice> best = CHOICES.stream().filter(c -> c.fits(memoryBytes)).findFirst();
        if (best.isEmpty()) {
            return List.of();
        }
        Optional<Choice> smaller =
                CHOICES.stream()
                        .filter(c -> c.bytes() < best.get().bytes())
                        .filter(c -> !c.name().equals(best.get().name()))
                        .skip(best.get().name().equals("magistral-small") ? 1 : 0)
                        .findFirst();
        return smaller.map(choice -> List.of(best.get(), choice))
                .orElseGet(() -> List.of(best.get()));
    }

    /// Says it on a terminal, once for each home.
    static void tell(Stdio io) throws IOException {
        Path cache = EmbeddedModel.home(io.environment()).resolve("cache");
        Path mark = cache.resolve(MARK);
        if (!io.terminals().err() || Files.exists(mark)) {
            return;
        }
        List<ModelName> here = LocalStore.of(io).store().names();
        if (here.isEmpty()) {
            tellWhatFits(io.err(), memoryBytes());
        } else {
            io.err()
                    .println(
                            "You have %s: tramontane run -m %s, or model: %s in tramontane.yaml."
                                    .formatted(here.getFirst(), here.getFirst(), here.getFirst()));
        }
        try {
            Files.createDirectories(cache);
            Files.createFile(mark);
        } catch (IOException _) {
            // where nothing can be written it is said again
        }
    }

    static void tellWhatFits(PrintStream err, long memoryBytes) {
        List<Choice> choices = choices(memoryBytes);
        String memory = "this machine's " + Math.round(memoryBytes / 1e9) + " GB";
        if (choices.isEmpty()) {
            err.println(
                    "The smallest model that reasons, %s, needs about 4 GB of memory; %s are too few."
                            .formatted(CHOICES.getLast().name(), memory));
            return;
        }
        err.println("A model that reasons, to fit " + memory + ":");
        for (Choice choice : choices) {
            String sooner = choice.equals(choices.getFirst()) ? "" : ", answers sooner";
            err.println(
                    "  %s   # %s%s"
                            .formatted(choice.command(), Sizes.bytes(choice.bytes()), sooner));
        }
        err.println("Then: tramontane run -m " + choices.getFirst().name() + " \"…\"");
        err.println();
    }

    /// Of the machine, or of the container this runs in.
    private static long memoryBytes() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean machine
                ? machine.getTotalMemorySize()
                : 0;
    }
}
