package dev.tramontane.cli;

import dev.tramontane.engine.Engine;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.EngineStats;
import dev.tramontane.engine.MemoryForecast;
import dev.tramontane.kernels.ComputePeak;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelShape;
import dev.tramontane.model.ModelShape.Matrix;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.terminal.UsageException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;

/// `bench`: how fast a model reads prompts and writes answers, as `llama-bench` tells it.
///
/// Row `pp512` is reading a prompt of 512 tokens, row `tg128` generating 128 tokens, `tg128@b4` the
/// same in four sequences at once, `@d8192` either behind 8192 positions. Generation reads all
/// weights, and what is in the cache, for each token: its rows say how many bytes a second that is,
/// and which share of what this machine's memory gave in the same run. Reading shares the weights;
/// its row says which part of the processor's int8 peak the products reach. The last column is the
/// part of the time that is not the forward pass: scheduling, sampling, reporting.
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
            description = "Tokens to generate; 0 leaves the rows out (default: 128).")
    private int generate = 128;

    @Option(
            names = {"-b", "--streams"},
            paramLabel = "N",
            split = ",",
            description =
                    "Also generate in N sequences at once, and tell how long the last waits for its first token; 2,4,8 for a row each.")
    private List<Integer> streams = List.of();

    @Option(
            names = {"-d", "--depth"},
            paramLabel = "N",
            description = "Positions taken before what is measured (default: 0).")
    private int depth;

    @Option(
            names = {"-r", "--repeat"},
            paramLabel = "N",
            description = "Measured runs of each row, after one that warms up (default: 5).")
    private int repeat = 5;

    @Option(
            names = "--drafts",
            arity = "0..1",
            fallbackValue = "400",
            paramLabel = "N",
            description =
                    "Also measure what drafts gain, by turns without and with them: repeating a"
                            + " passage of N tokens with a word changed (default: 400), and free"
                            + " text.")
    private int passage;

    @Option(
            names = "--peer",
            paramLabel = "PROGRAM",
            description =
                    "A llama-bench of llama.cpp to compare with: run by turns, on the same file and"
                            + " threads.")
    private @Nullable Path peer;

    @Option(
            names = "--kept",
            description = "Also read a prompt that was read just before, to its first token.")
    private boolean kept;

    @Option(
            names = "--sampled",
            description =
                    "Draw tokens at temperature 0.7 and top-p 0.95 (default: take the likeliest).")
    private boolean sampled;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    BenchCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        check();
        int threads = engine.threadsOr(Runtime.getRuntime().availableProcessors());
        Path path = model.path(io);
        Optional<LlamaBench> other =
                Optional.ofNullable(peer)
                        .map(program -> new LlamaBench(program, path, threads, depth));
        OpenWeights opened = OpenWeights.open(path, engine.placement());
        ModelShape shape = ModelShape.of(opened.config(), opened.weights());
        // The engine closes the weights' memory.
        try (Engine running =
                Engine.over(
                        opened.config(),
                        opened.weights(),
                        opened.arena(),
                        options(shape),
                        opened.watch())) {
            var report =
                    new BenchReport(
                            opened.folder().name(),
                            opened.weights().bytes(),
                            threads,
                            running.kernelsName(),
                            MemoryBandwidth.bytesPerSecond(threads));
            Optional<ComputePeak> peak = ComputePeak.measure(threads);
            peak.ifPresent(p -> report.int8Peak(p.int8()));
            SamplingParams sampling =
                    sampled ? SamplingParams.reasoning(1, 1) : SamplingParams.greedy(1);
            var runs = new BenchRuns(running, opened.config().vocab(), depth, sampling);
            if (prompt > 0) {
                double seconds = peak.map(p -> peakSeconds(shape, p)).orElse(0.0);
                measure(
                        report,
                        runs,
                        other,
                        () -> runs.prompt(prompt),
                        (first, rates) ->
                                new BenchRow(named("pp" + prompt), first, rates, 0, 0, seconds));
            }
            if (prompt > 0 && kept) {
                measure(
                        report,
                        runs,
                        Optional.empty(),
                        () -> runs.promptAgain(prompt),
                        (first, rates) ->
                                new BenchRow("pp" + prompt + "@kept", first, rates, 0, 0, 0));
            }
            double weightBytes = bytesReadForAToken(opened.config(), opened.weights());
            double cacheBytes =
                    (depth + generate / 2.0)
                            * MemoryForecast.of(shape, options(shape)).positionBytes();
            if (generate > 0) {
                measure(
                        report,
                        runs,
                        other,
                        () -> runs.generate(generate, 1).tokensPerSecond(),
                        (first, rates) ->
                                new BenchRow(
                                        named("tg" + generate),
                                        first,
                                        rates,
                                        weightBytes,
                                        cacheBytes,
                                        0));
                for (int count : streams) {
                    double[] waits = new double[repeat + 1];
                    var run = new AtomicInteger();
                    measure(
                            report,
                            runs,
                            Optional.empty(),
                            () -> {
                                BenchRuns.Together together = runs.generate(generate, count);
                                waits[run.getAndIncrement()] = together.lastFirstSeconds();
                                return together.tokensPerSecond();
                            },
                            (first, rates) ->
                                    new BenchRow(
                                            named("tg" + generate + "@b" + count),
                                            first,
                                            rates,
                                            weightBytes / count,
                                            cacheBytes,
                                            0));
                    report.lastFirstToken(
                            BenchRow.median(Arrays.copyOfRange(waits, 1, repeat + 1)));
                }
            }
            if (passage > 0) {
                measureDrafts(report, running, shape, path);
            }
            if (json) {
                report.printJson(io.out());
            } else {
                report.printTable(io.out());
            }
        }
        return 0;
    }

    /// By turns on two engines over the same file.
    private void measureDrafts(BenchReport report, Engine without, ModelShape shape, Path path)
            throws IOException {
        OpenWeights again = OpenWeights.open(path, engine.placement());
        try (Engine with =
                Engine.over(
                        again.config(),
                        again.weights(),
                        again.arena(),
                        options(shape).withDrafts(true),
                        again.watch())) {
            var plain = new DraftRuns(without, again.config().vocab());
            var drafting = new DraftRuns(with, again.config().vocab());
            int free = Math.max(1, generate);
            String edit = "edit" + passage;
            pair(report, edit, () -> plain.edit(passage), () -> drafting.edit(passage));
            pair(report, "free" + free, () -> plain.free(free), () -> drafting.free(free));
        }
    }

    private void pair(
            BenchReport report, String name, DoubleSupplier without, DoubleSupplier with) {
        double[][] rates = new double[2][repeat + 1];
        for (int i = 0; i <= repeat; i++) {
            rates[0][i] = without.getAsDouble();
            rates[1][i] = with.getAsDouble();
        }
        for (int i = 0; i < 2; i++) {
            double[] measured = Arrays.copyOfRange(rates[i], 1, repeat + 1);
            String row = i == 0 ? name : name + "+drafts";
            report.add(new BenchRow(row, rates[i][0], measured, 0, 0, 0));
        }
    }

    private void check() {
        if (passage < 0 || passage == 1) {
            throw new UsageException(
                    "--drafts is %d, expected 2 or more tokens".formatted(passage));
        }
        if (repeat < 1 || prompt < 0 || generate < 0 || depth < 0) {
            throw new UsageException(
                    "-r, -p, -n and -d are %d, %d, %d and %d, expected -r of 1 or more, the others of 0 or more"
                            .formatted(repeat, prompt, generate, depth));
        }
        for (int count : streams) {
            if (count < 1) {
                throw new UsageException("-b is %d, expected 1 or more sequences".formatted(count));
            }
        }
    }

    private String named(String test) {
        return depth == 0 ? test : test + "@d" + depth;
    }

    private interface Rows {
        BenchRow of(double first, double[] rates);
    }

    private void measure(
            BenchReport report,
            BenchRuns runs,
            Optional<LlamaBench> other,
            DoubleSupplier run,
            Rows rows)
            throws IOException {
        EngineStats.Work before = runs.work();
        if (other.isPresent()) {
            boolean reads = rows.of(0, new double[1]).weightBytes() == 0;
            LlamaBench.Pairs pairs =
                    other.get().pairs(reads ? prompt : 0, reads ? 0 : generate, repeat, run);
            report.add(rows.of(pairs.first(), pairs.ours()), pairs)
                    .put("share_of_control", runs.controlShare(before));
            return;
        }
        double[] rates = new double[repeat];
        double first = run.getAsDouble();
        before = runs.work();
        for (int i = 0; i < repeat; i++) {
            rates[i] = run.getAsDouble();
        }
        report.add(rows.of(first, rates)).put("share_of_control", runs.controlShare(before));
    }

    /// Room for all sequences at once.
    private EngineOptions options(ModelShape shape) {
        int positions =
                engine.contextOr(
                        Math.max(depth + Math.max(prompt, generate + 1), 2 * passage + 1) + 8);
        // Made-up text may repeat itself, and drafts would measure that.
        EngineOptions options = engine.options().withContext(positions).withDrafts(false);
        int most = streams.stream().mapToInt(Integer::intValue).max().orElse(1);
        long bytes = MemoryForecast.of(shape, options).kvCacheBytes(positions);
        return options.withMaxSequences(Math.max(options.maxSequences(), most))
                .withKvCacheBytes(most * bytes);
    }

    /// All matrices, but of an embedding that is not also the output only one row.
    private static long bytesReadForAToken(ModelConfig config, ModelWeights weights) {
        boolean tied = weights.output().equals(weights.embedding());
        long embedding = weights.embedding().data().byteSize();
        return weights.bytes() - (tied ? 0 : embedding - embedding / config.vocab());
    }

    /// Seconds of a token's products at the processor's peak: on floats where weights are, on bytes
    /// where they are quantised. Only a prompt's last token has logits.
    private static double peakSeconds(ModelShape shape, ComputePeak peak) {
        return shape.layers().stream()
                .flatMap(layer -> layer.matrices().stream())
                .mapToDouble(matrix -> peakSeconds(matrix, peak))
                .sum();
    }

    private static double peakSeconds(Matrix matrix, ComputePeak peak) {
        boolean floats = matrix.type().blockLength() == 1;
        double operations = 2.0 * matrix.rows() * matrix.cols();
        return operations / (floats ? peak.float32() : peak.int8());
    }
}
