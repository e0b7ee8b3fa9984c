package dev.tramontane.engine;

import dev.tramontane.weights.ModelFormatException;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/// The models on this machine, by name.
///
/// ```
/// models/
///   owner--repo@q4_k_m/       a model: its name in small letters, '/' and ':' replaced
///     manifest.json           where the files came from, their lengths and sha256
///     0f3c…/repo/             the files, in a folder that only the manifest names
///   .incoming/                what is being fetched, see Staging
/// ```
///
/// A model is whole or absent: its files are gathered elsewhere, brought to the disk and moved
/// here, and it exists once its manifest does. A model that is replaced keeps its old files for
/// whoever has them open. Nothing is ever edited in place.
///
/// Nothing here uses a network. Any thread and any number of processes may use one store.
public final class ModelStore {
    private static final String INCOMING = ".incoming";

    private final Path root;
    private final Clock clock;

    private ModelStore(Path root, Clock clock) {
        this.root = root;
        this.clock = clock;
    }

    /// The store in a folder, which need not exist yet.
    public static ModelStore at(Path root) {
        return new ModelStore(root, Clock.systemUTC());
    }

    /// How a file compares with the manifest.
    public enum State {
        /// Every byte is as it was installed.
        WHOLE,
        /// Another length, or other bytes.
        DAMAGED,
        /// Gone, or no file.
        MISSING
    }

    /// @param file as the manifest has it
    public record Check(StoredFile file, State state) {}

    /// What an interrupted download left.
    ///
    /// @param name in small letters
    /// @param bytes that are already here
    public record Unfinished(ModelName name, long bytes) {}

    public Path root() {
        return root;
    }

    /// The names of all models, in alphabetical order; damaged ones in small letters.
    public List<ModelName> names() throws IOException {
        var names = new TreeMap<String, ModelName>();
        for (Path folder : folders(root)) {
            if (Files.exists(folder.resolve(Manifest.FILE), LinkOption.NOFOLLOW_LINKS)) {
                ModelName name = ModelName.ofFolder(String.valueOf(folder.getFileName()));
                names.put(name.folder(), writtenAs(name));
            }
        }
        return List.copyOf(names.values());
    }

    private ModelName writtenAs(ModelName name) throws IOException {
        try {
            return find(name).map(StoredModel::name).orElse(name);
        } catch (ModelFormatException _) { // said by whoever opens it
            return name;
        }
    }

    /// The folders whose names stand for models; others are not ours.
    private static List<Path> folders(Path parent) throws IOException {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        List<Path> folders = new ArrayList<>();
        try (Stream<Path> entries = Files.list(parent)) {
            for (Path entry : entries.toList()) {
                String name = String.valueOf(entry.getFileName());
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) && isFolderOfModel(name)) {
                    folders.add(entry);
                }
            }
        }
        return folders;
    }

    private static boolean isFolderOfModel(String name) {
        return ModelName.isName(name.replace("--", "/").replace("@", ":"))
                && ModelName.ofFolder(name).folder().equals(name);
    }

    /// The model of exactly this name.
    ///
    /// @throws ModelFormatException when it is there but damaged: its manifest cannot be read, or
    ///   files are missing or lead out of the store
    public Optional<StoredModel> find(ModelName name) throws IOException {
        Path home = root.resolve(name.folder());
        if (!Files.exists(home.resolve(Manifest.FILE), LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        StoredModel model = Manifest.read(home);
        checkInside(home, model);
        return Optional.of(model);
    }

    /// The models that a name may mean: the one of exactly this name, else those that it lacks only
    /// the tag of.
    public List<StoredModel> matching(ModelName name) throws IOException {
        Optional<StoredModel> exact = find(name);
        if (exact.isPresent()) {
            return List.of(exact.get());
        }
        List<StoredModel> tagged = new ArrayList<>();
        for (ModelName each : names()) {
            if (new ModelName(each.withoutTag()).isSameAs(name)) {
                find(each).ifPresent(tagged::add);
            }
        }
        return tagged;
    }

    /// No link leads elsewhere, whatever else has been put into the folders.
    private void checkInside(Path home, StoredModel model) throws IOException {
        if (!Files.isDirectory(model.folder())) {
            throw damaged(model, model.folder() + " is not there");
        }
        Path real = model.folder().toRealPath();
        if (!real.startsWith(root.toRealPath().resolve(String.valueOf(home.getFileName())))) {
            throw damaged(model, model.folder() + " is a link to a place outside");
        }
        for (StoredFile file : model.files()) {
            if (!Files.isRegularFile(
                    model.folder().resolve(file.name()), LinkOption.NOFOLLOW_LINKS)) {
                throw damaged(model, file.name() + " is missing or no file");
            }
        }
    }

    private static ModelFormatException damaged(StoredModel model, String what) {
        return new ModelFormatException(
                "%s: %s, expected the files it was installed with; remove the model and get it again"
                        .formatted(model.name(), what));
    }

    /// Begins to change a model, existing or not, and keeps others from doing so.
    ///
    /// @throws FileSystemException when somebody else is at it
    public Staging stage(ModelName name) throws IOException {
        return Staging.open(root.resolve(INCOMING), root.resolve(name.folder()), name);
    }

    /// Installs a model of files that were completed in its staging, in the place of what had its
    /// name. Where that fails, they are in the staging as before.
    ///
    /// @param opens the file to open; empty for the folder
    public StoredModel install(
            Staging staging,
            ModelName name,
            String source,
            Optional<String> revision,
            String opens,
            List<StoredFile> files)
            throws IOException {
        Path home = root.resolve(name.folder());
        var draft = new StoredModel(name, source, revision, clock.instant(), home, opens, files);
        return staging.install(draft);
    }

    /// How files come into the store from this machine.
    public enum Transfer {
        /// A copy of their own.
        COPY,
        /// A second name for the same bytes; whoever edits the original edits the model.
        LINK
    }

    /// Installs files of this machine.
    ///
    /// @param sources as they lie on the disk; each keeps its name
    /// @param opens the name of the one to open; empty for the folder
    /// @param done is told how many bytes each step read
    /// @throws FileSystemException when the name is taken, or links cannot reach the store
    public StoredModel importFiles(
            ModelName name,
            String source,
            List<Path> sources,
            String opens,
            Transfer transfer,
            LongConsumer done)
            throws IOException {
        try (Staging staging = stage(name)) {
            checkFree(name);
            staging.discard();
            List<StoredFile> files = new ArrayList<>();
            try {
                for (Path each : sources) {
                    Path real = each.toRealPath();
                    String fileName = String.valueOf(each.getFileName());
                    files.add(
                            switch (transfer) {
                                case COPY -> staging.copy(real, fileName, done);
                                case LINK -> staging.link(real, fileName, done);
                            });
                }
                return install(staging, name, source, Optional.empty(), opens, files);
            } catch (IOException | RuntimeException e) {
                staging.discard();
                throw e;
            }
        }
    }

    /// Gives a model a second name. Where the file system can, both names share the bytes on the
    /// disk; they are never edited, so neither notices.
    ///
    /// @throws FileSystemException when the name is taken
    public StoredModel copy(StoredModel model, ModelName name, LongConsumer done)
            throws IOException {
        List<Path> sources =
                model.files().stream().map(file -> model.folder().resolve(file.name())).toList();
        try {
            return importFiles(name, model.source(), sources, model.opens(), Transfer.LINK, done);
        } catch (UnsupportedOperationException | FileSystemException e) {
            if (find(name).isPresent() || e instanceof NoSuchFileException) {
                throw e;
            }
            return importFiles(name, model.source(), sources, model.opens(), Transfer.COPY, done);
        }
    }

    private void checkFree(ModelName name) throws IOException {
        if (Files.exists(root.resolve(name.folder()).resolve(Manifest.FILE))) {
            throw new FileSystemException(
                    name.text(),
                    null,
                    "there is a model of this name already, expected a new one; choose another name, or remove that model first");
        }
    }

    /// Removes a model, damaged ones and what unfinished downloads left of it included.
    ///
    /// @return whether there was anything to remove
    public boolean remove(ModelName name) throws IOException {
        Path home = root.resolve(name.folder());
        boolean isThere =
                Files.exists(home, LinkOption.NOFOLLOW_LINKS)
                        || Files.exists(root.resolve(INCOMING).resolve(name.folder()));
        if (!isThere) {
            return false;
        }
        try (Staging staging = stage(name)) {
            Files.deleteIfExists(home.resolve(Manifest.FILE)); // from here on it is absent
            Staging.deleteTree(home);
            staging.discard();
        }
        return true;
    }

    /// Reads every byte of a model again and compares it with the manifest.
    ///
    /// @param done is told how many bytes each step read
    /// @throws ModelFormatException when the manifest itself is damaged
    public List<Check> verify(ModelName name, LongConsumer done) throws IOException {
        StoredModel model = Manifest.read(root.resolve(name.folder()));
        List<Check> checks = new ArrayList<>();
        for (StoredFile file : model.files()) {
            Path path = model.folder().resolve(file.name());
            if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                checks.add(new Check(file, State.MISSING));
            } else {
                boolean isSame = StoredFile.read(file.name(), path, done).equals(file);
                checks.add(new Check(file, isSame ? State.WHOLE : State.DAMAGED));
            }
        }
        return checks;
    }

    /// The length of a model's files as the manifest has it, damaged or not.
    ///
    /// @throws ModelFormatException when the manifest itself is damaged
    public long installedBytes(ModelName name) throws IOException {
        return Manifest.read(root.resolve(name.folder())).bytes();
    }

    /// What interrupted downloads left, to be continued by the next one or removed by name.
    public List<Unfinished> unfinished() throws IOException {
        List<Unfinished> found = new ArrayList<>();
        for (Path folder : folders(root.resolve(INCOMING))) {
            long bytes = 0;
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    bytes += Files.size(file);
                }
            }
            if (bytes > 0) {
                found.add(
                        new Unfinished(
                                ModelName.ofFolder(String.valueOf(folder.getFileName())), bytes));
            }
        }
        return found;
    }

    /// Bytes that still fit on the store's disk.
    public long usableBytes() throws IOException {
        Files.createDirectories(root);
        FileStore disk = Files.getFileStore(root);
        return disk.getUsableSpace();
    }
}
