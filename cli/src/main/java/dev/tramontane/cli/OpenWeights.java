package dev.tramontane.cli;

import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.weights.ModelFolder;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/// A model's files and network, for commands that work on tokens and need no conversation.
///
/// @param arena owns the mapped weights; closed with this record
record OpenWeights(ModelFolder folder, ModelConfig config, ModelWeights weights, Arena arena)
        implements AutoCloseable {
    @SuppressWarnings("MustBeClosedChecker") // whoever gets the record closes it
    static OpenWeights open(Path path) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            ModelFolder folder = ModelFolder.open(path, arena);
            ModelConfig config = ModelConfig.read(folder);
            return new OpenWeights(folder, config, ModelWeights.read(folder, config), arena);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
