package dev.tramontane.cli;

import dev.tramontane.engine.Engine;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.ImageSpeed;
import dev.tramontane.engine.MemoryForecast;
import dev.tramontane.engine.SpeedForecast;
import dev.tramontane.engine.Vision;
import dev.tramontane.model.ModelShape;
import dev.tramontane.model.VisionModel;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.terminal.UsageException;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.Placement;
import dev.tramontane.weights.TensorNames;
import dev.tramontane.wire.image.VisionCard;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;

/// `doctor`: what this machine is, what slows it down, and what a model will take and give on it,
/// before its weights are loaded.
@Command(
        name = "doctor",
        description = {
            "Tell what slows this machine down, and what a model needs and how fast it will be,"
                    + " before it is loaded.",
            "Speeds come from a measurement of some seconds on made-up weights of the model's"
                    + " types and shapes."
        })
final class DoctorCommand implements Callable<Integer> {
    private static final Duration MEASURED = Duration.ofSeconds(3);

    /// The lengths that `bench` measures.
    private static final int PROMPT = 512;

    private static final int ANSWER = 128;

    private final Stdio io;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description = "A .gguf file, a folder of safetensors, a name of the store, or nano.")
    private Optional<String> model = Optional.empty();

    @Option(
            names = "--shape",
            paramLabel = "SHAPE",
            description = "Instead of a model: 3b, 8b, 14b (Ministral 3) or 24b (Magistral Small).")
    private Optional<String> shape = Optional.empty();

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "The type of the shape's weights (default: Q4_K, as in Q4_K_M files).")
    private DType type = DType.Q4_K;

    @Mixin private EngineFlags engine = new EngineFlags();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    DoctorCommand(Stdio io) {
        this.io = io;
    }

    /// A model as far as it is known before it is loaded.
    ///
    /// @param openMillis what reading its heads and vocabulary took; empty where there is no file
    /// @param cached the part of the file that memory holds
    /// @param eyes with which it sees; empty where it sees nothing
    private record Patient(
            String name,
            ModelShape shape,
            Optional<Long> openMillis,
            Optional<Double> cached,
            Optional<Eyes> eyes) {}

    /// @param seconds that the largest image takes
    private record Eyes(Vision vision, double seconds) {}

    @Override
    public Integer call() throws IOException {
        if (model.isPresent() && shape.isPresent()) {
            throw new UsageException(
                    "--model and --shape are both given, expected one; leave one out");
        }
        Machine machine = Machine.here();
        Optional<Patient> patient = patient();
        boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        boolean nativeAccess = Engine.class.getModule().isNativeAccessEnabled();
        List<Advice> advice = new ArrayList<>(Advice.of(machine, vectors, nativeAccess));
        int threads = engine.threadsOr(machine.usableCores());
        ObjectNode answer = Json.object();
        describe(machine, MemoryBandwidth.bytesPerSecond(threads), threads, answer);
        if (patient.isPresent()) {
            EngineOptions options = engine.options();
            MemoryForecast memory = MemoryForecast.of(patient.get().shape(), options);
            int context = context(patient.get().shape());
            SpeedForecast speed = SpeedForecast.measure(patient.get().shape(), options, MEASURED);
            describe(machine, patient.get(), memory, context, speed, answer);
            patient.get()
                    .eyes()
                    .ifPresent(
                            eyes ->
                                    VisionCard.write(
                                            eyes.vision(),
                                            OptionalDouble.of(eyes.seconds()),
                                            answer.putObject("vision")));
            advice.addAll(Advice.of(machine, memory, context, patient.get().cached()));
        }
        var list = answer.putArray("advice");
        for (Advice each : advice) {
            list.addObject()
                    .put("topic", each.topic())
                    .put("found", each.found())
                    .put("todo", each.todo());
        }
        if (json) {
            io.out().println(answer);
        } else {
            new DoctorReport(io.out()).print(answer);
        }
        return 0;
    }

    private int context(ModelShape known) {
        return Math.min(engine.contextOr(Engine.DEFAULT_CONTEXT), known.config().context());
    }

    private Optional<Patient> patient() throws IOException {
        if (shape.isPresent()) {
            String wanted = shape.get().toLowerCase(Locale.ROOT);
            KnownShape known =
                    Arrays.stream(KnownShape.values())
                            .filter(each -> each.toString().equals(wanted))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            new UsageException(
                                                    "--shape is %s, expected one of %s"
                                                            .formatted(
                                                                    wanted,
                                                                    Arrays.toString(
                                                                            KnownShape.values()))));
            return Optional.of(
                    new Patient(
                            known + " " + type,
                            known.in(type),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty()));
        }
        if (model.isEmpty()) {
            return Optional.empty();
        }
        var flag = new ModelFlag();
        flag.set(model.get());
        Path path = flag.path(io);
        long start = System.nanoTime();
        try (OpenWeights opened = OpenWeights.openSeeing(path, Placement.MAPPED)) {
            TokenizerSource.open(path);
            long openMillis = (System.nanoTime() - start) / 1_000_000;
            double cached = cached(opened);
            return Optional.of(
                    new Patient(
                            opened.folder().name(),
                            ModelShape.of(opened.config(), opened.weights()),
                            Optional.of(openMillis),
                            Optional.of(cached),
                            opened.vision().map(part -> eyes(part, opened.weights().bytes()))));
        }
    }

    private Eyes eyes(VisionModel part, long textBytes) {
        Vision vision = Vision.of(part);
        long bytes = textBytes + part.weights().bytes();
        var speed = ImageSpeed.measure(part, engine.options(), bytes);
        return new Eyes(vision, speed.seconds(vision, vision.grid().largest()));
    }

    /// The part of the weights whose pages the system holds in memory.
    private static double cached(OpenWeights opened) {
        long loaded = 0;
        long all = 0;
        for (Tensor tensor :
                opened.weights().named(TensorNames.of(ModelFolder.Kind.GGUF)).values()) {
            MemorySegment data = tensor.data();
            all += data.byteSize();
            loaded += !data.isMapped() || data.isLoaded() ? data.byteSize() : 0;
        }
        return (double) loaded / all;
    }

    private static void describe(
            Machine machine, double bandwidth, int threads, ObjectNode answer) {
        ObjectNode about = answer.putObject("machine");
        about.put("cpu", machine.cpu());
        about.set("instruction_sets", Json.array(machine.tellingFeatures()));
        about.put("cores", machine.cores())
                .put("usable_cores", machine.usableCores())
                .put("threads", threads)
                .put("memory_bytes", machine.memoryBytes())
                .put("available_bytes", machine.availableBytes())
                .put("memory_bytes_per_second", bandwidth)
                .put("java", Runtime.version().toString())
                .put("heap_bytes", Runtime.getRuntime().maxMemory())
                .put("huge_pages", machine.hugePages())
                .put("governor", machine.governor())
                .put("load", machine.load());
    }

    private static void describe(
            Machine machine,
            Patient patient,
            MemoryForecast memory,
            int context,
            SpeedForecast speed,
            ObjectNode answer) {
        ObjectNode about = answer.putObject("model");
        about.put("name", patient.name())
                .put("weight_bytes", patient.shape().bytes())
                .put("kernels", speed.kernels());
        patient.openMillis().ifPresent(millis -> about.put("open_ms", millis));
        patient.cached().ifPresent(part -> about.put("cached", part));
        long fits =
                Math.min(
                        memory.contextIn(machine.availableBytes()),
                        patient.shape().config().context());
        ObjectNode bytes = answer.putObject("memory");
        bytes.put("weights", memory.weightBytes())
                .put("kv_cache", memory.kvCacheBytes(context))
                .put("workspace", memory.workspaceBytes())
                .put("runtime", memory.runtimeBytes())
                .put("resident_at_start", memory.residentBytes(0))
                .put("resident_when_full", memory.residentBytes(context))
                .put("context", context)
                .put("largest_context", fits);
        ObjectNode rates = answer.putObject("tokens_per_second");
        rates.put("pp" + PROMPT, speed.prefillTokensPerSecond(PROMPT))
                .put("tg" + ANSWER, speed.decodeTokensPerSecond(ANSWER / 2))
                .put("tg_at_full_context", speed.decodeTokensPerSecond(context))
                .put("attention_share_at_full_context", speed.attentionShare(context));
    }
}
