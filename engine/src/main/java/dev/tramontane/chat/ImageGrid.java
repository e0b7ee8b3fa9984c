package dev.tramontane.chat;

/// How many image tokens an image becomes: it is cut into squares of `patchSize · mergeSize`
/// pixels, each one token, after being shrunk to fit `maxSize`.
///
/// @param patchSize pixels of a patch's side
/// @param maxSize pixels of an image's longer side at most
/// @param mergeSize patches that become one token, along each side
record ImageGrid(int patchSize, int maxSize, int mergeSize) {
    ImageGrid {
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
    record Tokens(int columns, int rows) {
        /// Ids in the prompt: the tokens, and a mark at the end of each row.
        int ids() {
            return (columns + 1) * rows;
        }
    }

    /// The tokens of an image of so many pixels, 1 or more each way.
    Tokens of(int width, int height) {
        double ratio = Math.max((double) height / maxSize, (double) width / maxSize);
        boolean shrinks = ratio > 1;
        return new Tokens(
                tokens(shrinks ? shrunk(width, ratio) : width),
                tokens(shrinks ? shrunk(height, ratio) : height));
    }

    /// Halves go to the even neighbour; nothing shrinks away altogether.
    private static int shrunk(int pixels, double ratio) {
        return Math.max((int) Math.rint(pixels / ratio), 1);
    }

    private int tokens(int pixels) {
        return (pixels - 1) / (patchSize * mergeSize) + 1;
    }
}
