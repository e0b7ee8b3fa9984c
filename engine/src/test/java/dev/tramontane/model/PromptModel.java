package dev.tramontane.model;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockTable;
import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.CacheType;
import dev.tramontane.cache.KvCache;
import dev.tramontane.image.ImagePatches;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.ModelFolder;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// A model with a cache for one prompt.
final class PromptModel implements AutoCloseable {
    private static final int POSITIONS = 320;

    private final Arena arena = Arena.ofShared();
    private final Kernels kernels;
    private final Transformer transformer;
    private final KvCache cache;
    private final BlockTable table = new BlockTable();
    private final Optional<VisionEncoder> encoder;

    PromptModel(Path path, Kernels kernels) throws IOException {
        this.kernels = kernels;
        ModelFolder folder = ModelFolder.open(path, arena);
        ModelConfig config = ModelConfig.read(folder);
        encoder =
                VisionModel.read(folder, config.dim())
                        .map(
                                vision ->
                                        new VisionEncoder(
                                                vision.config(),
                                                vision.weights(),
                                                kernels,
                                                CacheType.F32,
                                                () -> {}));
        ModelWeights weights = ModelWeights.read(folder, config);
        transformer = new Transformer(config, weights, kernels, arena, POSITIONS, POSITIONS);
        int blocks = POSITIONS / KvCache.BLOCK_SIZE;
        cache =
                new KvCache(
                        arena,
                        new CacheFormat(CacheType.F32, config.kvHeads(), config.headDim()),
                        config.layers(),
                        blocks);
        for (int block = blocks - 1; block >= 0; block--) {
            table.append(block);
        }
    }

    /// What the model sees images as.
    List<Tensor> vectors(List<ImagePatches> images) {
        return encoder.orElseThrow().encode(images, arena);
    }

    float[][] logits(int[] ids) {
        return logits(ids, List.of());
    }

    /// With vectors in the place of some tokens.
    float[][] logits(int[] ids, List<Batch.Given> given) {
        int[] rows = IntStream.range(0, ids.length).toArray();
        Tensor logits = forward(ids, given, rows);
        return IntStream.of(rows).mapToObj(logits::row).toArray(float[][]::new);
    }

    float[] lastLogits(int[] ids) {
        return forward(ids, List.of(), ids.length - 1).row(0);
    }

    private Tensor forward(int[] ids, List<Batch.Given> given, int... rows) {
        var slice = new Batch.Slice(0, ids.length, 0, table);
        return transformer.forward(new Batch(ids, List.of(slice), rows, new int[0], given), cache);
    }

    @Override
    public void close() {
        kernels.close();
        arena.close();
    }
}
