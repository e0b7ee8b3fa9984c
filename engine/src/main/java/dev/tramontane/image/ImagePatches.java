package dev.tramontane.image;

/// An image as the vision encoder reads it: resized to whole tokens, normalised, and cut into
/// patches, row by row from the top left.
///
/// A value is `(pixel / 255 − mean) / deviation` of its channel. Immutable, for any number of
/// threads.
///
/// @param rows patches down
/// @param columns patches across
/// @param patchSize pixels of a patch's side
/// @param values float[rows * columns][3 * patchSize * patchSize]; within a patch by channel, then
///   row, then column, as the weights of the patch convolution lie; shared, not to be changed
public record ImagePatches(int rows, int columns, int patchSize, float[] values) {
    /// CLIP's, of all images it was trained on; red, green, blue.
    private static final double[] MEAN = {0.48145466, 0.4578275, 0.40821073};

    private static final double[] DEVIATION = {0.26862954, 0.26130258, 0.27577711};

    public ImagePatches {
        if (columns < 1
                || rows < 1
                || patchSize < 1
                || (long) columns * rows * RgbImage.CHANNELS * patchSize * patchSize
                        != values.length) {
            throw new IllegalArgumentException(
                    "%d x %d patches of %d x %d pixels with %d values, expected three for each pixel"
                            .formatted(rows, columns, patchSize, patchSize, values.length));
        }
    }

    /// Cuts an image.
    public static ImagePatches of(RgbImage image, ImageGrid grid) {
        ImageGrid.Tokens tokens = grid.of(image);
        int size = grid.patchSize();
        int columns = tokens.columns() * grid.mergeSize();
        int rows = tokens.rows() * grid.mergeSize();
        int width = columns * size;
        int height = rows * size;
        int patch = RgbImage.CHANNELS * size * size;
        float[] values = new float[Math.multiplyExact(rows * columns, patch)];
        float[] line = new float[width * RgbImage.CHANNELS];
        CubicResize resize = new CubicResize(image, width, height);
        for (int y = 0; y < height; y++) {
            resize.row(y, line);
            int start = y / size * columns * patch + y % size * size;
            for (int x = 0; x < width; x++) {
                int at = start + x / size * patch + x % size;
                for (int c = 0; c < RgbImage.CHANNELS; c++) {
                    double pixel = line[x * RgbImage.CHANNELS + c];
                    values[at + c * size * size] = (float) ((pixel / 255 - MEAN[c]) / DEVIATION[c]);
                }
            }
        }
        return new ImagePatches(rows, columns, size, values);
    }

    /// Patches in all.
    public int count() {
        return columns * rows;
    }

    /// Values of one patch.
    public int patchValues() {
        return RgbImage.CHANNELS * patchSize * patchSize;
    }

    /// One value of the resized image, by its place in it.
    ///
    /// @param channel red, green or blue: 0 to 2
    public float value(int channel, int y, int x) {
        int patch = y / patchSize * columns + x / patchSize;
        int within = (channel * patchSize + y % patchSize) * patchSize + x % patchSize;
        return values[patch * patchValues() + within];
    }

    @Override
    public String toString() {
        return rows + " x " + columns + " patches of " + patchSize + " x " + patchSize + " pixels";
    }
}
