package dev.tramontane.engine;

import dev.tramontane.image.ImageGrid;
import dev.tramontane.image.ImagePatches;
import dev.tramontane.image.RgbImage;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.VisionEncoder;
import dev.tramontane.model.VisionModel;
import dev.tramontane.weights.FileWatch;

import java.lang.foreign.Arena;
import java.util.List;

/// How fast this machine encodes a model's images, from a short measurement on the model's own
/// weights. Larger images take longer in proportion to their multiplications.
///
/// @param multiplyAddsPerSecond multiplications with additions
public record ImageSpeed(double multiplyAddsPerSecond) {
    /// A measurement shorter than this says little.
    private static final double ENOUGH_SECONDS = 0.1;

    /// As many patches as are computed at a time: fewer take longer, each, to read the same
    /// weights.
    private static final int FIRST_SIDE = 8;

    /// Encodes images of noise, ever larger ones until that takes long enough, the first of a size
    /// only to have weights in memory and code compiled. Seconds with a full-size encoder, besides
    /// what weights take that are read from a disk.
    ///
    /// @param options with which kernels and threads
    /// @param weightBytes of the whole model, text network included
    @SuppressWarnings("exports") // a workshop door
    public static ImageSpeed measure(VisionModel model, EngineOptions options, long weightBytes) {
        FileWatch nothing = FileWatch.nothing();
        return measure(model, options, weightBytes, nothing, WeightReaders.ofCaller());
    }

    /// The same on weights that may be freed meanwhile.
    ///
    /// @param watch looked at before the weights are read
    /// @param readers of whom this is one
    static ImageSpeed measure(
            VisionModel model,
            EngineOptions options,
            long weightBytes,
            FileWatch watch,
            WeightReaders readers) {
        Vision vision = Vision.of(model);
        try (Kernels kernels = KernelSelection.open(options, weightBytes)) {
            VisionEncoder encoder = Engine.encoder(model, kernels, watch);
            int most = vision.grid().largest().columns();
            int side = Math.min(FIRST_SIDE, most);
            while (true) {
                var tokens = new ImageGrid.Tokens(side, side);
                ImagePatches noise = noise(tokens, vision.grid());
                double first = seconds(encoder, noise, readers);
                double seconds = Math.min(first, seconds(encoder, noise, readers));
                if (seconds >= ENOUGH_SECONDS || side == most) {
                    return new ImageSpeed(vision.multiplyAdds(tokens) / Math.max(seconds, 1e-9));
                }
                side = Math.min(2 * side, most);
            }
        }
    }

    private static double seconds(
            VisionEncoder encoder, ImagePatches image, WeightReaders readers) {
        long start = System.nanoTime();
        try (Arena arena = Arena.ofShared()) {
            readers.read(() -> encoder.encode(List.of(image), arena));
        }
        return (System.nanoTime() - start) / 1e9;
    }

    /// What the encoder takes does not depend on what is to be seen, as long as nothing of it is so
    /// small that the processor slows down.
    private static ImagePatches noise(ImageGrid.Tokens tokens, ImageGrid grid) {
        int rows = tokens.rows() * grid.mergeSize();
        int columns = tokens.columns() * grid.mergeSize();
        float[] values =
                new float[rows * columns * RgbImage.CHANNELS * grid.patchSize() * grid.patchSize()];
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    (i * 0x9e3779b1 >>> 8) / (float) (1 << 23) - 1; // Knuth's multiplicative hash
        }
        return new ImagePatches(rows, columns, grid.patchSize(), values);
    }

    /// What an image takes, where nothing else is computed.
    public double seconds(Vision vision, ImageGrid.Tokens tokens) {
        return vision.multiplyAdds(tokens) / multiplyAddsPerSecond;
    }
}
