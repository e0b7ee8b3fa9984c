package dev.tramontane.tools.sandbox;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.tools.sandbox.Confinement.Access;
import dev.tramontane.tools.sandbox.Confinement.Landlock;
import dev.tramontane.tools.sandbox.Confinement.Rule;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/// Sandboxes with a hole do not pass.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SandboxSelfTestTest {
    /// A sandbox of which the test makes one wall.
    private record Holed(Sessions sessions) implements Sandbox {
        static Holed with(Enclosure enclosure) {
            return new Holed(
                    new Sessions(enclosure, Sessions.python(SandboxOptions.USUAL), 1, false));
        }

        @Override
        public String tier() {
            return "holed";
        }

        @Override
        public RunResult run(Program program, Limits limits) throws InterruptedException {
            return sessions.run(program, limits);
        }

        @Override
        public void close() {
            sessions.close();
        }
    }

    @BeforeEach
    void skip() throws InterruptedException {
        Tier.LANDLOCK.open();
    }

    private static byte[] filter() {
        return SystemCallFilter.forDriver(Architecture.here().orElseThrow()).bytes();
    }

    private static Confinement confinement(OptionalInt uid, Path readable, List<String> command) {
        var rules =
                List.of(
                        new Rule(Access.RUN, Path.of("/lib")),
                        new Rule(Access.RUN, Path.of("/lib64")),
                        new Rule(Access.RUN, Path.of("/usr")),
                        new Rule(Access.RUN, Path.of(command.getFirst())),
                        new Rule(Access.READ, readable),
                        new Rule(Access.WRITE, Path.of(command.get(5)).resolveSibling(".")));
        return new Confinement(
                ProcessHandle.current().pid(), uid, new Landlock(rules, filter()), command);
    }

    @Test
    void a_file_system_that_lies_open_is_found() throws InterruptedException {
        try (var holed =
                Holed.with((_, uid, command) -> confinement(uid, Path.of("/etc"), command))) {
            List<String> got = SandboxSelfTest.attack(holed, List.of());
            assertTrue(got.contains("read /etc/passwd"), got::toString);
            assertFalse(got.contains("open TCP"), got::toString);
            var failure =
                    assertThrows(
                            SandboxUnavailableException.class,
                            () -> SandboxSelfTest.passed(holed, List.of()));
            assertTrue(
                    failure.toString().contains("not safe")
                            && failure.toString().contains("read /etc/passwd"),
                    failure::toString);
            assertThrows(
                    IllegalStateException.class,
                    () -> holed.run(Program.of("pass"), Limits.USUAL),
                    "a sandbox that does not pass is closed");
        }
    }

    @Test
    void a_launcher_that_cannot_do_all_of_it_runs_nothing() throws InterruptedException {
        try (var holed =
                Holed.with(
                        (_, uid, command) ->
                                new Confinement(
                                        ProcessHandle.current().pid() + 1,
                                        uid,
                                        new Landlock(List.of(), filter()),
                                        command))) {
            var failure =
                    assertThrows(
                            SandboxUnavailableException.class,
                            () -> holed.run(Program.of("pass"), Limits.USUAL));
            assertTrue(failure.toString().contains("has ended"), failure::toString);
        }
    }

    @Test
    void a_filter_the_kernel_refuses_is_named() throws InterruptedException {
        try (var holed =
                Holed.with(
                        (_, uid, command) ->
                                new Confinement(
                                        ProcessHandle.current().pid(),
                                        uid,
                                        new Landlock(List.of(), new byte[8]),
                                        command))) {
            var failure =
                    assertThrows(
                            SandboxUnavailableException.class,
                            () -> holed.run(Program.of("pass"), Limits.USUAL));
            assertTrue(
                    failure.toString().contains("seccomp failed with errno 22"), failure::toString);
        }
    }
}
