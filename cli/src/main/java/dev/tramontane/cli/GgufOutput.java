package dev.tramontane.cli;

import dev.tramontane.kernels.RowEncoder;
import dev.tramontane.model.FileType;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.TextExport;
import dev.tramontane.model.VisionExport;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.weights.FileWatch;
import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.ModelFolder;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The files that `quantize` and `convert` make of a model: one with the text network and its
/// tokens, and one more with the vision part of a model that sees.
///
/// All that can be refused is refused before the first byte is written: a file that is there, a
/// disk that is too small, a tensor that is missing. A source that somebody changes meanwhile ends
/// it: the files are whole or absent.
final class GgufOutput implements AutoCloseable {
    private final ModelFolder folder;
    private final TextExport text;
    private final FileWatch watch;
    private final RowEncoder encoder;
    private final boolean force;
    private final List<Planned> planned = new ArrayList<>();

    /// A file that is to be written.
    private record Planned(String part, Path path, GgufWriter file) {}

    /// @param arena owns the mapped weights, until the files are written
    /// @param type what most matrices become; empty for what they are
    GgufOutput(
            Path in, Arena arena, Optional<FileType> type, boolean pure, boolean force, int threads)
            throws IOException {
        this.folder = ModelFolder.open(in, arena);
        this.text = new TextExport(folder, type, pure);
        this.force = force;
        this.watch = folder.weights().watch();
        this.encoder = new RowEncoder(threads, watch::check);
    }

    ModelFolder folder() {
        return folder;
    }

    TextExport text() {
        return text;
    }

    /// Plans the file with the text network and its tokens.
    void planText(Path path) throws IOException {
        var file = new GgufWriter();
        text.describe(file);
        if (folder.kind() != ModelFolder.Kind.GGUF) {
            Tokenizer.of(folder).writeTo(file, ModelConfig.read(folder).vocab());
            folder.chatTemplates().forEach((name, template) -> putTemplate(file, name, template));
        }
        text.addTensors(file, encoder);
        plan("text", path, file);
    }

    /// Templates besides the default one are named in their key.
    private static void putTemplate(GgufWriter file, String name, String template) {
        String key = "tokenizer.chat_template";
        file.put(name.equals("default") ? key : key + "." + name, template);
    }

    /// Plans the file with the vision part, if the model has one.
    void planVision(Path path) throws IOException {
        Optional<VisionExport> vision = VisionExport.of(folder, text.type());
        if (vision.isPresent()) {
            var file = new GgufWriter();
            OptionalInt rowBreak = Tokenizer.of(folder).special(SpecialToken.IMG_BREAK);
            vision.get().addTo(file, encoder, rowBreak);
            plan("vision", path, file);
        }
    }

    private void plan(String part, Path path, GgufWriter file) throws IOException {
        if (Files.isDirectory(path)) {
            throw new IllegalArgumentException(
                    path + ": is a folder, expected the name of a file to write; name one in it");
        }
        if (Files.exists(path) && Files.isSameFile(path, folder.path())) {
            throw new IllegalArgumentException(
                    path + ": is the model itself, expected another file; name another");
        }
        if (Files.exists(path) && !force) {
            throw new IllegalArgumentException(
                    path
                            + ": there is such a file already, expected none; name another, or"
                            + " replace it with --force");
        }
        planned.add(new Planned(part, path, file));
    }

    /// Writes all planned files and returns what was made.
    ///
    /// @throws java.util.concurrent.CancellationException when the progress was stopped
    ObjectNode write(ProgressLine progress) throws IOException {
        long bytes = planned.stream().mapToLong(plan -> plan.file.bytes()).sum();
        refuseFullDisk(bytes);
        progress.start(bytes);
        ObjectNode answer =
                Json.object()
                        .put("model", folder.name())
                        .put("type", text.type().name())
                        .put("source_type", text.sourceType().name())
                        .put("source_bytes", text.sourceBytes());
        try {
            long before = 0;
            for (Planned plan : planned) {
                long start = before;
                plan.file.write(plan.path, force, written -> progress.at(start + written));
                before += plan.file.bytes();
                ObjectNode made =
                        answer.putObject(plan.part)
                                .put("path", plan.path.toString())
                                .put("bytes", plan.file.bytes());
                ObjectNode tensors = made.putObject("tensors");
                plan.file.types().forEach((type, count) -> tensors.put(type.name(), count));
            }
        } catch (InternalError e) { // what Java makes of a page that the source no longer has
            watch.check();
            throw e;
        } finally {
            progress.end();
        }
        return answer.put("seconds", progress.seconds());
    }

    private void refuseFullDisk(long bytes) throws IOException {
        for (Planned plan : planned) {
            Path parent = plan.path.toAbsolutePath().getParent();
            if (parent == null || !Files.isDirectory(parent)) {
                throw new FileSystemException(
                        plan.path.toString(),
                        null,
                        "no such folder, expected the file's folder to be there; make it first");
            }
            long free = Files.getFileStore(parent).getUsableSpace();
            if (free < bytes) {
                throw new FileSystemException(
                        plan.path.toString(),
                        null,
                        "the disk has %s free, expected the %s of the new files; free some, or write to another disk"
                                .formatted(ProgressLine.size(free), ProgressLine.size(bytes)));
            }
        }
    }

    @Override
    public void close() {
        encoder.close();
        watch.close();
    }
}
