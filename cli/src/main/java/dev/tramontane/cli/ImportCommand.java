package dev.tramontane.cli;

import dev.tramontane.engine.ModelFiles;
import dev.tramontane.engine.ModelName;
import dev.tramontane.engine.ModelStore;
import dev.tramontane.engine.StoredModel;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.terminal.UsageException;
import dev.tramontane.weights.ModelFolder;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// `import`: files of this machine into the store.
@Command(
        name = "import",
        description = {
            "Bring a .gguf file (all parts of it) or a folder of safetensors into the store, with what"
                    + " lies beside it and belongs to it. The original stays as it is."
        },
        footer = {
            "",
            "Examples:",
            "  tramontane import ~/Downloads/Magistral-Small-2509-Q4_K_M.gguf --as magistral-small",
            "  tramontane import /data/Ministral-3-8B-Reasoning-2512 --link"
        })
final class ImportCommand implements Callable<Integer> {
    private final Stdio io;

    @Parameters(paramLabel = "PATH", description = "A .gguf file or a folder.")
    private Path path = Path.of("");

    @Option(
            names = "--as",
            paramLabel = "NAME",
            description = "Its name in the store (default: that of the file or folder).")
    private Optional<String> name = Optional.empty();

    @Option(
            names = "--link",
            description =
                    "Share the bytes with the original, on one file system; whoever edits it then"
                            + " edits the model.")
    private boolean link;

    @Option(names = "--json", description = "Print the model as JSON.")
    private boolean json;

    ImportCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(
                    path.toString(), null, "no such file or folder; check the path");
        }
        ModelName as = name();
        ModelFiles chosen = chosen();
        Path folder = folder();
        List<Path> sources = chosen.paths().stream().map(folder::resolve).toList();
        long bytes = 0;
        for (Path source : sources) {
            bytes += Files.size(source);
        }
        var meter = Meter.of(io);
        meter.begin(bytes, 0);
        var done = new AtomicLong();
        try {
            StoredModel model =
                    LocalStore.of(io)
                            .store()
                            .importFiles(
                                    as,
                                    path.toRealPath().toString(),
                                    sources,
                                    chosen.opens(),
                                    link ? ModelStore.Transfer.LINK : ModelStore.Transfer.COPY,
                                    step -> meter.show(as.text(), done.addAndGet(step)));
            meter.clear();
            io.out().println(json ? LocalStore.json(model) : model.name());
            return 0;
        } finally {
            meter.clear();
        }
    }

    /// The folder that the files lie in.
    private Path folder() throws IOException {
        if (Files.isDirectory(path)) {
            return path;
        }
        Path parent = path.toAbsolutePath().getParent();
        return parent == null ? path.toRealPath() : parent;
    }

    /// What belongs to the model; refused where it is none.
    private ModelFiles chosen() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            ModelFolder opened = ModelFolder.open(path, arena);
            Optional<String> wish =
                    Files.isDirectory(path) && opened.kind() != ModelFolder.Kind.GGUF
                            ? Optional.empty()
                            : Optional.of(String.valueOf(opened.path().getFileName()));
            try (Stream<Path> files = Files.list(folder())) {
                List<String> names =
                        files.filter(Files::isRegularFile)
                                .map(file -> String.valueOf(file.getFileName()))
                                .sorted()
                                .toList();
                return ModelFiles.choose(names, wish.filter(names::contains));
            }
        }
    }

    private ModelName name() {
        if (name.isPresent()) {
            return UsageException.check(() -> new ModelName(name.get()));
        }
        String own =
                String.valueOf(path.toAbsolutePath().normalize().getFileName())
                        .replaceFirst("(?i)(-\\d{5}-of-\\d{5})?\\.(gguf|safetensors)$", "")
                        .replaceAll("[^A-Za-z0-9._-]+", "-")
                        .replaceAll("--+", "-");
        if (!ModelName.isName(own)) {
            throw new IllegalArgumentException(
                    path
                            + ": makes no name for the store, expected letters and digits; give --as NAME");
        }
        return new ModelName(own);
    }
}
