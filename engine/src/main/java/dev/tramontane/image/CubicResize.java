package dev.tramontane.image;

/// An image at another size, row by row from the top, as floats of 0 to 255 and a little beyond:
/// the cubic overshoots at edges, and nothing is cut off.
///
/// Rows of the image are resized across when they are first needed, and the last four kept, so the
/// memory is a few rows' whatever the size.
final class CubicResize {
    private final RgbImage image;
    private final CubicFilter across;
    private final CubicFilter down;
    private final float[][] recent;
    private final int[] recentRow;

    CubicResize(RgbImage image, int width, int height) {
        this.image = image;
        this.across = CubicFilter.of(image.width(), width);
        this.down = CubicFilter.of(image.height(), height);
        this.recent = new float[CubicFilter.TAPS][width * RgbImage.CHANNELS];
        this.recentRow = new int[] {-1, -1, -1, -1};
    }

    /// One row of the result.
    ///
    /// @param out float[width][3]
    void row(int row, float[] out) {
        int at = row * CubicFilter.TAPS;
        float[] above = resized(down.taps()[at]);
        float[] here = resized(down.taps()[at + 1]);
        float[] below = resized(down.taps()[at + 2]);
        float[] farBelow = resized(down.taps()[at + 3]);
        float w0 = down.weights()[at];
        float w1 = down.weights()[at + 1];
        float w2 = down.weights()[at + 2];
        float w3 = down.weights()[at + 3];
        for (int i = 0; i < out.length; i++) {
            out[i] = above[i] * w0 + here[i] * w1 + below[i] * w2 + farBelow[i] * w3;
        }
    }

    /// A row of the image, resized across; four neighbours have four places.
    private float[] resized(int row) {
        int place = row % CubicFilter.TAPS;
        float[] resized = recent[place];
        if (recentRow[place] != row) {
            resize(row, resized);
            recentRow[place] = row;
        }
        return resized;
    }

    private void resize(int row, float[] out) {
        byte[] pixels = image.pixels();
        int start = row * image.width() * RgbImage.CHANNELS;
        int[] taps = across.taps();
        float[] weights = across.weights();
        for (int x = 0; x < across.length(); x++) {
            int at = x * CubicFilter.TAPS;
            for (int c = 0; c < RgbImage.CHANNELS; c++) {
                float sum = 0;
                for (int tap = 0; tap < CubicFilter.TAPS; tap++) {
                    int pixel = pixels[start + taps[at + tap] * RgbImage.CHANNELS + c] & 0xff;
                    sum += pixel * weights[at + tap];
                }
                out[x * RgbImage.CHANNELS + c] = sum;
            }
        }
    }
}
