package dev.tramontane.weights;

import dev.tramontane.tensor.LazyMemory;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/// The bytes of one file of weights, and what the file was when they were taken.
///
/// @param location what messages call it
/// @param bytes all of the file, from its start
/// @param attributes size, time and identity at that moment
record OpenFile(
        Path path,
        String location,
        Placement placement,
        MemorySegment bytes,
        BasicFileAttributes attributes) {
    private static final int CHUNK_BYTES = 64 << 20;
    private static final int ALIGNMENT_BYTES = 64;

    /// @param arena owns the bytes
    static OpenFile of(Path path, Placement placement, Arena arena) throws IOException {
        String location = String.valueOf(path.getFileName());
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            var attributes = Files.readAttributes(path, BasicFileAttributes.class);
            MemorySegment bytes =
                    switch (placement) {
                        case MAPPED ->
                                channel.map(
                                        FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
                        case COPIED -> copy(location, channel, arena);
                    };
            return new OpenFile(path, location, placement, bytes, attributes);
        }
    }

    private static MemorySegment copy(String location, FileChannel channel, Arena arena)
            throws IOException {
        long size = channel.size();
        MemorySegment bytes = LazyMemory.allocate(arena, size, ALIGNMENT_BYTES);
        long at = 0;
        while (at < size) {
            ByteBuffer chunk = bytes.asSlice(at, Math.min(CHUNK_BYTES, size - at)).asByteBuffer();
            int read = channel.read(chunk, at);
            if (read < 0) {
                throw new EOFException(
                        "%s: ends at byte %d while it is read, expected %d; somebody shortened it: get it again"
                                .formatted(location, at, size));
            }
            at += read;
        }
        return bytes;
    }
}
