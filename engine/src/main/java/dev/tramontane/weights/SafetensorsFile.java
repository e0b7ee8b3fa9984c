package dev.tramontane.weights;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One safetensors file or a sharded set, memory-mapped.
public final class SafetensorsFile implements WeightsFile {
    private final String location;
    private final Arena arena;
    private final List<OpenFile> files;
    private final Map<String, OpenFile> shards;
    private final Map<String, TensorInfo> tensors;
    private final Map<String, String> notes;

    private SafetensorsFile(
            String location,
            Arena arena,
            List<OpenFile> files,
            Map<String, OpenFile> shards,
            Map<String, TensorInfo> tensors,
            Map<String, String> notes) {
        this.location = location;
        this.arena = arena;
        this.files = files;
        this.shards = shards;
        this.tensors = tensors;
        this.notes = notes;
    }

    /// Maps one file.
    ///
    /// @param arena owns the mapping; tensors end with it
    /// @throws ModelFormatException when the file is damaged
    public static SafetensorsFile open(Path path, Arena arena) throws IOException {
        return open(String.valueOf(path.getFileName()), List.of(path), Placement.MAPPED, arena);
    }

    /// Maps a set of files that together hold a model's tensors, each name once.
    ///
    /// @param location what messages call the set
    static SafetensorsFile open(String location, List<Path> paths, Placement placement, Arena arena)
            throws IOException {
        List<OpenFile> files = new ArrayList<>();
        Map<String, OpenFile> shards = new LinkedHashMap<>();
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        Map<String, String> notes = new LinkedHashMap<>();
        for (Path path : paths) {
            OpenFile shard = OpenFile.of(path, placement, arena);
            files.add(shard);
            SafetensorsHeader.Head head = SafetensorsHeader.read(shard.location(), shard.bytes());
            head.notes().forEach(notes::putIfAbsent);
            for (TensorInfo info : head.tensors().values()) {
                OpenFile earlier = shards.putIfAbsent(info.name(), shard);
                if (earlier != null) {
                    throw new ModelFormatException(
                            "%s: tensor %s is in %s as well; keep the files of one download only"
                                    .formatted(
                                            shard.location(),
                                            TensorRanges.printable(info.name()),
                                            earlier.location()));
                }
                tensors.put(info.name(), info);
            }
        }
        return new SafetensorsFile(location, arena, files, shards, tensors, notes);
    }

    @Override
    public FileWatch watch() throws IOException {
        return FileWatch.of(files);
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /// The strings of `__metadata__`, a thousand of a file and a million characters at most; of a
    /// set, the first file's where two have the same.
    public Map<String, String> notes() {
        return Collections.unmodifiableMap(notes);
    }

    @Override
    public Tensor tensor(String name) {
        TensorInfo info = tensors.get(name);
        OpenFile shard = shards.get(name);
        if (info == null || shard == null) {
            throw new ModelFormatException(
                    location + ": no tensor " + name + "; the model is incomplete: get it again");
        }
        Tensor tensor = info.over(shard.bytes(), shard.location());
        return tensor.type() == DType.F8_E4M3
                ? tensor.scaled(Fp8Scales.read(this, name, tensor))
                : tensor;
    }

    @Override
    public Tensor widened(String name) {
        return tensor(name).widened(arena);
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public Metadata metadata() {
        return new Metadata(location, Map.of());
    }
}
