package dev.tramontane.kernels;

import dev.tramontane.tensor.Tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Copies rows of F32 matrices to and from arrays.
final class Rows {
    private Rows() {}

    /// All rows, `float[rows][cols]`.
    static float[][] read(Tensor x) {
        float[][] rows = new float[x.rows()][];
        for (int t = 0; t < rows.length; t++) {
            rows[t] = x.row(t);
        }
        return rows;
    }

    /// Writes a row.
    static void write(float[] values, Tensor out, int row) {
        MemorySegment.copy(
                values,
                0,
                out.data(),
                ValueLayout.JAVA_FLOAT_UNALIGNED,
                row * out.rowBytes(),
                out.cols());
    }
}
