package dev.tramontane.weights;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One safetensors file or a sharded set, memory-mapped.
public final class SafetensorsFile implements WeightsFile {
    private final String location;
    private final Arena arena;
    private final Map<String, Shard> shards;
    private final Map<String, TensorInfo> tensors;

    /// One file of a set.
    private record Shard(String location, MemorySegment file) {}

    private SafetensorsFile(
            String location,
            Arena arena,
            Map<String, Shard> shards,
            Map<String, TensorInfo> tensors) {
        this.location = location;
        this.arena = arena;
        this.shards = shards;
        this.tensors = tensors;
    }

    /// Maps one file.
    ///
    /// @param arena owns the mapping; tensors end with it
    /// @throws ModelFormatException when the file is damaged
    public static SafetensorsFile open(Path path, Arena arena) throws IOException {
        return open(String.valueOf(path.getFileName()), List.of(path), arena);
    }

    /// Maps a set of files that together hold a model's tensors, each name once.
    ///
    /// @param location what messages call the set
    static SafetensorsFile open(String location, List<Path> files, Arena arena) throws IOException {
        Map<String, Shard> shards = new LinkedHashMap<>();
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        for (Path path : files) {
            Shard shard = map(path, arena);
            for (TensorInfo info : SafetensorsHeader.read(shard.location, shard.file).values()) {
                Shard earlier = shards.putIfAbsent(info.name(), shard);
                if (earlier != null) {
                    throw new ModelFormatException(
                            "%s: tensor %s is in %s as well; keep the files of one download only"
                                    .formatted(
                                            shard.location,
                                            TensorRanges.printable(info.name()),
                                            earlier.location));
                }
                tensors.put(info.name(), info);
            }
        }
        return new SafetensorsFile(location, arena, shards, tensors);
    }

    private static Shard map(Path path, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return new Shard(
                    String.valueOf(path.getFileName()),
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        }
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public Tensor tensor(String name) {
        TensorInfo info = tensors.get(name);
        Shard shard = shards.get(name);
        if (info == null || shard == null) {
            throw new ModelFormatException(
                    location + ": no tensor " + name + "; the model is incomplete: get it again");
        }
        Tensor tensor = info.over(shard.file, shard.location);
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
