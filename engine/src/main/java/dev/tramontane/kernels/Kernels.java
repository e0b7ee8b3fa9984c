package dev.tramontane.kernels;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.KvCache;
import dev.tramontane.tensor.Tensor;

import java.util.List;
import java.util.function.IntConsumer;

/// The operations a backend must supply. {@link ScalarKernels} defines them; every other set is
/// tested against it.
///
/// Two promises hold for each set by itself. The sum behind an output element runs in an order
/// fixed by its inner dimension alone, so a row's result never depends on the rows beside it. And
/// results do not depend on the number of threads. Activations are F32 in row order; weights are of
/// any {@link dev.tramontane.tensor.DType}. Nothing here checks shapes twice: a wrong shape is an
/// `IllegalArgumentException` or an `IndexOutOfBoundsException`, never a read outside a tensor.
///
/// One thread at a time may call.
public interface Kernels extends AutoCloseable {
    /// What runs, for logs: `vector (512 bit, 2 threads)`.
    String name();

    /// `out[t] = table[ids[t]]`, decoded.
    ///
    /// @param table any type, `[vocab][dim]`
    /// @param ids `int[tokens]`
    /// @param out float[tokens][dim]
    void gatherRows(Tensor table, int[] ids, Tensor out);

    /// Several matrices times the same activations: `outs[i][t][r] = Σ over k of weights[i][r][k] ·
    /// x[t][k]`.
    ///
    /// Given together (query, key and value; gate and up) because a backend prepares `x` once and
    /// splits all rows in one go.
    ///
    /// @param x float[tokens][inner]
    /// @param weights any type, `[rows][inner]`
    /// @param outs float[tokens][rows]
    void matmul(Tensor x, List<Tensor> weights, List<Tensor> outs);

    /// One matrix: `out[t][r] = Σ over k of weight[r][k] · x[t][k]`.
    default void matmul(Tensor x, Tensor weight, Tensor out) {
        matmul(x, List.of(weight), List.of(out));
    }

    /// The same where float weights and activations may be rounded to whole numbers of 12 bits and
    /// more under a scale each 64, for products of so many rows that multiplying takes the time: at
    /// best twice as fast. What is in `outs` for a token depends on no other token here either.
    default void matmulRounded(Tensor x, List<Tensor> weights, List<Tensor> outs) {
        matmul(x, weights, outs);
    }

    /// Root-mean-square normalisation, row by row: `out[t][d] = x[t][d] · gain[d] / √(mean over d
    /// of x[t][d]² + eps)`.
    ///
    /// Zhang and Sennrich 2019, eq. 4.
    ///
    /// @param x float[tokens][dim]
    /// @param gain float[1][dim]
    /// @param out float[tokens][dim]; may be `x`
    void rmsNorm(Tensor x, Tensor gain, float eps, Tensor out);

    /// Rotates each head's pairs in place: `(a, b) → (a·cos − b·sin, b·cos + a·sin)`.
    ///
    /// Su et al. 2021, eq. 34.
    ///
    /// @param x float[tokens][heads * headDim]
    /// @param cos float[tokens][headDim / 2], one angle a pair
    /// @param sin float[tokens][headDim / 2]
    void rope(Tensor x, int headDim, RopePairs pairs, Tensor cos, Tensor sin);

    /// Stores keys and values of a batch's tokens: {@link KvCache#append(int, Batch, Tensor,
    /// Tensor)}, which threads may share.
    ///
    /// @param key float[tokens][kvDim], rotated
    /// @param value float[tokens][kvDim]
    default void append(KvCache cache, int layer, Batch batch, Tensor key, Tensor value) {
        cache.append(layer, batch, key, value);
    }

    /// Attention over paged keys and values: `out[t][h] = Σ over p of softmax over p of (scale[t] ·
    /// q[t][h] · k[p]) · v[p]`, for positions p up to the token's own (and beyond, where its
    /// {@linkplain Batch.Slice#seen slice says so}), and not more than the window back.
    ///
    /// Query head `h` reads key head `h / (heads / kvHeads)`. The softmax is reduced block by block
    /// at absolute positions (see {@link KvCache#BLOCK_SIZE}), so how a prompt was cut never shows.
    ///
    /// @param q float[tokens][heads * headDim], rotated
    /// @param scale one factor a token: 1/√headDim, times what its position asks for
    /// @param out float[tokens][heads * headDim]
    void attention(
            Tensor q,
            float[] scale,
            Heads heads,
            KvCache cache,
            int layer,
            Batch batch,
            Tensor out);

    /// `out[t][d] = silu(gate[t][d]) · up[t][d]`, with `silu(z) = z / (1 + e^−z)`.
    ///
    /// Shazeer 2020, eq. 6.
    ///
    /// @param out float[tokens][hiddenDim]; may be `gate`
    void swiglu(Tensor gate, Tensor up, Tensor out);

    /// `out[t][d] = x[t][d] · Φ(x[t][d])`, with `Φ(z) = (1 + erf(z / √2)) / 2`.
    ///
    /// Hendrycks and Gimpel 2016, section 2; the function itself, not one of its approximations by
    /// tanh or a sigmoid.
    ///
    /// @param x float[tokens][dim]
    /// @param out float[tokens][dim]; may be `x`
    void gelu(Tensor x, Tensor out);

    /// Lays the vectors of each square of neighbours into one, dimension by dimension: `out[r ·
    /// columns / side + c][d · side² + dy · side + dx] = x[(r · side + dy) · columns + c · side +
    /// dx][d]`, the order of an unfolded convolution.
    ///
    /// @param x float[rows * columns][dim], row by row; rows and columns whole multiples of `side`
    /// @param columns vectors in a row
    /// @param side of a square
    /// @param out float[rows * columns / side²][dim * side²]
    void mergeSquares(Tensor x, int columns, int side, Tensor out);

    /// `x[t][d] += y[t][d]`.
    void add(Tensor x, Tensor y);

    /// New passes over rows of logits, for a sampler.
    LogitPasses logitPasses();

    /// Threads that compute, the caller's included.
    default int threads() {
        return 1;
    }

    /// Runs tasks that do not depend on each other, on all threads; returns when all have ended.
    /// What a task throws is thrown here. A task may use {@link LogitPasses}, but none of the
    /// operations above.
    ///
    /// @param task is told its number, from 0
    default void share(int tasks, IntConsumer task) {
        for (int i = 0; i < tasks; i++) {
            task.accept(i);
        }
    }

    /// Weights that were read may hold other values from here on, in the same places. A backend
    /// that keeps something made of them makes it anew.
    default void weightsChanged() {}

    /// Ends the backend's threads. Tensors are not its own.
    @Override
    void close();

    /// The shape of attention: how many heads, how wide, and how far back they look.
    ///
    /// @param window positions a token sees, its own included; `Integer.MAX_VALUE` for all
    record Heads(int heads, int kvHeads, int headDim, int window) {
        public Heads {
            if (kvHeads <= 0 || heads % kvHeads != 0 || headDim <= 0 || window <= 0) {
                throw new IllegalArgumentException(
                        "%d heads over %d key heads of %d, window %d"
                                .formatted(heads, kvHeads, headDim, window));
            }
        }

        /// Query heads that share a key head.
        public int group() {
            return heads / kvHeads;
        }
    }

    /// Which two elements of a head turn together: a property of the weights' row order.
    enum RopePairs {
        /// Elements 2i and 2i + 1: Mistral's own files, and GGUF `llama` and `mistral3`.
        INTERLEAVED,
        /// Elements i and i + headDim / 2: Hugging Face's files, and GGUF `qwen3`.
        SPLIT_HALF
    }
}
