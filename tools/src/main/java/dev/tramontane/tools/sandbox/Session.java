package dev.tramontane.tools.sandbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// A warm sandbox: a confined driver that waits for programs, and its folder. One program at a
/// time.
///
/// The driver ends with the thread that started it, so a thread of the session's own does, and
/// reads its answers. Ending the driver ends the program, which can start nothing that would
/// outlive it; nobody waits for a pipe's end.
final class Session implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 25;
    private static final Duration DRIVERS_SHARE = Duration.ofSeconds(30);

    private static final Duration GRACE = Duration.ofSeconds(5);

    /// A limit on processes counts the driver too, and what keeps its namespace.
    private static final int DRIVERS_PROCESSES = 3;

    private static final System.Logger LOG = System.getLogger(Session.class.getName());

    private sealed interface Answer {}

    private record Line(String text) implements Answer {}

    private record Over(String why) implements Answer {}

    private final RunFolder folder;
    private final boolean countsOwnProcesses;
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean spent;
    private volatile Optional<Process> driver = Optional.empty();

    private Session(RunFolder folder, boolean countsOwnProcesses) {
        this.folder = folder;
        this.countsOwnProcesses = countsOwnProcesses;
    }

    /// Starts a launcher that becomes a driver.
    ///
    /// @param uid who the driver is to be; absent where it stays ours
    /// @param countsOwnProcesses whether a limit on processes counts this session's alone
    static Session start(
            Enclosure enclosure,
            PythonInterpreter python,
            OptionalInt uid,
            boolean countsOwnProcesses)
            throws InterruptedException {
        try {
            var session = new Session(RunFolder.create(uid), countsOwnProcesses);
            boolean begun = false;
            try {
                session.begin(enclosure, python, uid);
                begun = true;
                return session;
            } finally {
                if (!begun) {
                    session.close();
                }
            }
        } catch (IOException failure) {
            throw new SandboxUnavailableException(
                    "a sandbox cannot be laid out: " + failure, failure);
        }
    }

    private void begin(Enclosure enclosure, PythonInterpreter python, OptionalInt uid)
            throws IOException, InterruptedException {
        Path script =
                folder.give(
                        "driver.py",
                        SandboxSelfTest.resource("driver.py").getBytes(StandardCharsets.UTF_8));
        folder.give(
                "filter", SystemCallFilter.forProgram(Architecture.here().orElseThrow()).bytes());
        folder.give("input", new byte[0]);
        Confinement confinement =
                enclosure.around(
                        folder,
                        uid,
                        List.of(
                                python.executable().toString(),
                                "-B",
                                "-s",
                                script.toString(),
                                folder.given().toString(),
                                folder.work().toString(),
                                folder.streams().toString()));
        ProcessBuilder builder = LauncherProcess.of(confinement, folder);
        Thread.ofPlatform().daemon().name("sandbox-driver").start(() -> keep(builder));
        awaitDriver();
        RunWatch.checkSight(driver.orElseThrow());
    }

    private void keep(ProcessBuilder builder) {
        String why = "it ended";
        try {
            Process process = builder.start();
            driver = Optional.of(process);
            if (closed.get()) {
                process.destroyForcibly();
            }
            try (var lines =
                    new BufferedReader(
                            new InputStreamReader(
                                    process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    answers.add(new Line(line));
                }
            }
        } catch (IOException failure) {
            why = failure.toString();
        }
        answers.add(new Over(why));
    }

    private void awaitDriver() throws InterruptedException {
        var said = new ArrayList<String>();
        long deadline = System.nanoTime() + START.toNanos();
        while (true) {
            switch (answers.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                case Line(String text) -> {
                    if (text.startsWith("ready ")) {
                        return;
                    }
                    said.add(text);
                }
                case Over(String why) ->
                        throw new SandboxUnavailableException(
                                "a sandbox does not start: "
                                        + (said.isEmpty() ? why : String.join("; ", said)));
                case null ->
                        throw new SandboxUnavailableException(
                                "a sandbox did not start in %d s; it said: %s"
                                        .formatted(START.toSeconds(), String.join("; ", said)));
            }
        }
    }

    /// Whether another program can be run.
    boolean isReady() {
        return !closed.get()
                && !spent
                && driver.isPresent()
                && driver.get().isAlive()
                && answers.isEmpty();
    }

    RunResult run(Program program, Limits limits) throws InterruptedException {
        try {
            folder.lay(program);
            ask(limits);
            switch (answers.poll(DRIVERS_SHARE.toSeconds(), TimeUnit.SECONDS)) {
                case Line(String text) when text.equals("started") -> {}
                case Line(String text) -> throw broken(text);
                case Over(String why) -> throw broken(why);
                case null -> throw broken("it does not answer");
            }
            var watch = new RunWatch(folder, driver.orElseThrow(), program, limits);
            Ending ending = ending(watch, limits);
            // what was ended from outside may have been the driver, its program being over already
            spent = watch.exceeded().isPresent();
            return ending.result(folder, program, limits, watch.exceeded());
        } catch (IOException failure) {
            throw broken(failure.toString());
        }
    }

    private void ask(Limits limits) throws IOException {
        String command =
                String.format(
                        Locale.ROOT,
                        "run %d %.3f %d %d %d %d\n",
                        limits.processorSeconds(),
                        limits.elapsed().toNanos() / 1e9,
                        limits.memoryBytes(),
                        limits.diskBytes(),
                        Limits.OPEN_FILES,
                        countsOwnProcesses ? limits.threads() + DRIVERS_PROCESSES : 0);
        OutputStream commands = driver.orElseThrow().getOutputStream();
        commands.write(command.getBytes(StandardCharsets.UTF_8));
        commands.flush();
    }

    private Ending ending(RunWatch watch, Limits limits) throws InterruptedException, IOException {
        long began = System.nanoTime();
        long deadline = began + limits.elapsed().plus(DRIVERS_SHARE).toNanos();
        while (true) {
            switch (answers.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                case Line(String text) when text.startsWith("ended ") -> {
                    return Ending.of(text);
                }
                case Line(String text) -> throw broken(text);
                case Over(String why) when watch.exceeded().isEmpty() -> throw broken(why);
                case Over _ -> {
                    return Ending.killed(Duration.ofNanos(System.nanoTime() - began));
                }
                case null -> {
                    watch.look();
                    if (System.nanoTime() > deadline) {
                        throw broken("it does not answer");
                    }
                }
            }
        }
    }

    private RuntimeException broken(String why) {
        if (closed.get()) {
            return new IllegalStateException("the sandbox was closed while a program ran in it");
        }
        return new SandboxUnavailableException("a sandbox's driver failed: " + why);
    }

    /// Ends the driver and its program, and removes the folder.
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        driver.ifPresent(
                process -> {
                    List<ProcessHandle> all =
                            Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                                    .toList();
                    all.forEach(ProcessHandle::destroyForcibly);
                    long deadline = System.nanoTime() + GRACE.toNanos();
                    while (all.stream().anyMatch(ProcessHandle::isAlive)
                            && System.nanoTime() < deadline) {
                        LockSupport.parkNanos(1_000_000);
                    }
                });
        try {
            folder.close();
        } catch (IOException kept) {
            LOG.log(System.Logger.Level.WARNING, "a sandbox's folder is not removed", kept);
        }
    }
}
