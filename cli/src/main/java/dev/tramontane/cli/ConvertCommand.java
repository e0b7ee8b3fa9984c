package dev.tramontane.cli;

import dev.tramontane.model.FileType;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.weights.ModelFolder;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `convert`: a folder of safetensors as a GGUF file, the vision part as a second one.
@Command(
        name = "convert",
        description = {
            "Write a folder of safetensors as a GGUF file.",
            "",
            "A GGUF file is one file with its tokens inside, and other programs run it too. IN is a"
                    + " model's folder as it was published, in Mistral's layout (params.json) or"
                    + " Hugging Face's (config.json), with its tekken.json or a byte-level"
                    + " tokenizer.json; OUT is the file to write."
                    + " The vision part of a model that sees goes to a second file, mmproj-OUT.",
            "",
            "The weights keep their type, so nothing is lost, unless another is named: any of those"
                    + " that quantize knows. The vision part is never quantised."
        })
final class ConvertCommand implements Callable<Integer> {
    private final Stdio io;

    @Parameters(index = "0", paramLabel = "IN", description = "The folder to read.")
    private Path in = Path.of("");

    @Parameters(index = "1", paramLabel = "OUT", description = "The .gguf file to write.")
    private Path out = Path.of("");

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "What the weights become, as BF16 or Q4_K_M (default: what they are).")
    private @Nullable FileType type;

    @Option(names = "--no-vision", description = "Leave the vision part out.")
    private boolean noVision;

    @Mixin private WritingFlags flags = new WritingFlags();

    ConvertCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        try (Arena arena = Arena.ofShared();
                GgufOutput output =
                        new GgufOutput(
                                in,
                                arena,
                                Optional.ofNullable(type),
                                false,
                                flags.force(),
                                flags.threads())) {
            if (output.folder().kind() == ModelFolder.Kind.GGUF) {
                throw new IllegalArgumentException(
                        in
                                + ": is a GGUF file already, expected a folder of safetensors;"
                                + " change its type with tramontane quantize");
            }
            output.planText(out);
            if (!noVision) {
                output.planVision(out.resolveSibling("mmproj-" + out.getFileName()));
            }
            return new Making(io, flags.json()).make(output, "converting");
        }
    }
}
