package dev.tramontane.tools.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Attacks on a sandbox from within, when it is opened. One that succeeds closes it: what a kernel
/// does not enforce, or an operator has switched off, shows here and not in an incident.
///
/// It finds walls that are missing, not weaknesses in walls that stand. What would cost seconds
/// (floods of memory, output and files) is left to the tests.
final class SandboxSelfTest {
    /// These would harm the machine, or the test itself, if nobody refused them.
    private static final Set<SystemCall> NOT_TRIED =
            EnumSet.of(
                    SystemCall.FORK,
                    SystemCall.VFORK,
                    SystemCall.EXECVE,
                    SystemCall.EXECVEAT,
                    SystemCall.SYNC,
                    SystemCall.VHANGUP,
                    SystemCall.ACCT);

    private static final Pattern END = Pattern.compile("tried (\\d+)");
    private static final int LEAST_ATTACKS = 150;

    private static final String STUBBORN =
            """
            import signal, time
            for each in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
                try:
                    signal.signal(each, signal.SIG_IGN)
                except OSError:
                    pass
            while True:
                time.sleep(1)
            """;

    private SandboxSelfTest() {}

    /// @param readable what programs may read by the operator's wish
    /// @return the sandbox, which is closed if it does not pass
    /// @throws SandboxUnavailableException if an attack succeeds, or cannot be tried
    static <S extends Sandbox> S passed(S sandbox, List<Path> readable)
            throws InterruptedException {
        boolean passed = false;
        try {
            pass(sandbox, readable);
            passed = true;
            return sandbox;
        } finally {
            if (!passed) {
                sandbox.close();
            }
        }
    }

    private static void pass(Sandbox sandbox, List<Path> readable) throws InterruptedException {
        var got = new ArrayList<>(attack(sandbox, readable));
        RunResult stubborn =
                sandbox.run(Program.of(STUBBORN), Limits.USUAL.withElapsed(Duration.ofMillis(300)));
        if (!stubborn.endedBy().equals(Optional.of(RunResult.Limit.TIME))) {
            got.add("outlast the time limit");
        }
        if (!got.isEmpty()) {
            throw new SandboxUnavailableException(
                    "the sandbox %s is not safe on this machine: a program in it can %s; it is not used"
                            .formatted(sandbox.tier(), String.join(", ", got)));
        }
    }

    /// @return what a program in the sandbox can do and must not
    static List<String> attack(Sandbox sandbox, List<Path> readable) throws InterruptedException {
        RunResult result = sandbox.run(probes(readable), Limits.USUAL);
        List<String> lines = result.output().text().lines().toList();
        Matcher end = END.matcher(lines.isEmpty() ? "" : lines.getLast());
        if (!end.matches() || Integer.parseInt(end.group(1)) < LEAST_ATTACKS) {
            throw new SandboxUnavailableException(
                    "the self-test of the sandbox %s did not come to its end: exit code %d, limit %s, after: %s; errors: %s"
                            .formatted(
                                    sandbox.tier(),
                                    result.exit(),
                                    result.endedBy(),
                                    lines,
                                    result.errors().text()));
        }
        return lines.subList(0, lines.size() - 1);
    }

    private static Program probes(List<Path> readable) {
        Architecture architecture = Architecture.here().orElseThrow();
        Set<SystemCall> refused = EnumSet.copyOf(RefusedCalls.TO_ALL);
        refused.addAll(RefusedCalls.TO_PROGRAMS);
        refused.removeAll(NOT_TRIED);
        String calls =
                refused.stream()
                        .filter(call -> call.number(architecture).isPresent())
                        .map(call -> call.number(architecture).getAsInt() + " " + call + "\n")
                        .collect(Collectors.joining());
        return Program.of(resource("probes.py"))
                .withFiles(
                        Map.of(
                                "calls", calls.getBytes(StandardCharsets.UTF_8),
                                "environment", lines(LauncherProcess.NAMES),
                                "readable", lines(readable)));
    }

    private static byte[] lines(Collection<?> each) {
        return each.stream()
                .map(Object::toString)
                .collect(Collectors.joining("\n"))
                .getBytes(StandardCharsets.UTF_8);
    }

    static String resource(String name) {
        try (InputStream in = SandboxSelfTest.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
