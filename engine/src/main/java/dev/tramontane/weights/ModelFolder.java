package dev.tramontane.weights;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// The files of one model: weights, configuration, tokenizer.
///
/// {@link #open} takes a `.gguf` file, a folder of safetensors in Mistral's own or in Hugging
/// Face's layout, or a folder that holds exactly one `.gguf`. Published folders often hold the same
/// weights in both layouts: one set is read, never both, and Mistral's own is preferred when both
/// are complete. A path to a safetensors file of a folder chooses the set it belongs to.
public final class ModelFolder {
    private final Path path;
    private final Kind kind;
    private final WeightsFile weights;
    private final FolderListing folder;
    private final Optional<Path> tekken;
    private final Optional<Path> tokenizerJson;
    private final Optional<JsonNode> config;
    private final Optional<JsonNode> generationConfig;
    private final Placement placement;
    private final Arena arena;

    private ModelFolder(
            Path path,
            Kind kind,
            WeightsFile weights,
            FolderListing folder,
            String configName,
            Placement placement,
            Arena arena)
            throws IOException {
        this.placement = placement;
        this.arena = arena;
        this.path = path;
        this.kind = kind;
        this.weights = weights;
        this.folder = folder;
        this.tekken = folder.tekken();
        this.tokenizerJson = folder.file("tokenizer.json");
        this.config = kind == Kind.GGUF ? Optional.empty() : folder.json(configName);
        this.generationConfig =
                kind == Kind.GGUF ? Optional.empty() : folder.json("generation_config.json");
    }

    /// Whose layout the weights have; it decides the names of tensors and keys, and the order of
    /// rows.
    public enum Kind {
        /// One GGUF file, or its parts: the metadata is the configuration.
        GGUF,
        /// `config.json` and `model*.safetensors`.
        HUGGING_FACE,
        /// `params.json` and `consolidated*.safetensors`.
        MISTRAL
    }

    /// Opens a model's files.
    ///
    /// @param path a file or a folder
    /// @param arena owns the mapped weights
    /// @throws ModelFormatException when something is missing, damaged or ambiguous
    public static ModelFolder open(Path path, Arena arena) throws IOException {
        return open(path, Placement.MAPPED, arena);
    }

    /// Opens a model's files, and maps the weights or copies them.
    ///
    /// @param arena owns the weights
    /// @throws ModelFormatException when something is missing, damaged or ambiguous
    public static ModelFolder open(Path path, Placement placement, Arena arena) throws IOException {
        try {
            return openAny(path, placement, arena);
        } catch (InternalError e) { // what Java makes of a page that the file no longer has
            throw new ModelFormatException(
                    path + ": was shortened while it was opened; get it again", e);
        }
    }

    private static ModelFolder openAny(Path path, Placement placement, Arena arena)
            throws IOException {
        if (Files.isDirectory(path)) {
            return openFolder(path, placement, arena);
        }
        if (!Files.exists(path)) {
            throw new NoSuchFileException(
                    path.toString(), null, "no such model; give a .gguf file or a model's folder");
        }
        if (!Files.isRegularFile(path)) { // reading a pipe or a device may never end
            throw new ModelFormatException(
                    path + ": neither a file nor a folder; give a .gguf file or a model's folder");
        }
        Path name = path.toAbsolutePath().getFileName();
        Path parent = path.toAbsolutePath().getParent();
        if (name != null
                && parent != null
                && name.toString().toLowerCase(Locale.ROOT).endsWith(".safetensors")) {
            FolderListing folder = new FolderListing(parent);
            return name.toString().startsWith("consolidated")
                    ? mistral(parent, folder, placement, arena)
                    : huggingFace(parent, folder, placement, arena);
        }
        return gguf(path, placement, arena);
    }

    private static ModelFolder openFolder(Path path, Placement placement, Arena arena)
            throws IOException {
        FolderListing folder = new FolderListing(path);
        if (folder.has("params.json") && !folder.consolidated().isEmpty()) {
            return mistral(path, folder, placement, arena);
        }
        if (folder.has("config.json") && !folder.huggingFace().isEmpty()) {
            return huggingFace(path, folder, placement, arena);
        }
        List<Path> ggufs = folder.ggufs();
        if (ggufs.size() == 1) {
            return gguf(ggufs.getFirst(), placement, arena);
        }
        throw new ModelFormatException(
                path.getFileName()
                        + ": no model; looked for params.json with consolidated*.safetensors,"
                        + " for config.json with model*.safetensors, and for exactly one .gguf"
                        + (ggufs.isEmpty()
                                ? ""
                                : " (there are " + ggufs.size() + ": give the path of one)")
                        + folder.missing());
    }

    private static ModelFolder gguf(Path path, Placement placement, Arena arena)
            throws IOException {
        GgufFile file = GgufFile.open(path, placement, arena);
        return new ModelFolder(
                path, Kind.GGUF, file, FolderListing.around(path), "", placement, arena);
    }

    private static ModelFolder mistral(
            Path path, FolderListing folder, Placement placement, Arena arena) throws IOException {
        return new ModelFolder(
                path,
                Kind.MISTRAL,
                SafetensorsFile.open(folder.name(), folder.consolidated(), placement, arena),
                folder,
                "params.json",
                placement,
                arena);
    }

    private static ModelFolder huggingFace(
            Path path, FolderListing folder, Placement placement, Arena arena) throws IOException {
        return new ModelFolder(
                path,
                Kind.HUGGING_FACE,
                SafetensorsFile.open(folder.name(), folder.huggingFace(), placement, arena),
                folder,
                "config.json",
                placement,
                arena);
    }

    /// What was opened: the folder, or the GGUF file.
    public Path path() {
        return path;
    }

    /// The model's name for people: the folder's, or the GGUF file's without its ending.
    public String name() {
        String name = String.valueOf(path.toAbsolutePath().normalize().getFileName());
        if (kind == Kind.GGUF) {
            name = GgufSplit.whole(name);
        }
        return kind == Kind.GGUF && name.toLowerCase(Locale.ROOT).endsWith(".gguf")
                ? name.substring(0, name.length() - ".gguf".length())
                : name;
    }

    public Kind kind() {
        return kind;
    }

    public WeightsFile weights() {
        return weights;
    }

    /// The file with the vision part: the weights themselves, or of a GGUF model the `mmproj` file
    /// beside it; empty where there is none. A file that belongs to another model of the folder is
    /// left alone, as far as names and `suits` tell.
    ///
    /// @param suits whether a file can be this model's
    /// @throws ModelFormatException when the file is damaged
    public Optional<WeightsFile> vision(Predicate<WeightsFile> suits) throws IOException {
        if (kind != Kind.GGUF) {
            return Optional.of(weights);
        }
        for (Path candidate : folder.visionParts(name())) {
            WeightsFile file = GgufFile.open(candidate, placement, arena);
            if (suits.test(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    /// `tekken.json`, or the one file of the folder with `tekken` in its name.
    public Optional<Path> tekken() {
        return tekken;
    }

    /// `tokenizer.json`.
    public Optional<Path> tokenizerJson() {
        return tokenizerJson;
    }

    /// `config.json` or `params.json`; empty for GGUF.
    public Optional<JsonNode> config() {
        return config;
    }

    /// A text of this name beside the weights, such as a system prompt.
    ///
    /// @throws ModelFormatException when it is too long, no UTF-8, or a link out of the folder
    public Optional<String> text(String name) throws IOException {
        return folder.text(name);
    }

    /// The chat templates that lie beside the weights in Hugging Face's layouts, by name: the one
    /// without a name is `default`. `chat_template.jinja` counts before `chat_template.json`, and
    /// that before `tokenizer_config.json`.
    public Map<String, String> chatTemplates() throws IOException {
        return chatTemplates(folder);
    }

    /// The chat templates that lie beside a file, such as a `tokenizer.json`, in the same layouts.
    public static Map<String, String> chatTemplatesBeside(Path file) throws IOException {
        return chatTemplates(FolderListing.around(file));
    }

    private static Map<String, String> chatTemplates(FolderListing folder) throws IOException {
        Optional<String> file = folder.text("chat_template.jinja");
        if (file.isPresent()) {
            return Map.of("default", file.get());
        }
        for (String name : List.of("chat_template.json", "tokenizer_config.json")) {
            JsonNode found = folder.json(name).map(json -> json.path("chat_template")).orElse(null);
            if (found != null && found.isString()) {
                return Map.of("default", found.stringValue());
            }
            if (found != null && found.isArray()) {
                Map<String, String> named = new LinkedHashMap<>();
                for (JsonNode one : found) {
                    named.put(one.path("name").asString(""), one.path("template").asString(""));
                }
                return named;
            }
        }
        return Map.of();
    }

    /// `generation_config.json`, where there is one; empty for GGUF.
    public Optional<JsonNode> generationConfig() {
        return generationConfig;
    }
}
