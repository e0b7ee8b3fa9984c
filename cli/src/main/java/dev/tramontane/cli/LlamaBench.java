package dev.tramontane.cli;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;

/// A `llama-bench` of llama.cpp that the user has, to compare with in the same run.
///
/// @param binary the program
/// @param model a GGUF file
record LlamaBench(Path binary, Path model, int threads, int depth) {
    LlamaBench {
        if (!Files.isExecutable(binary)) {
            throw new IllegalArgumentException(
                    "--peer is %s, expected the program llama-bench of llama.cpp; build it, or name its path"
                            .formatted(binary));
        }
        if (!Files.isRegularFile(model)) {
            throw new IllegalArgumentException(
                    "%s is no GGUF file, which llama-bench needs; convert it first"
                            .formatted(model));
        }
    }

    /// Tokens a second of one run.
    ///
    /// @param prompt tokens to read, or 0
    /// @param generate tokens to generate, or 0; the other is 0
    double rate(int prompt, int generate) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(binary.toString());
        command.addAll(List.of("-m", model.toString(), "-t", Integer.toString(threads)));
        command.addAll(List.of("-p", Integer.toString(prompt), "-n", Integer.toString(generate)));
        if (depth > 0) { // forks do not all know it
            command.addAll(List.of("-d", Integer.toString(depth)));
        }
        command.addAll(List.of("-r", "1", "-o", "json"));
        Path errors = Files.createTempFile("llama-bench", ".txt");
        try {
            Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
            process.getOutputStream().close();
            String out;
            try (InputStream in = process.getInputStream()) {
                out = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
            int exit = waitFor(process);
            if (exit != 0) {
                throw new IOException(
                        "%s ended with %d: %s".formatted(binary, exit, lastLine(errors)));
            }
            JsonNode rate = Json.parse(binary.toString(), out).path(0).path("avg_ts");
            if (!rate.isNumber()) {
                throw new IOException(
                        "%s printed no avg_ts, expected the JSON of llama-bench".formatted(binary));
            }
            return rate.asDouble();
        } finally {
            Files.delete(errors);
        }
    }

    private static int waitFor(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static String lastLine(Path errors) throws IOException {
        String all = Files.readString(errors, StandardCharsets.ISO_8859_1).strip();
        return all.substring(all.lastIndexOf('\n') + 1);
    }

    /// A row of both programs, run in turn.
    ///
    /// @param first of ours, while code is still being compiled
    /// @param ours tokens a second, run by run
    /// @param theirs the same of llama.cpp
    record Pairs(double first, double[] ours, double[] theirs) {
        /// Ours over theirs, pair by pair, rising.
        double[] ratios() {
            double[] ratios = new double[ours.length];
            Arrays.setAll(ratios, i -> ours[i] / theirs[i]);
            Arrays.sort(ratios);
            return ratios;
        }
    }

    /// Measures a row in pairs, after one run of ours that warms up.
    Pairs pairs(int prompt, int generate, int count, DoubleSupplier ours) throws IOException {
        double[] ourRates = new double[count];
        double[] theirRates = new double[count];
        double first = ours.getAsDouble();
        for (int i = 0; i < count; i++) {
            theirRates[i] = rate(prompt, generate);
            ourRates[i] = ours.getAsDouble();
        }
        return new Pairs(first, ourRates, theirRates);
    }
}
