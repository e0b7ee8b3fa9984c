package dev.tramontane.server.store;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Who has a database's file open: each process holds a lock on a file beside it, shared with the
/// others, and alone while it opens the database. So whoever gets it alone knows that all others
/// have gone, also those that were killed.
final class FileUse implements AutoCloseable {
    static final FileUse NONE = new FileUse(null, null);

    private final @Nullable FileChannel channel;
    private @Nullable FileLock lock;

    private FileUse(@Nullable FileChannel channel, @Nullable FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /// Waits until nobody else is opening it.
    static FileUse of(Path database) throws IOException {
        Path file = database.resolveSibling(database.getFileName() + ".lock");
        FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            FileLock alone = channel.tryLock();
            return new FileUse(
                    channel, alone == null ? channel.lock(0, Long.MAX_VALUE, true) : alone);
        } catch (OverlappingFileLockException _) { // another server of this very process
            return new FileUse(channel, null);
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    /// Whether no other process has it open.
    boolean isAlone() {
        return lock != null && !lock.isShared();
    }

    /// Lets others in.
    void share() throws IOException {
        if (isAlone() && channel != null && lock != null) {
            lock.release();
            lock = channel.lock(0, Long.MAX_VALUE, true);
        }
    }

    @Override
    public void close() {
        if (channel != null) {
            try {
                channel.close(); // and with it the lock
            } catch (IOException e) {
                throw new IllegalStateException("the lock beside the database cannot be let go", e);
            }
        }
    }
}
