package dev.tramontane.weights;

import dev.tramontane.tensor.Tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;

/// A GGUF file, version 2 or 3, memory-mapped as one segment.
///
/// Opening reads the head alone, however large the file; tensors of types we do not read are listed
/// like all others and refused when somebody asks for them.
public final class GgufFile implements WeightsFile {
    private final String location;
    private final MemorySegment file;
    private final Arena arena;
    private final GgufReader.Head head;

    private GgufFile(String location, MemorySegment file, Arena arena, GgufReader.Head head) {
        this.location = location;
        this.file = file;
        this.arena = arena;
        this.head = head;
    }

    /// Maps a file.
    ///
    /// @param arena owns the mapping; tensors end with it
    /// @throws ModelFormatException when the file is damaged or of a version we do not read
    public static GgufFile open(Path path, Arena arena) throws IOException {
        String location = String.valueOf(path.getFileName());
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MemorySegment file =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return new GgufFile(location, file, arena, new GgufReader(location, file).read());
        }
    }

    /// The format's version: 2 or 3.
    public int version() {
        return head.version();
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(head.tensors());
    }

    @Override
    public Tensor tensor(String name) {
        TensorInfo info = head.tensors().get(name);
        if (info == null) {
            throw new ModelFormatException(
                    location + ": no tensor " + name + "; the file is incomplete: get it again");
        }
        return info.over(file, location);
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
        return head.metadata();
    }
}
