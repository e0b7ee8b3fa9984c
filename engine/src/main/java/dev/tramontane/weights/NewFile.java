package dev.tramontane.weights;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Writes a file that appears under its name only when it is complete and on the disk; one that was
/// there, perhaps mapped by somebody, keeps its content until then and is never edited.
final class NewFile {
    private static final int CHUNK_BYTES = 1 << 20;

    private NewFile() {}

    /// What goes into the file.
    interface Content {
        void write(FileChannel channel) throws IOException;
    }

    static void write(Path path, Content content) throws IOException {
        Path unfinished = path.resolveSibling(path.getFileName() + ".part");
        try {
            try (FileChannel channel =
                    FileChannel.open(
                            unfinished,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE)) {
                content.write(channel);
                channel.force(true);
            }
            Files.move(unfinished, path, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    static void append(FileChannel channel, MemorySegment content) throws IOException {
        byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, content.byteSize())];
        for (long at = 0; at < content.byteSize(); at += chunk.length) {
            int length = (int) Math.min(chunk.length, content.byteSize() - at);
            MemorySegment.copy(content, at, MemorySegment.ofArray(chunk), 0, length);
            ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, length);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }
}
