package dev.tramontane.model;

import dev.tramontane.image.ImagePatches;
import dev.tramontane.tensor.Tensor;

/// Cosines and sines of the rotation in two dimensions (Pixtral 12B, Agrawal et al. 2024, section
/// 2.2): with the frequencies `f_i = base^(−2i / headDim)`, the first half of a head's pairs turns
/// with the row of a patch by `f_0, f_2, …`, the second half with its column by `f_1, f_3, …`.
final class RopeGrid {
    private final double[] frequencies;

    RopeGrid(VisionConfig config) {
        int headDim = config.headDim();
        frequencies = new double[headDim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = Math.pow(config.ropeTheta(), -2.0 * i / headDim);
        }
    }

    /// The angles of an image's patches.
    ///
    /// @param cos float[patches][headDim / 2]
    /// @param sin float[patches][headDim / 2]
    void fill(ImagePatches image, Tensor cos, Tensor sin) {
        int half = frequencies.length / 2;
        for (int patch = 0; patch < image.count(); patch++) {
            int row = patch / image.columns();
            int column = patch % image.columns();
            for (int pair = 0; pair < half; pair++) {
                set(cos, sin, patch, pair, row * frequencies[2 * pair]);
                set(cos, sin, patch, half + pair, column * frequencies[2 * pair + 1]);
            }
        }
    }

    private static void set(Tensor cos, Tensor sin, int patch, int pair, double angle) {
        cos.set(patch, pair, (float) Math.cos(angle));
        sin.set(patch, pair, (float) Math.sin(angle));
    }
}
