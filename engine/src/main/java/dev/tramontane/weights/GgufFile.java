package dev.tramontane.weights;

import dev.tramontane.tensor.Tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A GGUF file, version 2 or 3, memory-mapped as one segment; or the parts of one that was split,
/// opened by the first, a segment each.
///
/// Opening reads the head alone, however large the file; tensors of types we do not read are listed
/// like all others and refused when somebody asks for them.
public final class GgufFile implements WeightsFile {
    private final List<GgufSplit.Part> parts;
    private final Arena arena;
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final Map<String, GgufSplit.Part> owners = new HashMap<>();

    private GgufFile(List<GgufSplit.Part> parts, Arena arena) {
        this.parts = parts;
        this.arena = arena;
        for (GgufSplit.Part part : parts) {
            for (TensorInfo info : part.head().tensors().values()) {
                GgufSplit.Part earlier = owners.putIfAbsent(info.name(), part);
                if (earlier != null) {
                    throw new ModelFormatException(
                            "%s: tensor %s is in %s as well; get all parts again from one place"
                                    .formatted(
                                            part.location(),
                                            TensorRanges.printable(info.name()),
                                            earlier.location()));
                }
                tensors.put(info.name(), info);
            }
        }
    }

    /// Maps a file, and the other parts beside it where it is the first of several.
    ///
    /// @param arena owns the mappings; tensors end with it
    /// @throws ModelFormatException when the file is damaged or of a version we do not read, or a
    ///   part is missing or of another model
    public static GgufFile open(Path path, Arena arena) throws IOException {
        return open(path, Placement.MAPPED, arena);
    }

    /// Maps a file and its other parts, or copies them into the arena's memory.
    static GgufFile open(Path path, Placement placement, Arena arena) throws IOException {
        return new GgufFile(GgufSplit.open(path, placement, arena), arena);
    }

    @Override
    public FileWatch watch() throws IOException {
        return FileWatch.of(parts.stream().map(GgufSplit.Part::file).toList());
    }

    /// The format's version: 2 or 3.
    public int version() {
        return parts.getFirst().head().version();
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public Tensor tensor(String name) {
        TensorInfo info = tensors.get(name);
        GgufSplit.Part part = owners.get(name);
        if (info == null || part == null) {
            throw new ModelFormatException(
                    location() + ": no tensor " + name + "; the file is incomplete: get it again");
        }
        return info.over(part.file().bytes(), part.location());
    }

    @Override
    public Tensor widened(String name) {
        return tensor(name).widened(arena);
    }

    @Override
    public String location() {
        return parts.getFirst().location();
    }

    @Override
    public Metadata metadata() {
        return parts.getFirst().head().metadata();
    }
}
