package dev.tramontane.server.telemetry;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/// Where the lines of a log go. For one thread.
public sealed interface LogTarget extends Closeable {
    /// @param lines whole ones
    void write(byte[] lines) throws IOException;

    /// A stream that stays its owner's.
    record Stream(OutputStream out) implements LogTarget {
        @Override
        public void write(byte[] lines) throws IOException {
            out.write(lines);
            out.flush();
        }

        @Override
        public void close() {}
    }

    /// A file that lines are appended to. When it has been moved away or replaced, it is made anew:
    /// whoever rotates logs moves it, and need not say so.
    final class AppendedFile implements LogTarget {
        private final Path path;
        private OutputStream out;
        private Object identity;

        /// @throws IOException when it cannot be written
        public AppendedFile(Path path) throws IOException {
            this.path = path;
            this.out = open(path);
            this.identity = identity(path);
        }

        private static OutputStream open(Path path) throws IOException {
            return Files.newOutputStream(
                    path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }

        /// What tells a file from one that has taken its name: on file systems that have nothing of
        /// the kind, when it was made.
        private static Object identity(Path path) throws IOException {
            BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
            return Objects.requireNonNullElse(file.fileKey(), file.creationTime());
        }

        @Override
        public void write(byte[] lines) throws IOException {
            if (isElsewhere()) {
                out.close();
                out = open(path);
                identity = identity(path);
            }
            out.write(lines);
        }

        private boolean isElsewhere() throws IOException {
            try {
                return !identity(path).equals(identity);
            } catch (NoSuchFileException _) {
                return true;
            }
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
