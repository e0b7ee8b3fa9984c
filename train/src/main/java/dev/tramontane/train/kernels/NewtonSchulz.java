package dev.tramontane.train.kernels;

import dev.tramontane.kernels.Workers;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Brings a matrix near the closest one whose singular values are all one, by five steps of a
/// polynomial in it: `X ← aX + (bA + cA²)X` with `A = XXᵀ`, from `X / ‖X‖`.
///
/// Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks". With these
/// coefficients singular values end between 0.7 and 1.2, which serves as well as exactly one and is
/// reached sooner. One thread at a time may call.
public final class NewtonSchulz {
    private static final int STEPS = 5;
    private static final float A = 3.4445f;
    private static final float B = -4.7750f;
    private static final float C = 2.0315f;

    /// Added to the norm, so that a matrix of zeros stays one.
    private static final double EPS = 1e-7;

    /// Values, and rows to turn, that a thread takes at a time.
    private static final int VALUES_AT_ONCE = 1 << 14;

    private static final int ROWS_AT_ONCE = 32;

    private final Workers workers;
    private final Product product;
    private final MemorySegment x;
    private final MemorySegment next;
    private final MemorySegment gram;
    private final MemorySegment square;

    /// @param shorter the shorter side of a matrix, at most
    /// @param longer the longer side, at most
    /// @param arena owns the buffers; threads share them
    public NewtonSchulz(
            Precision precision, Workers workers, int shorter, int longer, Arena arena) {
        this.workers = workers;
        product =
                new Product(
                        precision,
                        workers,
                        arena,
                        Math.max(
                                Product.packedValues(longer, shorter),
                                Product.packedValues(shorter, longer)));
        x = arena.allocate(4L * shorter * longer, 64);
        next = arena.allocate(4L * shorter * longer, 64);
        gram = arena.allocate(4L * shorter * shorter, 64);
        square = arena.allocate(4L * shorter * shorter, 64);
    }

    /// @param matrix float[rows][cols], both multiples of {@link BackwardKernels#WIDTH_UNIT};
    ///   overwritten
    public void orthogonalise(Tensor matrix) {
        boolean tall = matrix.rows() > matrix.cols();
        int shorter = Math.min(matrix.rows(), matrix.cols());
        int longer = Math.max(matrix.rows(), matrix.cols());
        int count = shorter * longer;
        double norm = Math.sqrt(Updates.squares(matrix.data(), 0, count));
        combine(matrix.data(), (float) (1 / (norm + EPS)), matrix.data(), 0, count);
        if (tall) {
            turn(matrix.data(), matrix.rows(), matrix.cols(), x);
        } else {
            MemorySegment.copy(matrix.data(), 0, x, 0, 4L * count);
        }
        for (int i = 0; i < STEPS; i++) {
            step(shorter, longer);
        }
        if (tall) {
            turn(x, matrix.cols(), matrix.rows(), matrix.data());
        } else {
            MemorySegment.copy(x, 0, matrix.data(), 0, 4L * count);
        }
    }

    private void step(int shorter, int longer) {
        MemorySegment none = MemorySegment.NULL;
        product.timesTransposed(shorter, shorter, longer, x, longer, x, none, gram, shorter);
        product.times(shorter, shorter, shorter, gram, shorter, gram, square, shorter);
        combine(square, C, gram, B, shorter * shorter);
        product.times(shorter, longer, shorter, square, shorter, x, next, longer);
        combine(x, A, next, 1, shorter * longer);
    }

    /// `a = a · ofA + b · ofB`.
    private void combine(MemorySegment a, float ofA, MemorySegment b, float ofB, int count) {
        int blocks = (count + VALUES_AT_ONCE - 1) / VALUES_AT_ONCE;
        workers.run(
                blocks,
                1,
                (_, first, end) -> {
                    int from = first * VALUES_AT_ONCE;
                    int values = Math.min(end * VALUES_AT_ONCE, count) - from;
                    Updates.combine(a, 4L * from, ofA, b, 4L * from, ofB, values);
                });
    }

    /// `to[col][row] = from[row][col]`.
    private void turn(MemorySegment from, int rows, int cols, MemorySegment to) {
        workers.run(
                rows,
                ROWS_AT_ONCE,
                (_, first, end) -> {
                    for (int row = first; row < end; row++) {
                        for (int col = 0; col < cols; col++) {
                            to.setAtIndex(
                                    ValueLayout.JAVA_FLOAT,
                                    (long) col * rows + row,
                                    from.getAtIndex(
                                            ValueLayout.JAVA_FLOAT, (long) row * cols + col));
                        }
                    }
                });
    }
}
