package dev.tramontane.image;

/// How many image tokens an image becomes: it is cut into squares of `patchSize · mergeSize`
/// pixels, each one token, after being shrunk to fit `maxSize`.
///
/// @param patchSize pixels of a patch's side
/// @param maxSize pixels of an image's longer side at most
/// @param mergeSize patches that become one token, along each side
public record ImageGrid(int patchSize, int maxSize, int mergeSize) {
    public ImageGrid {
        if (patchSize < 1 || maxSize < 1 || mergeSize < 1) {
            throw new IllegalArgumentException(
                    "patch size, largest size and merge size are "
                            + patchSize
                            + ", "
                            + maxSize
                            + ", "
                            + mergeSize
                            + ", expected 1 or more each");
        }
    }

    /// Tokens across and down.
    public record Tokens(int columns, int rows) {
        /// Ids in the prompt: the tokens, and a mark at the end of each row.
        public int ids() {
            return (columns + 1) * rows;
        }

        /// The tokens alone, for each of which the encoder has a row.
        public int count() {
            return columns * rows;
        }
    }

    /// The tokens of an image of so many pixels, 1 or more each way.
    public Tokens of(int width, int height) {
        double ratio = Math.max((double) height / maxSize, (double) width / maxSize);
        boolean shrinks = ratio > 1;
        return new Tokens(
                tokens(shrinks ? shrunk(width, ratio) : width),
                tokens(shrinks ? shrunk(height, ratio) : height));
    }

    /// The tokens of an image, see {@link #of(int, int)}.
    public Tokens of(RgbImage image) {
        return of(image.width(), image.height());
    }

    /// The tokens of the largest image: no other has more of them.
    public Tokens largest() {
        return of(maxSize, maxSize);
    }

    /// Pixels of a token's side.
    public int tokenSize() {
        return patchSize * mergeSize;
    }

    /// Halves go to the even neighbour; nothing shrinks away altogether.
    private static int shrunk(int pixels, double ratio) {
        return Math.max((int) Math.rint(pixels / ratio), 1);
    }

    private int tokens(int pixels) {
        return (pixels - 1) / tokenSize() + 1;
    }
}
