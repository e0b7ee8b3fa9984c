package dev.tramontane.engine;

import dev.tramontane.image.ImageGrid;
import dev.tramontane.model.VisionConfig;
import dev.tramontane.model.VisionEncoder;
import dev.tramontane.model.VisionModel;

/// How a model sees: what it asks of images, and what they cost.
///
/// @param grid how images are cut
/// @param weightBytes of the vision part
public record Vision(ImageGrid grid, long weightBytes, Work work) {
    /// Multiplications and additions, and memory, by the numbers of the encoder.
    ///
    /// @param aPatch multiply-adds of a patch, but for attention
    /// @param aPair multiply-adds of two patches' seeing each other
    /// @param aToken multiply-adds of a square of patches that becomes a token
    /// @param fixedBytes of memory while an image is encoded
    /// @param patchBytes besides, for each patch
    /// @param tokenBytes of what an image becomes, for each token
    public record Work(
            long aPatch,
            long aPair,
            long aToken,
            long fixedBytes,
            long patchBytes,
            long tokenBytes) {}

    /// Of a model that was read, or is about to be.
    @SuppressWarnings("exports") // a workshop door
    public static Vision of(VisionModel model) {
        VisionConfig config = model.config();
        long dim = config.dim();
        long textDim = model.weights().textDim();
        long square = (long) config.merge() * config.merge();
        long aLayer = 4 * dim * dim + 3 * dim * config.hiddenDim();
        long none = VisionEncoder.workspaceBytes(config, model.weights().bytes(), 0);
        return new Vision(
                new ImageGrid(config.patchSize(), config.imageSize(), config.merge()),
                model.weights().bytes(),
                new Work(
                        config.patchValues() * dim + config.layers() * aLayer,
                        2 * dim * config.layers(),
                        square * dim * dim + dim * textDim + textDim * textDim,
                        none,
                        VisionEncoder.workspaceBytes(config, model.weights().bytes(), 1) - none,
                        textDim * Float.BYTES));
    }

    private long patches(ImageGrid.Tokens tokens) {
        return (long) tokens.count() * grid.mergeSize() * grid.mergeSize();
    }

    /// Multiplications with additions that an image takes: divided by how many the machine does a
    /// second, its time.
    public long multiplyAdds(ImageGrid.Tokens tokens) {
        long patches = patches(tokens);
        return patches * (work.aPatch + work.aPair * patches) + tokens.count() * work.aToken;
    }

    /// Bytes of memory, besides the weights, that an image takes while it is encoded, what comes of
    /// it included.
    public long memoryBytes(ImageGrid.Tokens tokens) {
        return work.fixedBytes + work.patchBytes * patches(tokens) + featureBytes(tokens);
    }

    /// Bytes of what an image becomes, which stay while they are used and as long as there is room.
    public long featureBytes(ImageGrid.Tokens tokens) {
        return work.tokenBytes * tokens.count();
    }
}
