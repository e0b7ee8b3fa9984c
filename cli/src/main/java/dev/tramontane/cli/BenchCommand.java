package dev.tramontane.cli;

import dev.tramontane.engine.Engine;
import dev.tramontane.engine.Generation;
import dev.tramontane.engine.GenerationRequest;
import dev.tramontane.engine.TokenEvent;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.sampling.SamplingParams;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.DoubleSupplier;

/// `bench`: how fast a model reads prompts and writes answers, as `llama-bench` tells it.
///
/// Row `pp512` is reading a prompt of 512 tokens, row `tg128` generating 128 tokens. Generation
/// reads all weights for each token, so its row also says how many bytes a second that is, and
/// which share of what this machine's memory gave in the same run.
@Command(
        name = "bench",
        description = "Measure how fast a model reads prompts (pp) and generates (tg).")
final class BenchCommand implements Callable<Integer> {
    private final Stdio io;

    @Mixin private ModelFlag model = new ModelFlag();

    @Mixin private EngineFlags engine = new EngineFlags();

    @Option(
            names = {"-p", "--prompt"},
            paramLabel = "N",
            description = "Prompt tokens to read; 0 leaves the row out (default: 512).")
    private int prompt = 512;

    @Option(
            names = {"-n", "--generate"},
            paramLabel = "N",
            description = "Tokens to generate; 0 leaves the row out (default: 128).")
    private int generate = 128;

    @Option(
            names = {"-r", "--repeat"},
            paramLabel = "N",
            description = "Measured runs of each row, after one that warms up (default: 5).")
    private int repeat = 5;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    BenchCommand(Stdio io) {
        this.io = io;
    }

    /// A row's figures.
    ///
    /// @param rates tokens a second of each run, rising
    /// @param weightBytes read for each token; 0 where a batch shares the reading
    private record Row(String test, double[] rates, long weightBytes) {
        double min() {
            return rates[0];
        }

        double median() {
            int middle = rates.length / 2;
            return rates.length % 2 == 1 ? rates[middle] : (rates[middle - 1] + rates[middle]) / 2;
        }

        double max() {
            return rates[rates.length - 1];
        }

        double bytesPerSecond() {
            return median() * weightBytes;
        }
    }

    @Override
    public Integer call() throws IOException {
        if (repeat < 1 || prompt < 0 || generate < 0) {
            throw new IllegalArgumentException(
                    "-r, -p and -n are %d, %d and %d, expected -r of 1 or more, the others of 0 or more"
                            .formatted(repeat, prompt, generate));
        }
        int threads = engine.threadsOr(Runtime.getRuntime().availableProcessors());
        OpenWeights opened = OpenWeights.open(model.path(io), engine.placement());
        int context = Math.max(prompt, generate) + 8;
        // The engine closes the weights' memory.
        try (Engine running =
                Engine.over(
                        opened.config(),
                        opened.weights(),
                        opened.arena(),
                        engine.options().withContext(engine.contextOr(context)),
                        opened.watch())) {
            double memory = MemoryBandwidth.bytesPerSecond(threads);
            List<Row> rows = rows(running, opened);
            if (json) {
                printJson(opened, running, threads, memory, rows);
            } else {
                printTable(opened, running, threads, memory, rows);
            }
        }
        return 0;
    }

    private List<Row> rows(Engine running, OpenWeights opened) {
        List<Row> rows = new ArrayList<>();
        var random = new SplittableRandom(1);
        int vocab = opened.config().vocab();
        if (prompt > 0) {
            rows.add(
                    new Row(
                            "pp" + prompt,
                            rates(() -> promptRate(running, tokens(random, vocab, prompt))),
                            0));
        }
        if (generate > 0) {
            rows.add(
                    new Row(
                            "tg" + generate,
                            rates(() -> generationRate(running, tokens(random, vocab, 1))),
                            bytesReadForAToken(opened.config(), opened.weights())));
        }
        return rows;
    }

    private double[] rates(DoubleSupplier run) {
        double[] rates = new double[repeat];
        for (int i = -1; i < repeat; i++) {
            double rate = run.getAsDouble();
            if (i >= 0) { // the first warms up
                rates[i] = rate;
            }
        }
        Arrays.sort(rates);
        return rates;
    }

    /// Other tokens each time, so that no cache of prefixes can help.
    private static int[] tokens(SplittableRandom random, int vocab, int count) {
        int[] tokens = new int[count];
        Arrays.setAll(tokens, _ -> random.nextInt(vocab));
        return tokens;
    }

    private static double promptRate(Engine running, int[] tokens) {
        long start = System.nanoTime();
        try (Generation generation = start(running, tokens, 1)) {
            while (generation.hasNext() && !(generation.next() instanceof TokenEvent.Sampled)) {
                // the prompt is being read
            }
        }
        return tokens.length * 1e9 / (System.nanoTime() - start);
    }

    private double generationRate(Engine running, int[] tokens) {
        long start = System.nanoTime();
        int generated = 0;
        try (Generation generation = start(running, tokens, generate)) {
            while (generation.hasNext()) {
                if (generation.next() instanceof TokenEvent.Sampled) {
                    generated++;
                }
            }
        }
        return generated * 1e9 / (System.nanoTime() - start);
    }

    /// No stop tokens: every run generates as many.
    private static Generation start(Engine running, int[] tokens, int maxTokens) {
        return running.submit(
                GenerationRequest.of(tokens, SamplingParams.greedy(maxTokens), Set.of()));
    }

    /// All matrices, but of an embedding that is not also the output only one row.
    private static long bytesReadForAToken(ModelConfig config, ModelWeights weights) {
        boolean tied = weights.output().equals(weights.embedding());
        long embedding = weights.embedding().data().byteSize();
        return weights.bytes() - (tied ? 0 : embedding - embedding / config.vocab());
    }

    private void printTable(
            OpenWeights opened, Engine running, int threads, double memory, List<Row> rows) {
        io.out()
                .printf(
                        Locale.ROOT,
                        "%s, %.1f MB of weights, %d threads, %s; memory reads %.1f GB/s%n%n",
                        opened.folder().name(),
                        opened.weights().bytes() / 1e6,
                        threads,
                        running.kernelsName(),
                        memory / 1e9);
        io.out().println("| test   |  min tok/s |     median |        max |  GB/s | of memory |");
        io.out().println("| ------ | ---------: | ---------: | ---------: | ----: | --------: |");
        for (Row row : rows) {
            boolean reads = row.weightBytes() > 0;
            io.out()
                    .printf(
                            Locale.ROOT,
                            "| %-6s | %10.2f | %10.2f | %10.2f | %5s | %9s |%n",
                            row.test(),
                            row.min(),
                            row.median(),
                            row.max(),
                            reads ? number("%.2f", row.bytesPerSecond() / 1e9) : "",
                            reads ? number("%.0f %%", 100 * row.bytesPerSecond() / memory) : "");
        }
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private void printJson(
            OpenWeights opened, Engine running, int threads, double memory, List<Row> rows) {
        ObjectNode answer =
                Json.object()
                        .put("model", opened.folder().name())
                        .put("threads", threads)
                        .put("kernels", running.kernelsName())
                        .put("weight_bytes", opened.weights().bytes())
                        .put("memory_bytes_per_second", memory);
        var list = answer.putArray("rows");
        for (Row row : rows) {
            ObjectNode entry = list.addObject().put("test", row.test());
            entry.putObject("tokens_per_second")
                    .put("min", row.min())
                    .put("median", row.median())
                    .put("max", row.max());
            if (row.weightBytes() > 0) {
                entry.put("weight_bytes_per_second", row.bytesPerSecond())
                        .put("share_of_memory_bandwidth", row.bytesPerSecond() / memory);
            }
        }
        io.out().println(answer);
    }
}
