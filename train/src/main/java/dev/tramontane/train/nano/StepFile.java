package dev.tramontane.train.nano;

import dev.tramontane.train.SftStep;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// A line of JSON for every step, written as steps end. A run that goes on from a state repeats the
/// steps behind it: their old lines are dropped.
final class StepFile implements AutoCloseable {
    private final Path file;
    private final JsonMapper mapper = new JsonMapper();
    private @Nullable BufferedWriter writer;
    private long begun = System.nanoTime();

    StepFile(Path file) {
        this.file = file;
    }

    /// Adds a step.
    ///
    /// @return seconds since the step before, or since this was made
    double add(SftStep step) {
        long now = System.nanoTime();
        double seconds = (now - begun) / 1e9;
        begun = now;
        var line = mapper.createObjectNode();
        line.put("step", step.step())
                .put("loss", step.loss())
                .put("entropy", step.entropy())
                .put("norm", step.gradientNorm())
                .put("rate", step.rate())
                .put("tokens", step.tokens())
                .put("learned", step.learnedTokens())
                .put("examples", step.examples())
                .put("seconds", seconds);
        try {
            if (writer == null) {
                keepBefore(step.step());
                writer =
                        Files.newBufferedWriter(
                                file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
            writer.write(line + "\n");
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return seconds;
    }

    /// Keeps whole lines of earlier steps.
    private void keepBefore(long step) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        List<String> kept =
                Files.readString(file)
                        .lines()
                        .filter(line -> line.endsWith("}"))
                        .filter(line -> mapper.readTree(line).path("step").longValue() < step)
                        .toList();
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        Files.write(beside, kept, StandardCharsets.UTF_8);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
        if (writer != null) {
            writer.close();
        }
    }
}
