package dev.tramontane.train.kernels;

/// How queries, keys and values of a token lie in a row: `[heads][headDim]` queries, then
/// `[kvHeads][headDim]` keys, then as many values.
///
/// @param heads query heads; head `h` reads key head `h / (heads / kvHeads)`
/// @param kvHeads key and value heads
/// @param headDim width of a head
/// @param longest tokens of the longest sequence
public record AttentionShape(int heads, int kvHeads, int headDim, int longest) {
    /// Query heads that share a key head.
    int group() {
        return heads / kvHeads;
    }

    /// Values of a token's queries.
    public int queryDim() {
        return heads * headDim;
    }

    /// Values of a token's row.
    public int rowDim() {
        return (heads + 2 * kvHeads) * headDim;
    }

    long rowBytes() {
        return 4L * rowDim();
    }

    long queryBytes() {
        return 4L * queryDim();
    }

    /// Byte of a head's query in a row.
    long queryAt(int head) {
        return 4L * head * headDim;
    }

    /// Byte of a head's key in a row.
    long keyAt(int kvHead) {
        return 4L * (heads + kvHead) * headDim;
    }

    /// Byte of a head's value in a row.
    long valueAt(int kvHead) {
        return 4L * (heads + kvHeads + kvHead) * headDim;
    }

    /// Panels that a head's width takes.
    int headPanels() {
        return (headDim + Tile.COLS - 1) / Tile.COLS;
    }

    /// The longest sequence, up to whole panels.
    int paddedLongest() {
        return (longest + Tile.COLS - 1) / Tile.COLS * Tile.COLS;
    }

    double scale() {
        return 1 / Math.sqrt(headDim);
    }
}
