package dev.tramontane.weights;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The names in a model's folder, and which of them make a set of weights.
///
/// Names that come out of a file (an index's shards) and links are followed only as far as the
/// folder goes; the one place outside it is the `blobs` folder of a Hugging Face cache, whose
/// snapshots consist of links.
final class FolderListing {
    private static final Pattern PART = Pattern.compile(".*-(\\d{5})-of-(\\d{5})\\.safetensors");

    private static final int MOST_TEXT_BYTES = 1 << 20;

    private final Path folder;
    private final TreeMap<String, Path> files = new TreeMap<>();

    FolderListing(Path folder) throws IOException {
        this.folder = folder;
        try (Stream<Path> entries = Files.list(folder)) {
            entries.filter(Files::isRegularFile)
                    .forEach(file -> files.put(String.valueOf(file.getFileName()), file));
        }
    }

    /// The folder that a file lies in.
    static FolderListing around(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        return new FolderListing(folder == null ? file : folder);
    }

    /// A file of the folder, where there is one of that name.
    Optional<Path> file(String name) throws IOException {
        return has(name) ? Optional.of(inside(name)) : Optional.empty();
    }

    String name() {
        return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
    }

    boolean has(String name) {
        return files.containsKey(name);
    }

    /// Mistral's own set: one `consolidated.safetensors`, or its numbered parts.
    List<Path> consolidated() throws IOException {
        return set("consolidated");
    }

    /// Hugging Face's set: one `model.safetensors`, or the shards of its index.
    List<Path> huggingFace() throws IOException {
        return set("model");
    }

    /// GGUF files, of one in parts the first, without the vision parts that lie beside some.
    List<Path> ggufs() throws IOException {
        List<Path> ggufs = new ArrayList<>();
        for (String name : files.keySet()) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.endsWith(".gguf")
                    && !MmprojName.isOne(name)
                    && !GgufSplit.isLaterPart(lower)) {
                ggufs.add(inside(name));
            }
        }
        return ggufs;
    }

    /// GGUF files with vision parts that may be a model's, by their names; the likeliest first.
    ///
    /// @param model the name of its file, without the ending
    List<Path> visionParts(String model) throws IOException {
        List<Path> parts = new ArrayList<>();
        for (String name : MmprojName.suiting(model, files.keySet())) {
            parts.add(inside(name));
        }
        return parts;
    }

    /// A text beside the weights, where there is one.
    Optional<String> text(String name) throws IOException {
        if (!has(name)) {
            return Optional.empty();
        }
        Path file = inside(name);
        long bytes = Files.size(file);
        if (bytes > MOST_TEXT_BYTES) {
            throw new ModelFormatException(
                    "%s: %d bytes, expected at most %d; is it the right file?"
                            .formatted(name, bytes, MOST_TEXT_BYTES));
        }
        try {
            return Optional.of(Files.readString(file));
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(
                    name + ": no valid UTF-8; the file is damaged: get it again", e);
        }
    }

    Optional<Path> tekken() throws IOException {
        if (has("tekken.json")) {
            return Optional.of(inside("tekken.json"));
        }
        List<String> candidates =
                files.keySet().stream()
                        .filter(name -> name.endsWith(".json") && name.contains("tekken"))
                        .toList();
        return candidates.size() == 1
                ? Optional.of(inside(candidates.getFirst()))
                : Optional.empty();
    }

    Optional<JsonNode> json(String name) throws IOException {
        return has(name) ? Optional.of(JsonFile.read(inside(name))) : Optional.empty();
    }

    /// What a message adds when half of a set is there.
    String missing() throws IOException {
        boolean weights = !consolidated().isEmpty() || !huggingFace().isEmpty();
        if (weights) {
            return "; the weights lack their params.json or config.json: get it from the same place";
        }
        return has("params.json") || has("config.json")
                ? "; the configuration lacks its weights: get them from the same place"
                : "; check the path";
    }

    private List<Path> set(String stem) throws IOException {
        String index = stem + ".safetensors.index.json";
        if (has(index)) {
            return shards(index);
        }
        if (has(stem + ".safetensors")) {
            return List.of(inside(stem + ".safetensors"));
        }
        return parts(stem);
    }

    private List<Path> shards(String index) throws IOException {
        JsonNode map = JsonFile.read(inside(index)).path("weight_map");
        if (!map.isObject() || map.isEmpty()) {
            throw new ModelFormatException(
                    index + ": no weight_map; the file is damaged: get it again");
        }
        TreeSet<String> names = new TreeSet<>();
        for (JsonNode shard : map) {
            if (!shard.isString()) {
                throw new ModelFormatException(
                        index + ": a shard is no string; the file is damaged: get it again");
            }
            names.add(shard.stringValue());
        }
        List<Path> shards = new ArrayList<>();
        for (String name : names) {
            if (!has(name)) {
                throw new ModelFormatException(
                        "%s: names the file %s, which is not in the folder; get it from the same place"
                                .formatted(index, TensorRanges.printable(name)));
            }
            shards.add(inside(name));
        }
        return shards;
    }

    /// Numbered files without an index, all of them present.
    private List<Path> parts(String stem) throws IOException {
        List<Path> parts = new ArrayList<>();
        for (String name : files.keySet()) {
            Matcher part = PART.matcher(name);
            if (!name.startsWith(stem) || !part.matches()) {
                continue;
            }
            parts.add(inside(name));
            if (Integer.parseInt(part.group(1)) != parts.size()) {
                throw new ModelFormatException(
                        "%s: part %d of %s is missing; get it from the same place"
                                .formatted(name(), parts.size(), part.group(2)));
            }
        }
        if (!parts.isEmpty()) {
            Matcher last = PART.matcher(String.valueOf(parts.getLast().getFileName()));
            if (last.matches() && Integer.parseInt(last.group(2)) != parts.size()) {
                throw new ModelFormatException(
                        "%s: %d of %s parts are there; get the others from the same place"
                                .formatted(name(), parts.size(), last.group(2)));
            }
        }
        return parts;
    }

    /// The file's path, once it is known to lie in the folder.
    private Path inside(String name) throws IOException {
        Path file = files.get(name);
        if (file == null) {
            throw new InvalidPathException(name, "not in the folder");
        }
        Path root = folder.toRealPath();
        Path real = file.toRealPath();
        if (real.startsWith(root)) {
            return file;
        }
        Path snapshots = root.getParent();
        if (snapshots != null
                && snapshots.endsWith("snapshots")
                && real.startsWith(snapshots.resolveSibling("blobs"))) {
            return file;
        }
        throw new ModelFormatException(
                "%s: %s is a link to a place outside; put the file itself into the folder"
                        .formatted(name(), name));
    }
}
