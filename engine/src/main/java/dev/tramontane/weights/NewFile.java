package dev.tramontane.weights;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Writes a file that appears under its name only when it is complete and on the disk; one that was
/// there, perhaps mapped by somebody, keeps its content until then and is never edited. What cannot
/// be finished leaves nothing behind.
final class NewFile {
    private static final int CHUNK_BYTES = 1 << 20;

    private NewFile() {}

    /// What goes into the file.
    interface Content {
        void write(FileChannel channel) throws IOException;
    }

    /// Writes the file, replacing one that is there.
    static void write(Path path, Content content) throws IOException {
        write(path, true, content);
    }

    /// Writes the file.
    ///
    /// @param replace whether one that is there may go
    /// @throws java.nio.file.FileAlreadyExistsException when it may not, and is
    static void write(Path path, boolean replace, Content content) throws IOException {
        if (!replace && Files.exists(path)) {
            throw new FileAlreadyExistsException(path.toString());
        }
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
            if (replace) {
                Files.move(unfinished, path, StandardCopyOption.REPLACE_EXISTING);
            } else {
                Files.move(unfinished, path);
            }
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            throw new FileSystemException(
                    path.toString(),
                    null,
                    "could not be written to its end ("
                            + e.getMessage()
                            + "), and nothing is left of it; free some of the disk, or write to"
                            + " another");
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
