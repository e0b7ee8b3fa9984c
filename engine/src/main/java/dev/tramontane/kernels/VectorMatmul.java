package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;
import static dev.tramontane.kernels.VectorPanel.TILE_ROWS;
import static dev.tramontane.kernels.VectorPanel.TILE_TOKENS;

import dev.tramontane.tensor.Scales;
import dev.tramontane.tensor.Tensor;

import jdk.incubator.vector.FloatVector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/// Matrix products: how rows, tokens and depth are cut so that caches and threads are used well.
/// The arithmetic is {@link VectorPanel}'s.
///
/// One token reads each weight once, straight from the file's blocks. More tokens share the
/// decoding: a panel of 32 rows and 1024 columns is decoded into the cache of one core and
/// multiplied with up to 128 tokens before the next panel.
///
/// Scales of whole rows multiply finished sums; those of squares multiply what was decoded.
final class VectorMatmul {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final int ROWS_A_PANEL = 32;
    private static final int PANEL_DEPTH = 1024; // a multiple of every block and square
    private static final int TOKENS_A_PASS = 63; // whole tiles
    private static final int ROWS_A_TASK = 64;
    private static final int SUMS_A_TILE = 2 * TILE_ROWS * TILE_TOKENS * COUNT;

    private final Workers workers;
    private final Scratch[] scratch;
    private float[] packed = {};

    VectorMatmul(Workers workers) {
        this.workers = workers;
        this.scratch = new Scratch[workers.count()];
        Arrays.setAll(scratch, _ -> new Scratch());
    }

    /// One thread's buffers.
    private static final class Scratch {
        final float[] panel = new float[ROWS_A_PANEL * PANEL_DEPTH];
        final float[] sums = new float[2 * ROWS_A_PANEL * TOKENS_A_PASS * COUNT];
        final float[] natural = new float[PANEL_DEPTH];
        float[] row = {};
    }

    void multiply(Tensor x, List<Tensor> weights, List<Tensor> outs) {
        for (int i = 0; i < weights.size(); i++) {
            check(x, weights.get(i), outs.get(i));
        }
        pack(x);
        int rowsATask = x.rows() == 1 ? ROWS_A_TASK : ROWS_A_PANEL;
        int tasks = 0;
        for (Tensor weight : weights) {
            tasks += tasks(weight, rowsATask);
        }
        workers.run(
                tasks,
                1,
                (worker, from, to) -> {
                    for (int task = from; task < to; task++) {
                        run(task, rowsATask, x.rows(), weights, outs, scratch[worker]);
                    }
                });
    }

    private static void check(Tensor x, Tensor weight, Tensor out) {
        if (weight.cols() != x.cols() || out.rows() != x.rows() || out.cols() != weight.rows()) {
            throw new IllegalArgumentException(
                    "[%d][%d] times [%d][%d] does not give [%d][%d]"
                            .formatted(
                                    x.rows(),
                                    x.cols(),
                                    weight.rows(),
                                    weight.cols(),
                                    out.rows(),
                                    out.cols()));
        }
    }

    /// Copies the activations to split order, in rows of whole groups and whole tiles of rows, with
    /// zeros behind.
    private void pack(Tensor x) {
        int stride = Lanes.padded(x.cols());
        int rows = x.rows() == 1 ? 1 : (x.rows() + TILE_TOKENS - 1) / TILE_TOKENS * TILE_TOKENS;
        if (packed.length < rows * stride) {
            packed = new float[Math.multiplyExact(rows, stride)];
        }
        int half = stride / 2;
        for (int t = 0; t < x.rows(); t++) {
            long from = t * x.rowBytes();
            for (int k = 0; k < x.cols(); k += 16) {
                int count = Math.min(16, x.cols() - k);
                int to = t * stride + VectorPanel.place(k, half);
                MemorySegment.copy(x.data(), FLOAT, from + 4L * k, packed, to, count);
                Arrays.fill(packed, to + count, to + 16, 0f);
            }
            if ((x.cols() + 15) / 16 * 16 < stride) {
                Arrays.fill(packed, (t + 1) * stride - 16, (t + 1) * stride, 0f);
            }
        }
        Arrays.fill(packed, x.rows() * stride, rows * stride, 0f);
    }

    private static int tasks(Tensor weight, int rowsATask) {
        return (weight.rows() + rowsATask - 1) / rowsATask;
    }

    /// Finds the matrix that a task number falls into, and computes its rows.
    private void run(
            int task,
            int rowsATask,
            int tokens,
            List<Tensor> weights,
            List<Tensor> outs,
            Scratch s) {
        int left = task;
        int matrix = 0;
        while (left >= tasks(weights.get(matrix), rowsATask)) {
            left -= tasks(weights.get(matrix), rowsATask);
            matrix++;
        }
        Tensor weight = weights.get(matrix);
        int from = left * rowsATask;
        int to = Math.min(weight.rows(), from + rowsATask);
        if (tokens == 1) {
            multiplyVector(weight, from, to, outs.get(matrix), s);
        } else {
            multiplyRows(weight, from, to, tokens, outs.get(matrix), s);
        }
    }

    /// Rows `from` to `to` times the only token.
    private void multiplyVector(Tensor weight, int from, int to, Tensor out, Scratch s) {
        int cols = weight.cols();
        int half = Lanes.padded(cols) / 2;
        boolean fused = cols % 32 == 0 && VectorPanel.vectorised(weight.type());
        if (!fused && s.row.length < 2 * half) {
            s.row = new float[2 * half];
        }
        for (int r = from; r < to; r++) {
            float sum;
            if (fused) {
                sum = fusedDot(weight, r, half);
            } else {
                decodeRow(weight, r, half, s);
                sum = VectorPanel.dot(s.row, packed, half);
            }
            out.data().setAtIndex(FLOAT, r, sum * rowScale(weight, r));
        }
    }

    /// A row times the only token, without the detour over memory.
    private float fusedDot(Tensor weight, int row, int half) {
        long at = row * weight.rowBytes();
        Scales scales = weight.scales();
        return scales.isRowwise()
                ? Standalone.dot(weight.type(), weight.data(), at, packed, half, weight.cols())
                : Standalone.dotSquares(
                        weight.data(),
                        at,
                        packed,
                        half,
                        weight.cols(),
                        scales.values(),
                        scales.first(row));
    }

    /// What a row's finished sum is multiplied by: 1 where its values have been already.
    private static float rowScale(Tensor weight, int row) {
        return weight.scales().isRowwise() ? weight.scales().at(row, 0) : 1;
    }

    private static void decodeRow(Tensor weight, int row, int half, Scratch s) {
        for (int depth = 0; depth < weight.cols(); depth += PANEL_DEPTH) {
            int count = Math.min(PANEL_DEPTH, weight.cols() - depth);
            decode(weight, row, depth, count, s.row, depth / 2, half, s.natural);
        }
    }

    /// Decodes `count` values of a row from column `depth` on; see {@link VectorPanel#decode}.
    private static void decode(
            Tensor weight,
            int row,
            int depth,
            int count,
            float[] out,
            int at,
            int half,
            float[] natural) {
        long offset = row * weight.rowBytes() + weight.type().bytes(depth);
        VectorPanel.decode(weight.type(), weight.data(), offset, count, out, at, half, natural);
        if (!weight.scales().isRowwise()) {
            VectorPanel.scale(weight.scales(), row, depth, count, out, at, half);
        }
    }

    /// Rows `from` to `to`, at most a panel's, times all tokens.
    private void multiplyRows(Tensor weight, int from, int to, int tokens, Tensor out, Scratch s) {
        int tiles = (to - from + TILE_ROWS - 1) / TILE_ROWS;
        int passes = (tokens + TOKENS_A_PASS - 1) / TOKENS_A_PASS;
        int tilesAPass = (tokens + passes * TILE_TOKENS - 1) / (passes * TILE_TOKENS);
        int tokensAPass = tilesAPass * TILE_TOKENS;
        for (int first = 0; first < tokens; first += tokensAPass) {
            int last = Math.min(tokens, first + tokensAPass);
            int groups = (last - first + TILE_TOKENS - 1) / TILE_TOKENS;
            Arrays.fill(s.sums, 0, groups * tiles * SUMS_A_TILE, 0f);
            for (int depth = 0; depth < weight.cols(); depth += PANEL_DEPTH) {
                int count = Math.min(PANEL_DEPTH, weight.cols() - depth);
                decodePanel(weight, from, to, depth, count, s);
                for (int group = 0; group < groups; group++) {
                    for (int tile = 0; tile < tiles; tile++) {
                        addTile(
                                weight,
                                first + group * TILE_TOKENS,
                                tile,
                                depth,
                                count,
                                s,
                                (group * tiles + tile) * SUMS_A_TILE);
                    }
                }
            }
            store(weight, s.sums, tiles, from, to, first, last, out);
        }
    }

    /// Both halves of a panel's tile, each to its own sums.
    private void addTile(
            Tensor weight, int token, int tile, int depth, int count, Scratch s, int sums) {
        int stride = Lanes.padded(weight.cols());
        int w = tile * TILE_ROWS * PANEL_DEPTH;
        int x = token * stride + depth / 2;
        int places = Lanes.padded(count) / 2;
        Standalone.tile(s.panel, w, PANEL_DEPTH, packed, x, stride, places, s.sums, sums);
        Standalone.tile(
                s.panel,
                w + PANEL_DEPTH / 2,
                PANEL_DEPTH,
                packed,
                x + stride / 2,
                stride,
                places,
                s.sums,
                sums + SUMS_A_TILE / 2);
    }

    private static void decodePanel(
            Tensor weight, int from, int to, int depth, int count, Scratch s) {
        for (int r = from; r < to; r++) {
            int at = (r - from) * PANEL_DEPTH;
            decode(weight, r, depth, count, s.panel, at, PANEL_DEPTH / 2, s.natural);
        }
    }

    private static void store(
            Tensor weight,
            float[] sums,
            int tiles,
            int from,
            int to,
            int first,
            int last,
            Tensor out) {
        for (int t = first; t < last; t++) {
            int group = (t - first) / TILE_TOKENS;
            for (int r = from; r < to; r++) {
                int tile = (r - from) / TILE_ROWS;
                int element = (r - from) % TILE_ROWS * TILE_TOKENS + (t - first) % TILE_TOKENS;
                int at = (group * tiles + tile) * SUMS_A_TILE + element * COUNT;
                FloatVector halves =
                        FloatVector.fromArray(F, sums, at)
                                .add(FloatVector.fromArray(F, sums, at + SUMS_A_TILE / 2));
                float sum = Lanes.sum(halves) * rowScale(weight, r);
                out.data().set(FLOAT, t * out.rowBytes() + 4L * r, sum);
            }
        }
    }
}
