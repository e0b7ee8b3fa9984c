package dev.tramontane.cli;

import dev.tramontane.model.FileType;
import dev.tramontane.terminal.Stdio;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `quantize`: a model again, with fewer bits for each weight.
@Command(
        name = "quantize",
        description = {
            "Write a model again with fewer bits for each weight.",
            "",
            "IN is a .gguf file or a folder of safetensors, OUT the .gguf file to write. A model of"
                    + " 24 billion weights takes this much, and loses more the further down you go:",
            "",
            "  Q8_0    25.0 GB  as good as the original",
            "  Q6_K    19.3 GB  no loss that one would notice",
            "  Q5_K_M  16.8 GB  a little loss",
            "  Q4_K_M  14.3 GB  what most people run",
            "  IQ4_XS  12.9 GB  a little smaller, almost as good",
            "  Q3_K_M  11.5 GB  where memory is short",
            "  Q2_K     8.9 GB  the last resort",
            "",
            "Also F32, F16, BF16, Q5_K_S, Q5_0, Q5_1, Q4_K_S, Q4_0, Q4_1, IQ4_NL, MXFP4, Q3_K_L,"
                    + " Q3_K_S, TQ2_0 and TQ1_0. Which matrices get more bits than the others is"
                    + " llama.cpp's choice. Where a type's blocks do not fit the rows, a near type"
                    + " takes its place."
        })
final class QuantizeCommand implements Callable<Integer> {
    private final Stdio io;

    @Parameters(index = "0", paramLabel = "IN", description = "The model to read.")
    private Path in = Path.of("");

    @Parameters(index = "1", paramLabel = "OUT", description = "The .gguf file to write.")
    private Path out = Path.of("");

    @Option(
            names = "--type",
            required = true,
            paramLabel = "TYPE",
            description = "What most weights become, as above; Q4_K means Q4_K_M.")
    private FileType type = FileType.Q4_K_M;

    @Option(names = "--pure", description = "Give every matrix this type, none of them more bits.")
    private boolean pure;

    @Option(
            names = "--requantize",
            description =
                    "Take a model that is quantised itself; what was lost then is lost on top of"
                            + " what is lost now.")
    private boolean requantize;

    @Mixin private WritingFlags flags = new WritingFlags();

    QuantizeCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        try (Arena arena = Arena.ofShared();
                GgufOutput output =
                        new GgufOutput(
                                in,
                                arena,
                                Optional.of(type),
                                pure,
                                flags.force(),
                                flags.threads())) {
            refuseQuantizedSource(output);
            output.planText(out);
            return new Making(io, flags.json()).make(output, "quantizing");
        }
    }

    private void refuseQuantizedSource(GgufOutput output) {
        boolean isFloat = output.text().sourceType().blockLength() == 1;
        if (!isFloat && !requantize) {
            throw new IllegalArgumentException(
                    "%s: most weights are %s already, expected F32, F16 or BF16; give the original, or accept a second loss with --requantize"
                            .formatted(in, output.text().sourceType()));
        }
    }
}
