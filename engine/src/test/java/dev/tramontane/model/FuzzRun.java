package dev.tramontane.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Runs targets of the fuzzer one after the other, each in a process of its own (`mvn -Pfuzz`).
///
/// In the folder each target has its corpus, which a later run goes on from, what the fuzzer said,
/// and what it found.
///
/// @param folder of all targets
/// @param runs executions of each
public record FuzzRun(Path folder, long runs) {
    /// Seconds for one input, however busy the machine.
    private static final int LONGEST_SECONDS = 30;

    private static final Pattern DONE =
            Pattern.compile("#(\\d+)\\s+DONE\\s+cov: (\\d+) .*corp: (\\d+)/");

    /// @param args the folder, how many executions, and the targets' names with commas between, or
    ///   `all`
    public static void main(String[] args) throws IOException, InterruptedException {
        var run = new FuzzRun(Path.of(args[0]), Long.parseLong(args[1]));
        List<String> names =
                args[2].equals("all") ? FuzzTarget.names() : List.of(args[2].split(","));
        boolean isClean = true;
        for (String name : names) {
            isClean &= run.fuzz(name);
        }
        System.exit(isClean ? 0 : 1);
    }

    /// Whether a target's run ends without a finding.
    private boolean fuzz(String name) throws IOException, InterruptedException {
        Path home = folder.resolve(name);
        Path corpus = Files.createDirectories(home.resolve("corpus"));
        List<byte[]> seeds = FuzzTarget.named(name).seeds();
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(corpus.resolve("seed" + i), seeds.get(i));
        }
        Path log = home.resolve("log");
        long start = System.nanoTime();
        Process fuzzer =
                new ProcessBuilder(command(name, home, corpus))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        Runtime.getRuntime().addShutdownHook(new Thread(fuzzer::destroy));
        int status = fuzzer.waitFor();
        System.out.println(report(name, status, Duration.ofNanos(System.nanoTime() - start), log));
        return status == 0;
    }

    private List<String> command(String name, Path home, Path corpus) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+EnableDynamicAgentLoading",
                "-Xmx1g",
                "-ea",
                "-Dfuzz.target=" + name,
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + Fuzzed.class.getName(),
                "--instrumentation_includes=dev.tramontane.**",
                "--custom_hook_includes=dev.tramontane.**",
                "--reproducer_path=" + home,
                "-runs=" + runs,
                "-timeout=" + LONGEST_SECONDS,
                "-artifact_prefix=" + home + "/",
                corpus.toString());
    }

    private static String report(String name, int status, Duration took, Path log)
            throws IOException {
        String said = Files.readString(log, StandardCharsets.ISO_8859_1);
        Matcher done = DONE.matcher(said);
        if (status != 0 || !done.find()) {
            return "%s: a finding, or no run (status %d); read %s".formatted(name, status, log);
        }
        return "%s: %s runs in %d s, %s edges, %s inputs kept"
                .formatted(name, done.group(1), took.toSeconds(), done.group(2), done.group(3));
    }
}
