package dev.tramontane.cli;

import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.VisionModel;
import dev.tramontane.weights.FileWatch;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.Placement;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;

/// A model's files and network, for commands that work on tokens and need no conversation.
///
/// @param vision where it was asked for, and is there
/// @param arena owns the weights; closed with this record
/// @param watch of the mapped files; closed with this record
record OpenWeights(
        ModelFolder folder,
        ModelConfig config,
        ModelWeights weights,
        Optional<VisionModel> vision,
        Arena arena,
        FileWatch watch)
        implements AutoCloseable {
    /// Without the vision part.
    static OpenWeights open(Path path, Placement placement) throws IOException {
        return open(path, placement, false);
    }

    /// With the vision part, where the model has one that runs here.
    static OpenWeights openSeeing(Path path, Placement placement) throws IOException {
        return open(path, placement, true);
    }

    @SuppressWarnings("MustBeClosedChecker") // whoever gets the record closes it
    private static OpenWeights open(Path path, Placement placement, boolean sees)
            throws IOException {
        Arena arena = Arena.ofShared();
        try {
            ModelFolder folder = ModelFolder.open(path, placement, arena);
            ModelConfig config = ModelConfig.read(folder);
            ModelWeights weights = ModelWeights.read(folder, config);
            Optional<VisionModel> vision =
                    sees ? VisionModel.usable(folder, config.dim()) : Optional.empty();
            FileWatch watch = VisionModel.watch(folder, vision);
            return new OpenWeights(folder, config, weights, vision, arena, watch);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    @Override
    public void close() {
        arena.close();
        watch.close();
    }
}
