package dev.tramontane.kernels;

import dev.tramontane.tensor.Tensor;

import java.lang.foreign.ValueLayout;

/// Squares of neighbouring vectors laid into one: what {@link Kernels#mergeSquares} says, for some
/// rows of the result.
final class Squares {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private Squares() {}

    static void check(Tensor x, int columns, int side, Tensor out) {
        int squares = side * side;
        if (columns % side != 0
                || x.rows() % (columns * side) != 0
                || out.rows() * squares != x.rows()
                || out.cols() != x.cols() * squares) {
            throw new IllegalArgumentException(
                    "[%d][%d] in rows of %d does not merge by %d x %d to [%d][%d]"
                            .formatted(
                                    x.rows(),
                                    x.cols(),
                                    columns,
                                    side,
                                    side,
                                    out.rows(),
                                    out.cols()));
        }
    }

    /// Rows `from` to `to` of the result.
    static void merge(Tensor x, int columns, int side, Tensor out, int from, int to) {
        int across = columns / side;
        int squares = side * side;
        for (int row = from; row < to; row++) {
            for (int place = 0; place < squares; place++) {
                int down = row / across * side + place / side;
                long source = (down * columns + row % across * side + place % side) * x.rowBytes();
                long target = row * out.rowBytes() + 4L * place;
                for (int d = 0; d < x.cols(); d++) {
                    float value = x.data().get(FLOAT, source + 4L * d);
                    out.data().set(FLOAT, target + 4L * squares * d, value);
                }
            }
        }
    }
}
