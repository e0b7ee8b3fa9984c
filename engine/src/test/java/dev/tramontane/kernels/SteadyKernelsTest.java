package dev.tramontane.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// {@link SteadyKernels} in a process of its own: what the compiler makes of a loop depends on what
/// ran before, and here that is what a program runs, not hundreds of tests.
class SteadyKernelsTest {
    @TempDir private Path folder;

    @Test
    void every_vector_kernel_stays_fast_and_makes_no_garbage()
            throws IOException, InterruptedException {
        assertEquals(List.of(), complaints("vector"));
    }

    @Test
    void every_kernel_does_after_the_other_set_has_run() throws IOException, InterruptedException {
        assumeTrue(AssembledKernels.obstacle().isEmpty(), AssembledKernels.obstacle());
        assertEquals(List.of(), complaints("assembled", "vector"));
    }

    private List<String> complaints(String... sets) throws IOException, InterruptedException {
        String paths =
                System.getProperty("java.class.path")
                        + File.pathSeparator
                        + System.getProperty("jdk.module.path", "");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-modules=jdk.incubator.vector",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                paths
                                        + File.pathSeparator
                                        + Path.of("target", "test-classes").toAbsolutePath(),
                                SteadyKernels.class.getName()));
        command.addAll(List.of(sets));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        assertEquals(0, process.waitFor(), Files.readString(err));
        return Files.readAllLines(out);
    }
}
