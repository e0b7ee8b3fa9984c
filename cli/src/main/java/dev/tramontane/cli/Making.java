package dev.tramontane.cli;

import dev.tramontane.terminal.Stdio;

import org.jline.utils.Signals;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;

/// Writes a command's files, with a progress line, a way to stop, and a summary at the end.
///
/// @param json whether the summary is JSON
record Making(Stdio io, boolean json) {
    /// @param verb what is done, for the progress line
    /// @return the exit code
    int make(GgufOutput output, String verb) throws IOException {
        var progress = new ProgressLine(io, verb);
        Object interrupt = Signals.register("INT", progress::stop);
        Object terminate = Signals.register("TERM", progress::stop);
        try {
            ObjectNode made = output.write(progress);
            if (json) {
                io.out().println(made);
            } else {
                describe("text", made);
                describe("vision", made);
            }
            return 0;
        } catch (CancellationException _) {
            io.err().println("tramontane: stopped; no unfinished file is left");
            return Interrupts.EXIT_CODE;
        } finally {
            Signals.unregister("INT", interrupt);
            Signals.unregister("TERM", terminate);
        }
    }

    private void describe(String part, ObjectNode made) {
        JsonNode file = made.path(part);
        if (file.isMissingNode()) {
            return;
        }
        String tensors =
                file.path("tensors")
                        .propertyStream()
                        .map(type -> type.getValue() + " " + type.getKey())
                        .collect(Collectors.joining(", "));
        io.out()
                .printf(
                        Locale.ROOT,
                        "%s  %s, tensors: %s%n",
                        file.path("path").stringValue(),
                        ProgressLine.size(file.path("bytes").longValue()),
                        tensors);
    }
}
