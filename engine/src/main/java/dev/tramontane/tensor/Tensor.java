package dev.tramontane.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A matrix over memory: weights mapped from a file and activations alike.
///
/// A vector is a matrix of one row. The tensor does not own its memory: whoever made the segment (a
/// weights file's or the engine's arena) decides when it ends, and reading it afterwards is an
/// `IllegalStateException`.
///
/// @param type element type
/// @param layout order of the rows in memory
/// @param rows number of rows
/// @param cols values in a row; a whole number of the type's blocks
/// @param data exactly `rows` times {@link #rowBytes()} bytes
/// @param scales what decoded elements are multiplied by; {@link Scales#NONE} but for F8_E4M3
public record Tensor(
        DType type, Layout layout, int rows, int cols, MemorySegment data, Scales scales) {
    /// Alignment of tensors we allocate: a cache line, and the widest vector.
    public static final int ALIGNMENT_BYTES = 64;

    public Tensor {
        if (rows < 0 || cols <= 0) {
            throw new IllegalArgumentException("a tensor of " + rows + " x " + cols);
        }
        long bytes = Math.multiplyExact(type.bytes(cols), (long) rows);
        if (data.byteSize() != bytes) {
            throw new IllegalArgumentException(
                    "%d x %d values of %s take %d bytes, but the segment has %d"
                            .formatted(rows, cols, type, bytes, data.byteSize()));
        }
        if (!scales.equals(Scales.NONE) && (type != DType.F8_E4M3 || !scales.cover(rows, cols))) {
            throw new IllegalArgumentException(
                    "%d scales of %d x %d values do not suit %d x %d values of %s"
                            .formatted(
                                    scales.values().length,
                                    scales.tileRows(),
                                    scales.tileCols(),
                                    rows,
                                    cols,
                                    type));
        }
    }

    /// A matrix whose bits say it all.
    public Tensor(DType type, Layout layout, int rows, int cols, MemorySegment data) {
        this(type, layout, rows, cols, data, Scales.NONE);
    }

    /// A zeroed F32 matrix in row order, `float[rows][cols]`.
    public static Tensor allocate(Arena arena, int rows, int cols) {
        long bytes = Math.multiplyExact(DType.F32.bytes(cols), (long) rows);
        return new Tensor(
                DType.F32, Layout.ROWS, rows, cols, arena.allocate(bytes, ALIGNMENT_BYTES));
    }

    /// An F32 matrix over a heap array, which it shares: `float[rows][cols]`.
    public static Tensor of(float[] values, int rows, int cols) {
        return new Tensor(DType.F32, Layout.ROWS, rows, cols, MemorySegment.ofArray(values));
    }

    /// Bytes from one row to the next.
    public long rowBytes() {
        return type.bytes(cols);
    }

    /// Bytes of all rows.
    public long bytes() {
        return data.byteSize();
    }

    /// Rows `from` to `from + count` of this matrix, sharing its memory.
    public Tensor slice(int from, int count) {
        long rowBytes = rowBytes();
        return new Tensor(
                type,
                layout,
                count,
                cols,
                data.asSlice(from * rowBytes, count * rowBytes),
                scales.slice(from));
    }

    /// The same bits under scales, sharing their memory.
    public Tensor scaled(Scales by) {
        return new Tensor(type, layout, rows, cols, data, by);
    }

    /// This matrix in row order with each row cut into rows of `newCols` values, sharing its
    /// memory.
    public Tensor split(int newCols) {
        if (layout != Layout.ROWS || cols % newCols != 0 || !scales.equals(Scales.NONE)) {
            throw new IllegalArgumentException(
                    "rows of %d values in %s, expected whole rows of %d without scales"
                            .formatted(cols, layout, newCols));
        }
        return new Tensor(type, layout, Math.multiplyExact(rows, cols / newCols), newCols, data);
    }

    /// This matrix in row order with whole rows joined to rows of `newCols` values, sharing its
    /// memory.
    public Tensor joined(int newCols) {
        long values = (long) rows * cols;
        if (layout != Layout.ROWS
                || newCols % cols != 0
                || values % newCols != 0
                || !scales.equals(Scales.NONE)) {
            throw new IllegalArgumentException(
                    "%d rows of %d values in %s, expected whole rows of %d without scales"
                            .formatted(rows, cols, layout, newCols));
        }
        return new Tensor(type, layout, (int) (values / newCols), newCols, data);
    }

    /// Copies values over this F32 matrix, row by row: as many as it has, from `from` on.
    public void fill(float[] values, int from) {
        if (type != DType.F32) {
            throw new IllegalArgumentException("a matrix of " + type + ", expected F32");
        }
        MemorySegment.copy(
                values,
                from,
                data,
                ValueLayout.JAVA_FLOAT_UNALIGNED,
                0,
                Math.multiplyExact(rows, cols));
    }

    /// One value of an F32 matrix. For tests and small edges; kernels read memory themselves.
    public float get(int row, int col) {
        return data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, row * rowBytes() + col * 4L);
    }

    /// Sets one value of an F32 matrix.
    public void set(int row, int col, float value) {
        data.set(ValueLayout.JAVA_FLOAT_UNALIGNED, row * rowBytes() + col * 4L, value);
    }

    /// The same values as F32 in row order: this tensor where it is so already, else a copy.
    ///
    /// @param arena owns the copy
    public Tensor widened(Arena arena) {
        if (type == DType.F32) {
            return this;
        }
        Tensor copy = allocate(arena, rows, cols);
        for (int row = 0; row < rows; row++) {
            MemorySegment.copy(
                    row(row), 0, copy.data, ValueLayout.JAVA_FLOAT, row * copy.rowBytes(), cols);
        }
        return copy;
    }

    /// Copies one row of an F32 matrix, `float[cols]`.
    public void copyRow(int row, float[] out) {
        MemorySegment.copy(data, ValueLayout.JAVA_FLOAT_UNALIGNED, row * rowBytes(), out, 0, cols);
    }

    /// A copy of one row as floats, decoded.
    public float[] row(int row) {
        float[] values = new float[cols];
        decodeRow(row, values);
        return values;
    }

    /// Decodes one row, scales included, to the first `cols` places of an array.
    public void decodeRow(int row, float[] out) {
        Blocks.decode(type, data, row * rowBytes(), cols, out, 0);
        if (!scales.equals(Scales.NONE)) {
            scales.multiply(row, out, cols);
        }
    }
}
