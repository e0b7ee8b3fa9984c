package dev.tramontane.schedule;

import dev.tramontane.tensor.Tensor;

import java.util.Arrays;
import java.util.function.IntPredicate;

/// The final hidden states of a text's tokens, made one vector as they are computed.
///
/// States are added one by one in the order of their positions, in double precision, so how the
/// text was cut into steps changes nothing. Used by the scheduler's thread until the sequence's end
/// is told, and by its reader then.
public final class StatePool {
    private final IntPredicate wanted;
    private final double[] sum;
    private final float[] state;

    /// @param wanted the positions whose states make the vector
    /// @param dim width of a state
    public StatePool(IntPredicate wanted, int dim) {
        this.wanted = wanted;
        this.sum = new double[dim];
        this.state = new float[dim];
    }

    /// Whether the vector depends on the state at a position.
    boolean wants(int position) {
        return wanted.test(position);
    }

    /// @param states float[…][dim]
    void add(Tensor states, int row) {
        states.copyRow(row, state);
        for (int i = 0; i < sum.length; i++) {
            sum[i] += state[i];
        }
    }

    /// Forgets what was added: it is computed again.
    void clear() {
        Arrays.fill(sum, 0);
    }

    /// The vector, of length 1: `v / ‖v‖`. A mean points where its sum does.
    ///
    /// @return float[dim]; zeros where all states were
    /// @throws IllegalStateException when the states were no finite numbers
    public float[] vector() {
        double squares = 0;
        for (double each : sum) {
            squares += each * each;
        }
        if (!Double.isFinite(squares)) {
            throw new IllegalStateException(
                    "the hidden states hold NaN or infinity, expected finite numbers; the model is damaged, compare its file with its source");
        }
        double scale = squares == 0 ? 0 : 1 / Math.sqrt(squares);
        var vector = new float[sum.length];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) (sum[i] * scale);
        }
        return vector;
    }
}
