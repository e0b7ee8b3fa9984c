package dev.tramontane.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Makes damaged bytes what is to be opened.
interface Damage {
    Opening of(byte[] bytes) throws IOException;

    /// Of one file of a model.
    ///
    /// @param file is overwritten
    /// @param opened what is opened then: the model's folder or file
    static Damage inFile(Path file, Opening opened) {
        return bytes -> {
            overwrite(file, bytes);
            return opened;
        };
    }

    /// Overwrites in place: truncating to nothing first would have the file system flush each time.
    static void overwrite(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), 0);
            channel.truncate(bytes.length);
        }
    }
}
