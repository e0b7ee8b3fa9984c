package dev.tramontane.train.kernels;

import dev.tramontane.kernels.Workers;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The operations of a forward and a backward pass, over F32 tensors in row order, shared between
/// the threads of {@link Workers}.
///
/// Only the first rows of activations are touched, as many as the caller says; buffers are made for
/// the largest batch and used for all, and nothing that grows with it is allocated later. Widths of
/// rows are multiples of {@link #WIDTH_UNIT}. One thread at a time may call.
public final class BackwardKernels {
    /// Whole vectors of every shape, up to 512 bits.
    public static final int WIDTH_UNIT = 16;

    /// Rows a thread takes at a time, and rows whose gain gradients are added up together.
    private static final int ROWS_AT_ONCE = 64;

    private final Workers workers;
    private final Product product;
    private final AttentionShape shape;
    private final AttentionForward[] attention;
    private final AttentionBackward[] attentionBackward;
    private final MemorySegment gainShares;
    private final float[][] found;

    /// @param sizes what the buffers are made for
    /// @param precision of the products of matrices
    /// @param arena owns the buffers; threads share them
    public BackwardKernels(Workers workers, Sizes sizes, Precision precision, Arena arena) {
        this.workers = workers;
        this.shape = sizes.attention();
        product = new Product(precision, workers, arena, sizes.packedValues());
        attention = new AttentionForward[workers.count()];
        attentionBackward = new AttentionBackward[workers.count()];
        found = new float[workers.count()][3];
        for (int i = 0; i < attention.length; i++) {
            attention[i] = new AttentionForward(shape, arena);
            attentionBackward[i] = new AttentionBackward(shape, arena);
        }
        gainShares = arena.allocate(4L * blocks(sizes.rows()) * sizes.dim(), 64);
    }

    /// What the buffers are made for.
    ///
    /// @param rows of activations at most
    /// @param dim width of the residual stream
    /// @param widest width of the widest row that is multiplied
    /// @param largestMatrix values of the largest matrix, both sides padded to {@link #padded}
    public record Sizes(
            int rows, int dim, int widest, long largestMatrix, AttentionShape attention) {
        private long packedValues() {
            return Math.max(Product.packedValues(rows, widest), largestMatrix);
        }
    }

    /// A width, up to the panels that products are computed in.
    public static int padded(int width) {
        return (width + Tile.COLS - 1) / Tile.COLS * Tile.COLS;
    }

    private static int blocks(int rows) {
        return (rows + ROWS_AT_ONCE - 1) / ROWS_AT_ONCE;
    }

    /// `out[t][r] = Σ over k of weight[r][k] · x[t][k]`.
    ///
    /// @param x float[rows][inner]
    /// @param weight float[outer][inner]
    /// @param out float[rows][outer]; its rows may be longer
    public void matmul(int rows, Tensor x, Tensor weight, Tensor out) {
        matmul(rows, x, weight, MemorySegment.NULL, out);
    }

    /// `out[t][r] = plus[t][r] + Σ over k of weight[r][k] · x[t][k]`.
    ///
    /// @param plus float[rows][outer], with rows as long as those of `out`
    public void matmulPlus(int rows, Tensor x, Tensor weight, Tensor plus, Tensor out) {
        matmul(rows, x, weight, plus.data(), out);
    }

    /// {@link #matmul} of columns of wider rows: `out[t][r] = Σ over k of weight[r][k] · x[t][from
    /// + k]`.
    public void matmul(int rows, Tensor x, int from, Tensor weight, Tensor out) {
        product.timesTransposed(
                rows,
                weight.rows(),
                weight.cols(),
                x.data().asSlice(4L * from),
                x.cols(),
                weight.data(),
                MemorySegment.NULL,
                out.data(),
                out.cols());
    }

    private void matmul(int rows, Tensor x, Tensor weight, MemorySegment plus, Tensor out) {
        product.timesTransposed(
                rows,
                weight.rows(),
                weight.cols(),
                x.data(),
                x.cols(),
                weight.data(),
                plus,
                out.data(),
                out.cols());
    }

    /// The gradient at the input of {@link #matmul}: `dX[t][k] = Σ over r of dOut[t][r] ·
    /// weight[r][k]`.
    ///
    /// @param dOut float[rows][outer]; its rows may be longer
    /// @param dX float[rows][inner]
    public void matmulBackward(int rows, Tensor dOut, Tensor weight, Tensor dX) {
        product.times(
                rows,
                weight.cols(),
                weight.rows(),
                dOut.data(),
                dOut.cols(),
                weight.data(),
                dX.data(),
                dX.cols());
    }

    /// The gradient at the weights of {@link #matmul}: `dWeight[r][k] += Σ over t of dOut[t][r] ·
    /// x[t][k]`.
    public void addWeightGradient(int rows, Tensor dOut, Tensor x, Tensor dWeight) {
        addWeightGradient(rows, dOut, x, 0, dWeight);
    }

    /// The same with columns of wider rows: `dWeight[r][k] += Σ over t of dOut[t][r] · x[t][from +
    /// k]`.
    public void addWeightGradient(int rows, Tensor dOut, Tensor x, int from, Tensor dWeight) {
        product.addTransposedTimes(
                dWeight.rows(),
                dWeight.cols(),
                rows,
                dOut.data(),
                dOut.cols(),
                x.data().asSlice(4L * from),
                x.cols(),
                dWeight.data());
    }

    /// Root-mean-square normalisation: `out[t][d] = x[t][d] · gain[d] / √(mean over d of x[t][d]² +
    /// eps)`.
    ///
    /// Zhang and Sennrich 2019, eq. 4.
    public void rmsNorm(int rows, Tensor x, Tensor gain, float eps, Tensor out) {
        workers.run(
                rows,
                ROWS_AT_ONCE,
                (_, from, to) -> {
                    for (int row = from; row < to; row++) {
                        RowLoops.rmsNorm(
                                x.data(),
                                row * x.rowBytes(),
                                gain.data(),
                                x.cols(),
                                eps,
                                out.data());
                    }
                });
    }

    /// The gradients of {@link #rmsNorm}. With `r = 1 / √(mean x² + eps)`:
    ///
    /// ```
    /// dX[t][d]  += r · dOut[t][d] · gain[d] − x[t][d] · r³ / dim · Σ over e of dOut[t][e] · gain[e] · x[t][e]
    /// dGain[d]  += Σ over t of dOut[t][d] · x[t][d] · r
    /// ```
    public void rmsNormBackward(
            int rows, Tensor x, Tensor gain, float eps, Tensor dOut, Tensor dX, Tensor dGain) {
        long shareBytes = x.rowBytes();
        workers.run(
                blocks(rows),
                1,
                (_, from, to) -> {
                    for (int block = from; block < to; block++) {
                        long share = block * shareBytes;
                        gainShares.asSlice(share, shareBytes).fill((byte) 0);
                        int end = Math.min(rows, (block + 1) * ROWS_AT_ONCE);
                        for (int row = block * ROWS_AT_ONCE; row < end; row++) {
                            RowLoops.rmsNormBackward(
                                    x.data(),
                                    row * shareBytes,
                                    gain.data(),
                                    x.cols(),
                                    eps,
                                    dOut.data(),
                                    dX.data(),
                                    gainShares,
                                    share);
                        }
                    }
                });
        for (int block = 0; block < blocks(rows); block++) {
            RowLoops.add(gainShares, block * shareBytes, dGain.data(), 0, x.cols());
        }
    }

    /// Turns queries and keys by their positions, pair by pair: `(a, b) → (a·cos − b·sin, b·cos +
    /// a·sin)`, elements `i` and `i + headDim / 2` of a head being a pair.
    ///
    /// Su et al. 2021, eq. 34.
    ///
    /// @param qkv float[tokens][rowDim]; the values stay
    /// @param angles float[positions][headDim], cosines before sines
    /// @param positions of the tokens
    public void rope(int tokens, Tensor qkv, Tensor angles, int[] positions) {
        turn(tokens, qkv, angles, positions, 1);
    }

    /// The gradient of {@link #rope}, in place: turned the other way.
    public void ropeBackward(int tokens, Tensor dQkv, Tensor angles, int[] positions) {
        turn(tokens, dQkv, angles, positions, -1);
    }

    private void turn(int tokens, Tensor qkv, Tensor angles, int[] positions, float direction) {
        int heads = shape.heads() + shape.kvHeads();
        workers.run(
                tokens,
                ROWS_AT_ONCE,
                (_, from, to) -> {
                    for (int token = from; token < to; token++) {
                        RowLoops.rope(
                                qkv.data(),
                                token * qkv.rowBytes(),
                                heads,
                                shape.headDim(),
                                angles.data(),
                                positions[token] * angles.rowBytes(),
                                direction);
                    }
                });
    }

    /// Causal attention within each of the sequences that lie end to end: `out[t][h] = Σ over p of
    /// softmax over p of (q[t][h] · k[p] / √headDim) · v[p]`, for tokens `p` of the same sequence
    /// up to `t`.
    ///
    /// @param starts the sequences' first tokens, and the end of the last
    /// @param qkv float[tokens][rowDim], turned
    /// @param out float[tokens][queryDim]
    /// @param logSums float[heads][stride]: logarithms of the sums of exponentials
    /// @param stride at least the number of tokens
    public void attention(
            int sequences, int[] starts, Tensor qkv, Tensor out, float[] logSums, int stride) {
        workers.run(
                sequences * shape.kvHeads(),
                1,
                (worker, from, to) -> {
                    for (int item = from; item < to; item++) {
                        int sequence = item / shape.kvHeads();
                        attention[worker].run(
                                qkv.data(),
                                starts[sequence],
                                starts[sequence + 1] - starts[sequence],
                                item % shape.kvHeads(),
                                out.data(),
                                logSums,
                                stride);
                    }
                });
    }

    /// The gradients of {@link #attention}, which {@link AttentionBackward} tells.
    ///
    /// @param out what attention gave
    /// @param dQkv float[tokens][rowDim], overwritten
    public void attentionBackward(
            int sequences,
            int[] starts,
            Tensor qkv,
            Tensor out,
            Tensor dOut,
            float[] logSums,
            int stride,
            Tensor dQkv) {
        workers.run(
                sequences * shape.kvHeads(),
                1,
                (worker, from, to) -> {
                    for (int item = from; item < to; item++) {
                        int sequence = item / shape.kvHeads();
                        attentionBackward[worker].run(
                                qkv.data(),
                                starts[sequence],
                                starts[sequence + 1] - starts[sequence],
                                item % shape.kvHeads(),
                                out.data(),
                                dOut.data(),
                                logSums,
                                stride,
                                dQkv.data());
                    }
                });
    }

    /// `out[t][d] = silu(gate[t][d]) · up[t][d]`, with `silu(z) = z / (1 + e^−z)`.
    ///
    /// Shazeer 2020, eq. 6.
    ///
    /// @param gateUp float[rows][2][hiddenDim]
    /// @param out float[rows][hiddenDim]
    public void swiglu(int rows, Tensor gateUp, Tensor out) {
        workers.run(
                rows,
                ROWS_AT_ONCE,
                (_, from, to) -> {
                    for (int row = from; row < to; row++) {
                        RowLoops.swiglu(
                                gateUp.data(),
                                row * gateUp.rowBytes(),
                                out.cols(),
                                out.data(),
                                row * out.rowBytes());
                    }
                });
    }

    /// The gradients of {@link #swiglu}. With `s = 1 / (1 + e^−gate)`:
    ///
    /// ```
    /// dGate = dOut · up · (s + gate · s · (1 − s))      dUp = dOut · gate · s
    /// ```
    ///
    /// @param dOut float[rows][hiddenDim]; holds what `swiglu` gave afterwards, which the gradient
    ///   of the next product needs
    /// @param dGateUp float[rows][2][hiddenDim]
    public void swigluBackward(int rows, Tensor gateUp, Tensor dOut, Tensor dGateUp) {
        workers.run(
                rows,
                ROWS_AT_ONCE,
                (_, from, to) -> {
                    for (int row = from; row < to; row++) {
                        RowLoops.swigluBackward(
                                gateUp.data(),
                                row * gateUp.rowBytes(),
                                dOut.cols(),
                                dOut.data(),
                                row * dOut.rowBytes(),
                                dGateUp.data());
                    }
                });
    }

    /// Turns rows of logits into `e^(logit − greatest)`, and says what they were.
    ///
    /// @param logits float[rows][at least padded(vocab)]
    /// @param targets of the rows, from `first` on
    /// @param sums of the exponentials
    /// @param logProbs of the targets, from `first` on
    /// @param entropies from `first` on: `−Σ p · ln p`, in nats
    public void softmax(
            int rows,
            Tensor logits,
            int vocab,
            int[] targets,
            int first,
            float[] sums,
            float[] logProbs,
            float[] entropies) {
        workers.run(
                rows,
                1,
                (worker, from, to) -> {
                    float[] row = found[worker];
                    for (int i = from; i < to; i++) {
                        LogSoftmax.exponentials(
                                logits.data(),
                                i * logits.rowBytes(),
                                vocab,
                                logits.cols(),
                                targets[first + i],
                                row);
                        sums[i] = row[0];
                        logProbs[first + i] = row[1];
                        entropies[first + i] = row[2];
                    }
                });
    }

    /// The gradient at the logits of `Σ over rows of slope · log p(target)`: `slope · ([i = target]
    /// − p(i))`, in place of what {@link #softmax} left.
    public void softmaxBackward(
            int rows, Tensor logits, int[] targets, int first, float[] sums, float[] slopes) {
        workers.run(
                rows,
                1,
                (_, from, to) -> {
                    for (int i = from; i < to; i++) {
                        LogSoftmax.gradient(
                                logits.data(),
                                i * logits.rowBytes(),
                                logits.cols(),
                                targets[first + i],
                                sums[i],
                                slopes[i]);
                    }
                });
    }

    /// `out[t] = table[indices[first + t]]`.
    public void gatherRows(int rows, Tensor table, int[] indices, int first, Tensor out) {
        for (int row = 0; row < rows; row++) {
            long from = indices[first + row] * table.rowBytes();
            MemorySegment.copy(
                    table.data(), from, out.data(), row * out.rowBytes(), out.rowBytes());
        }
    }

    /// `table[indices[first + t]] += rows[t]`, in the order of the rows.
    public void addRows(int rows, Tensor values, int[] indices, int first, Tensor table) {
        for (int row = 0; row < rows; row++) {
            long to = indices[first + row] * table.rowBytes();
            RowLoops.add(values.data(), row * values.rowBytes(), table.data(), to, table.cols());
        }
    }
}
