package dev.tramontane.train;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.ModelFormatException;
import dev.tramontane.weights.SafetensorsFile;
import dev.tramontane.weights.SafetensorsWriter;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A folder of states of a training run, from any of which it goes on as if it had never stopped.
///
/// A state is one safetensors file, `step-00001200.safetensors`: the weights under Hugging Face's
/// names, the optimiser's memory, and as notes what counts (steps, updates, seed, examples). It is
/// written beside its place, brought to the disk and renamed, so that a process killed at any
/// moment leaves whole states alone. Nothing random is kept: whatever is drawn is drawn from the
/// seed and a count.
public final class Checkpoints {
    private static final String FORMAT = "tramontane-checkpoint-1";
    private static final Pattern NAME = Pattern.compile("step-(\\d{8,18})\\.safetensors");
    private static final String OPTIMIZER = "optimizer.";

    private final Path folder;
    private final int kept;

    /// How far a run has come.
    ///
    /// @param steps of the trainer
    /// @param updates of the optimiser, of which a step may make more than one
    /// @param seed of everything that is drawn
    /// @param examples taken from the data so far
    public record Progress(long steps, long updates, long seed, long examples) {
        /// Of a trainer that makes one update a step.
        public Progress(long steps, long seed, long examples) {
            this(steps, steps, seed, examples);
        }

        /// Refuses to go on with another seed than a run began with.
        ///
        /// @param file that the progress is from
        public void expectSeed(long expected, Path file) {
            if (seed != expected) {
                throw new IllegalArgumentException(
                        "%s: was trained with seed %d, expected %d; go on with that seed, or begin in another folder"
                                .formatted(file, seed, expected));
            }
        }
    }

    /// @param folder made when the first state is saved
    /// @param kept how many of the last states stay
    public Checkpoints(Path folder, int kept) {
        if (kept < 1) {
            throw new IllegalArgumentException(
                    "keep %d states, expected at least 1; without one a run cannot go on"
                            .formatted(kept));
        }
        this.folder = folder;
        this.kept = kept;
    }

    /// Saves a state, and deletes those that are too many.
    ///
    /// @return the file
    public Path save(Trainable weights, Optimizer optimizer, Progress progress) throws IOException {
        Files.createDirectories(folder);
        var file =
                new SafetensorsWriter()
                        .note("format", FORMAT)
                        .note("optimizer", optimizer.getClass().getSimpleName())
                        .note("steps", Long.toString(progress.steps))
                        .note("updates", Long.toString(progress.updates))
                        .note("seed", Long.toString(progress.seed))
                        .note("examples", Long.toString(progress.examples));
        tensors(weights, optimizer).forEach(file::add);
        Path path = folder.resolve("step-%08d.safetensors".formatted(progress.steps));
        file.write(path);
        bringToDisk(folder);
        List<Path> states = states();
        for (Path old : states.subList(0, Math.max(0, states.size() - kept))) {
            Files.delete(old);
        }
        return path;
    }

    /// The renaming itself; some systems cannot open a folder, and there it is left to them.
    private static void bringToDisk(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException _) {
            return;
        }
    }

    /// The last state, if there is one.
    public Optional<Path> latest() throws IOException {
        return states().stream().reduce((_, later) -> later);
    }

    /// All states, the last one last.
    private List<Path> states() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> NAME.matcher(name(file)).matches())
                    .sorted(Comparator.comparingLong(Checkpoints::stepsInName))
                    .toList();
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static long stepsInName(Path file) {
        Matcher matcher = NAME.matcher(name(file));
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
    }

    private static Map<String, Tensor> tensors(Trainable weights, Optimizer optimizer) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (TrainableWeights.Parameter parameter : weights.parameters()) {
            tensors.put(parameter.name(), parameter.in(weights.values()));
        }
        optimizer.state().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> tensors.put(OPTIMIZER + entry.getKey(), entry.getValue()));
        return tensors;
    }

    /// Fills weights and optimiser from a state; both stay as they were when it does not suit them.
    ///
    /// @throws ModelFormatException when the file is no state, or one of another model or optimiser
    public static Progress load(Path file, Trainable weights, Optimizer optimizer)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsFile state = SafetensorsFile.open(file, arena);
            var reader = new Reader(name(file), state);
            reader.expect("format", FORMAT);
            reader.expect("optimizer", optimizer.getClass().getSimpleName());
            var progress =
                    new Progress(
                            reader.number("steps"),
                            reader.number(
                                    state.notes().containsKey("updates") ? "updates" : "steps"),
                            reader.number("seed"),
                            reader.number("examples"));
            Map<String, Tensor> targets = tensors(weights, optimizer);
            List<Tensor> sources = new ArrayList<>();
            targets.forEach((name, target) -> sources.add(reader.tensor(name, target)));
            int next = 0;
            for (Tensor target : targets.values()) {
                MemorySegment.copy(sources.get(next++).data(), 0, target.data(), 0, target.bytes());
            }
            optimizer.resume(progress.updates);
            return progress;
        }
    }

    private record Reader(String location, SafetensorsFile state) {
        String note(String name) {
            String note = state.notes().get(name);
            if (note == null) {
                throw new ModelFormatException(
                        "%s: no note %s, expected a state of a training run; give a file that the trainer wrote"
                                .formatted(location, name));
            }
            return note;
        }

        void expect(String name, String expected) {
            if (!note(name).equals(expected)) {
                throw new ModelFormatException(
                        "%s: %s is %s, expected %s; go on with what the run began with"
                                .formatted(location, name, note(name), expected));
            }
        }

        long number(String name) {
            try {
                return Long.parseLong(note(name));
            } catch (NumberFormatException e) {
                throw new ModelFormatException(
                        "%s: %s is %s, expected a whole number; take the state before it"
                                .formatted(location, name, note(name)),
                        e);
            }
        }

        /// A tensor of the same shape as another.
        Tensor tensor(String name, Tensor like) {
            Tensor tensor = state.tensor(name);
            if (tensor.type() != DType.F32
                    || tensor.rows() != like.rows()
                    || tensor.cols() != like.cols()) {
                throw new ModelFormatException(
                        "%s: tensor %s is %d x %d of %s, expected %d x %d of F32; go on with the model that the run began with"
                                .formatted(
                                        location,
                                        name,
                                        tensor.rows(),
                                        tensor.cols(),
                                        tensor.type(),
                                        like.rows(),
                                        like.cols()));
            }
            return tensor;
        }
    }
}
