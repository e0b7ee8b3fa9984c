package dev.tramontane.weights;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/// A read lease on a file (Linux, `fcntl(2)`, section *Leases*): whoever wants to shorten the file
/// or to open it for writing is made to wait until the lease is given back, or until the system's
/// patience ends (`/proc/sys/fs/lease-break-time`, 45 seconds). Replacing the file by a rename
/// makes nobody wait.
///
/// It is granted on local file systems to the file's owner (or with the right `CAP_LEASE`) while
/// nobody has the file open for writing. The system calls are made through the foreign-function
/// interface, which needs native access.
final class FileLease implements AutoCloseable {
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final int F_SETSIG = 10;
    private static final int F_SETLEASE = 1024;
    private static final int F_GETLEASE = 1025;
    private static final int F_RDLCK = 0;
    private static final int F_UNLCK = 2;

    /// What the system sends when somebody waits. By default it would be a signal that ends the
    /// process; this one is ignored, since we ask.
    private static final int SIGURG = 23;

    private final int descriptor;

    private FileLease(int descriptor) {
        this.descriptor = descriptor;
    }

    /// The three calls; looked up when the first lease is taken.
    private static final class Calls {
        static final MethodHandle OPEN =
                function(
                        "open", 2, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
        static final MethodHandle FCNTL =
                function(
                        "fcntl",
                        2,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT);
        static final MethodHandle CLOSE = function("close", 1, ValueLayout.JAVA_INT);

        /// @param named arguments before those of a variable number
        @SuppressWarnings("restricted") // the signatures are those of the C library
        private static MethodHandle function(String name, int named, ValueLayout... arguments) {
            Linker linker = Linker.nativeLinker();
            var signature = FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments);
            return named < arguments.length
                    ? linker.downcallHandle(
                            linker.defaultLookup().findOrThrow(name),
                            signature,
                            Linker.Option.firstVariadicArg(named))
                    : linker.downcallHandle(linker.defaultLookup().findOrThrow(name), signature);
        }
    }

    /// A lease on the file that the path names now; empty where the system gives none.
    static Optional<FileLease> take(Path path) {
        boolean isLinux =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux");
        if (!isLinux || !FileLease.class.getModule().isNativeAccessEnabled()) {
            return Optional.empty();
        }
        int descriptor;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path.toAbsolutePath().toString());
            descriptor = call(() -> (int) Calls.OPEN.invokeExact(name, O_RDONLY_CLOEXEC, 0));
        }
        if (descriptor < 0) {
            return Optional.empty();
        }
        var lease = new FileLease(descriptor);
        if (lease.control(F_SETSIG, SIGURG) < 0 || lease.control(F_SETLEASE, F_RDLCK) < 0) {
            lease.close();
            return Optional.empty();
        }
        return Optional.of(lease);
    }

    /// Whether nobody wants to write the file.
    boolean holds() {
        return control(F_GETLEASE, 0) == F_RDLCK;
    }

    /// Gives the lease back: who waits goes on.
    @Override
    public void close() {
        control(F_SETLEASE, F_UNLCK);
        call(() -> (int) Calls.CLOSE.invokeExact(descriptor));
    }

    private int control(int command, int argument) {
        return call(() -> (int) Calls.FCNTL.invokeExact(descriptor, command, argument));
    }

    private interface Call {
        int make() throws Throwable;
    }

    private static int call(Call call) {
        try {
            return call.make();
        } catch (Throwable e) { // the calls throw nothing
            throw new AssertionError(e);
        }
    }
}
