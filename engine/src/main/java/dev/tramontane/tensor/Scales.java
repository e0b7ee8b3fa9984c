package dev.tramontane.tensor;

/// Factors that lie beside a matrix, one for each tile of it: an element is what its bits say times
/// the factor of its tile. A tile is the whole matrix, a row, or a square of {@link #SQUARE} rows
/// and columns, cut where the matrix ends.
///
/// @param values float[⌈rows / tileRows⌉][tilesARow], finite; shared
/// @param tileRows rows in a tile
/// @param tileCols columns in a tile
/// @param tilesARow tiles side by side
/// @param firstRow the row of the scaled matrix with which a slice of it begins
public record Scales(float[] values, int tileRows, int tileCols, int tilesARow, int firstRow) {
    /// Rows and columns of a square tile; a multiple of every group that kernels decode at once.
    public static final int SQUARE = 128;

    /// Those of a matrix whose bits say it all.
    public static final Scales NONE = ofMatrix(1);

    public Scales {
        boolean known = tilesARow == 1 || tilesARow > 1 && tileCols == SQUARE;
        if (!known || tileRows < 1 || tileCols < 1 || firstRow < 0) {
            throw new IllegalArgumentException(
                    "tiles of %d x %d, %d side by side, from row %d on"
                            .formatted(tileRows, tileCols, tilesARow, firstRow));
        }
    }

    /// One factor for all elements.
    public static Scales ofMatrix(float value) {
        return new Scales(new float[] {value}, Integer.MAX_VALUE, Integer.MAX_VALUE, 1, 0);
    }

    /// One factor a row.
    ///
    /// @param values float[rows]; shared
    public static Scales ofRows(float[] values) {
        return new Scales(values, 1, Integer.MAX_VALUE, 1, 0);
    }

    /// One factor a square.
    ///
    /// @param values float[⌈rows / 128⌉][⌈cols / 128⌉]; shared
    public static Scales ofSquares(float[] values, int cols) {
        return new Scales(values, SQUARE, SQUARE, squares(cols), 0);
    }

    /// Squares that a number of rows or columns takes.
    public static int squares(int length) {
        return Math.ceilDiv(length, SQUARE);
    }

    /// Whether all elements of a row share a factor: it may then multiply the row's finished sum.
    public boolean isRowwise() {
        return tilesARow == 1;
    }

    /// The factor of an element.
    public float at(int row, int col) {
        return values[first(row) + col / tileCols];
    }

    /// The place of a row's first factor among the values.
    public int first(int row) {
        return (firstRow + row) / tileRows * tilesARow;
    }

    /// The factors of the rows from `from` on.
    Scales slice(int from) {
        return values.length == 1
                ? this
                : new Scales(values, tileRows, tileCols, tilesARow, firstRow + from);
    }

    /// Whether every element of a matrix of this shape has its factor.
    boolean cover(int rows, int cols) {
        long tiles = rows == 0 ? 0 : ((firstRow + rows - 1) / tileRows + 1L) * tilesARow;
        return tiles <= values.length && (cols - 1) / tileCols < tilesARow;
    }

    /// Multiplies a decoded row, `float[cols]` from the first place on.
    void multiply(int row, float[] decoded, int cols) {
        for (int col = 0; col < cols; col++) {
            decoded[col] *= at(row, col);
        }
    }
}
