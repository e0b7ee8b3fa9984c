package dev.tramontane.chat;

import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.MemoryNeed;
import dev.tramontane.engine.Vision;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.VisionModel;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.weights.ModelFolder;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;

/// What a model would be once it is opened, told by its files: their heads and the vocabulary are
/// read, the weights are not.
///
/// @param name for people
/// @param context positions that prompt and answer have together
/// @param sampling how it wants its tokens chosen, as far as its context goes; seed 0
/// @param talks whether it answers conversations, rather than continuing text
/// @param thinks whether its format can think
/// @param vision how it sees, and what an image costs it; empty where it sees none
/// @param fillsGaps whether it can write the text between two others
/// @param memory that it takes while it is open
public record ModelProfile(
        String name,
        int context,
        SamplingParams sampling,
        boolean talks,
        boolean thinks,
        Optional<Vision> vision,
        boolean fillsGaps,
        MemoryNeed memory) {
    /// Reads a model's files.
    ///
    /// @param path a `.gguf` file, or a folder
    /// @param options that it would be opened with
    /// @throws dev.tramontane.weights.ModelFormatException when the files are no model that runs
    ///   here
    /// @throws IllegalArgumentException when the options ask for what the model does not give
    public static ModelProfile read(Path path, EngineOptions options) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            ModelFolder folder = ModelFolder.open(path, arena);
            ModelConfig config = ModelConfig.read(folder);
            Optional<Vision> vision = VisionModel.usable(folder, config.dim()).map(Vision::of);
            Dialect dialect =
                    Dialect.of(folder, config, LocalModel.Format.FROM_FILES)
                            .seeing(vision.map(Vision::grid));
            long weightBytes = ModelWeights.read(folder, config).bytes();
            int context = MemoryNeed.context(config, weightBytes, options);
            return new ModelProfile(
                    folder.name(),
                    context,
                    dialect.sampling().withMaxTokens(context),
                    dialect.talks(),
                    dialect.thinking().thinks(),
                    vision.filter(_ -> dialect.images().isPresent()),
                    dialect.gaps().isPresent(),
                    MemoryNeed.of(config, weightBytes, options));
        }
    }
}
