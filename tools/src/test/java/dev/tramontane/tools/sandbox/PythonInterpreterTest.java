package dev.tramontane.tools.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/// Interpreters here are shell scripts that answer as a Python would.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PythonInterpreterTest {
    @TempDir Path folder;

    private Path script(String name, String body, String permissions) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "skipped: no /bin/sh");
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return file;
    }

    private static String refusal(Path candidate, boolean byOthers) {
        return assertThrows(
                        SandboxUnavailableException.class,
                        () -> PythonInterpreter.find(Optional.of(candidate), byOthers))
                .toString();
    }

    @Test
    void a_shim_leads_to_the_interpreter_behind_it() throws IOException {
        Path behind = script("behind", "", "rwxr-xr-x");
        Path shim =
                script(
                        "shim",
                        "printf '%s\\n' "
                                + behind
                                + " "
                                + behind
                                + " 3.13.1 1 /usr/lib/python3.13 /opt/packages",
                        "rwxr-xr-x");
        PythonInterpreter python = PythonInterpreter.find(Optional.of(shim), false);
        assertEquals(
                new PythonInterpreter(
                        behind,
                        behind,
                        "3.13.1",
                        List.of(Path.of("/usr/lib/python3.13"), Path.of("/opt/packages"))),
                python);
    }

    @Test
    void nothing_in_the_folder_where_it_is_asked_is_run() throws IOException {
        Optional<Path> python = Sessions.onPath("python3");
        assumeTrue(python.isPresent(), "skipped: no python3");
        Path ran = folder.resolve("ran");
        Files.writeString(
                folder.resolve("sysconfig.py"), "open('%s', 'w').close()\n".formatted(ran));
        Path there =
                script(
                        "there",
                        "cd '%s' && exec %s \"$@\"".formatted(folder, python.get()),
                        "rwxr-xr-x");
        List<Path> libraries = PythonInterpreter.find(Optional.of(there), false).libraries();
        assertTrue(Files.notExists(ran));
        assertFalse(libraries.contains(folder.toRealPath()), libraries::toString);
    }

    @Test
    void an_interpreter_is_asked_in_the_root_folder() throws IOException {
        Path python =
                script(
                        "python",
                        "printf '%s\\n' \"$0\" \"$0\" 3.13.1 1 \"$(pwd -P)\"",
                        "rwxr-xr-x");
        assertEquals(
                List.of(Path.of("/")),
                PythonInterpreter.find(Optional.of(python), false).libraries());
    }

    @Test
    void an_interpreter_that_others_cannot_reach_is_refused_by_name() throws IOException {
        Path closed =
                script("closed", "printf '%s\\n' \"$0\" \"$0\" 3.13.1 1 /usr/lib", "rwx------");
        String refusal = refusal(closed, true);
        assertTrue(refusal.contains(closed + " is closed to other users"), refusal);
        assertTrue(refusal.contains("install the system's package python3"), refusal);
        assertEquals(closed, PythonInterpreter.find(Optional.of(closed), false).executable());
    }

    @Test
    void what_is_no_python_is_refused_with_what_it_said() throws IOException {
        Path broken = script("broken", "echo pyenv: no such version; exit 1", "rwxr-xr-x");
        assertTrue(refusal(broken, false).contains("exit code 1: pyenv: no such version"));
        Path old = script("old", "printf '%s\\n' \"$0\" \"$0\" 2.7.18 0 /usr/lib", "rwxr-xr-x");
        assertTrue(refusal(old, false).contains("version 2.7.18, expected CPython 3.8 or newer"));
        Path absent = folder.resolve("absent");
        assertTrue(refusal(absent, false).contains(absent + ": not an executable file"));
    }
}
