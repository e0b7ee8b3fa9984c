package dev.tramontane.tools.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/// The warm sandboxes of one tier. Starting one takes as long as starting a small virtual machine
/// and a Python; a program in one that waits takes a few milliseconds.
final class Sessions implements AutoCloseable {
    /// Users that systemd hands to services for as long as they run, and nobody owns files as.
    private static final int FIRST_USER = 61_184;

    private static final int LAST_USER = 65_519;

    private static final System.Logger LOG = System.getLogger(Sessions.class.getName());

    private static final String CLOSED = "the sandbox is closed";

    private final Enclosure enclosure;
    private final PythonInterpreter python;
    private final boolean ownNamespace;
    private final Semaphore places;
    private final Queue<Session> waiting = new ConcurrentLinkedQueue<>();
    private final Set<Session> all = ConcurrentHashMap.newKeySet();
    private final SecureRandom random = new SecureRandom();
    private volatile boolean closed;

    /// @param ownNamespace whether the enclosure counts a user's processes apart from the machine's
    Sessions(Enclosure enclosure, PythonInterpreter python, int places, boolean ownNamespace) {
        this.enclosure = enclosure;
        this.python = python;
        this.places = new Semaphore(places, true);
        this.ownNamespace = ownNamespace;
        try {
            RunFolder.sweep();
        } catch (IOException left) {
            LOG.log(System.Logger.Level.DEBUG, "what killed processes left is not removed", left);
        }
    }

    RunResult run(Program program, Limits limits) throws InterruptedException {
        places.acquire();
        try {
            Session session = take();
            boolean finished = false;
            try {
                RunResult result = session.run(program, limits);
                finished = true;
                return result;
            } finally {
                if (finished && session.isReady()) {
                    waiting.add(session);
                } else {
                    discard(session);
                }
            }
        } finally {
            places.release();
            if (closed) {
                close();
            }
        }
    }

    private Session take() throws InterruptedException {
        if (closed) {
            throw new IllegalStateException(CLOSED);
        }
        for (Session each = waiting.poll(); each != null; each = waiting.poll()) {
            if (each.isReady()) {
                return each;
            }
            discard(each);
        }
        OptionalInt user = isRoot() ? OptionalInt.of(userWithoutRights()) : OptionalInt.empty();
        Session session = Session.start(enclosure, python, user, user.isPresent() || ownNamespace);
        all.add(session);
        if (closed) {
            discard(session);
            throw new IllegalStateException(CLOSED);
        }
        return session;
    }

    private void discard(Session session) {
        session.close();
        all.remove(session);
    }

    @Override
    public void close() {
        closed = true;
        all.forEach(this::discard);
    }

    /// Whether we could become somebody else, and so must.
    static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException noLinux) {
            return false;
        }
    }

    /// Another one for each session, so that they cannot even see each other.
    private int userWithoutRights() {
        int user = FIRST_USER + random.nextInt(LAST_USER - FIRST_USER + 1);
        if (!isMapped(user)) {
            throw new SandboxUnavailableException(
                    "we are root in a container whose users end before %d, so there is nobody to run programs as; run as a user without rights"
                            .formatted(user));
        }
        return user;
    }

    private static boolean isMapped(int user) {
        try {
            // inside, outside, count
            return Files.readAllLines(Path.of("/proc/self/uid_map")).stream()
                    .map(line -> line.strip().split("\\s+"))
                    .anyMatch(
                            range -> {
                                long first = Long.parseLong(range[0]);
                                return user >= first && user < first + Long.parseLong(range[2]);
                            });
        } catch (IOException unknown) {
            return true;
        }
    }

    /// @return the interpreter the options name or the machine has, for whoever will run it
    static PythonInterpreter python(SandboxOptions options) {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            throw new SandboxUnavailableException(
                    "programs are run on Linux only, and this is " + System.getProperty("os.name"));
        }
        if (Architecture.here().isEmpty()) {
            throw new SandboxUnavailableException(
                    "the system calls of %s are not known here; expected x86-64 or 64-bit ARM"
                            .formatted(System.getProperty("os.arch")));
        }
        return PythonInterpreter.find(options.python(), isRoot());
    }

    /// @return the program of a name on the PATH
    static Optional<Path> onPath(String name) {
        return java.util.stream.Stream.of("/usr/bin", "/usr/local/bin", "/bin")
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
