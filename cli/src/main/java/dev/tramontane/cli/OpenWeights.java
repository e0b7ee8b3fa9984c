package dev.tramontane.cli;

import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.weights.FileWatch;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.Placement;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/// A model's files and network, for commands that work on tokens and need no conversation.
///
/// @param arena owns the weights; closed with this record
/// @param watch of the mapped files; closed with this record
record OpenWeights(
        ModelFolder folder, ModelConfig config, ModelWeights weights, Arena arena, FileWatch watch)
        implements AutoCloseable {
    @SuppressWarnings("MustBeClosedChecker") // whoever gets the record closes it
    static OpenWeights open(Path path, Placement placement) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            ModelFolder folder = ModelFolder.open(path, placement, arena);
            ModelConfig config = ModelConfig.read(folder);
            ModelWeights weights = ModelWeights.read(folder, config);
            return new OpenWeights(folder, config, weights, arena, folder.weights().watch());
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
