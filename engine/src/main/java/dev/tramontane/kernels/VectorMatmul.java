package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Scales;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Matrix products: how rows, tokens and depth are cut so that caches and threads are used well.
/// The arithmetic is {@link VectorPanel}'s and {@link VectorTile}'s.
///
/// One token reads each weight once, straight from the file's blocks, and four stretches of rows by
/// turns: what waits for memory is one of them, while the processor fetches ahead for all. Two rows
/// of different stretches are multiplied together where the type has a loop for that. More tokens
/// share the decoding: a panel of 32 rows and 2048 columns is decoded into the second cache of one
/// core and multiplied with up to 132 tokens, whose activations stay there for the next panels.
///
/// An output element is the sum of its depths' sums, each of {@link #DEPTH} columns and finished by
/// itself; so nothing but results is carried from one depth to the next. Scales of whole rows
/// multiply finished sums; those of squares multiply what was decoded.
final class VectorMatmul {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /// Columns whose sums are finished together: a multiple of every block and square.
    static final int DEPTH = 2048;

    private static final int ROWS_A_PANEL = 32;
    private static final int TOKENS_A_PASS = 132; // whole tiles

    /// Rows that a thread takes at once for one token, at least and at most.
    private static final int FEWEST_ALONE = 16;

    private static final int MOST_ALONE = 128;

    /// Stretches of rows that are read by turns for one token: as many rows as a tile has.
    private static final int STRETCHES = VectorTile.ROWS;

    /// Rows that a thread takes at once for many tokens at most.
    private static final int ROWS_TOGETHER = 4 * ROWS_A_PANEL;

    /// How a product is cut into tasks: each is some rows of a matrix times a pass, which is some
    /// tiles of tokens.
    private record Cut(List<List<TokenGroup>> passes, int rowsATask) {
        static Cut of(int tokens, List<Tensor> weights, int threads) {
            long rows = 0;
            for (Tensor weight : weights) {
                rows += weight.rows();
            }
            if (tokens == 1) {
                return new Cut(
                        List.of(List.of(new TokenGroup(0, 1))),
                        Math.clamp(rows / (4L * threads), FEWEST_ALONE, MOST_ALONE));
            }
            List<TokenGroup> tiles = SplitRows.tiles(tokens);
            int count = Math.ceilDiv(tokens, TOKENS_A_PASS);
            int tilesAPass = Math.ceilDiv(tiles.size(), count);
            List<List<TokenGroup>> passes = new ArrayList<>();
            for (int tile = 0; tile < tiles.size(); tile += tilesAPass) {
                passes.add(tiles.subList(tile, Math.min(tiles.size(), tile + tilesAPass)));
            }
            long panels = rows * passes.size() / (4L * threads * ROWS_A_PANEL);
            return new Cut(passes, Math.clamp(panels * ROWS_A_PANEL, ROWS_A_PANEL, ROWS_TOGETHER));
        }

        int tasks(Tensor weight) {
            return passes.size() * parts(weight);
        }

        /// Parts that the rows of a matrix are cut into.
        int parts(Tensor weight) {
            return Math.ceilDiv(weight.rows(), rowsATask);
        }
    }

    private final Workers workers;
    private final Scratch[] scratch;
    private final SplitRows rows = new SplitRows();

    VectorMatmul(Workers workers) {
        this.workers = workers;
        this.scratch = new Scratch[workers.count()];
        Arrays.setAll(scratch, _ -> new Scratch());
    }

    /// One thread's buffers.
    static final class Scratch {
        /// A depth of one row, in split order.
        final float[] row = new float[DEPTH];

        /// The same as it comes.
        final float[] natural = new float[DEPTH];

        /// `float[ROWS_A_PANEL / 4][2][SUMS]`
        private final float[] sums =
                new float[ROWS_A_PANEL / VectorTile.ROWS * 2 * VectorTile.SUMS];

        private final float[] lanes = new float[COUNT];
        private final float[] results = new float[TOKENS_A_PASS * ROWS_TOGETHER];
        private MemorySegment panel = MemorySegment.NULL;

        /// `float[ROWS_A_PANEL / 4][2][steps][4][COUNT]`, made when a product first needs it.
        MemorySegment panel() {
            if (panel.byteSize() == 0) {
                panel = Arena.ofAuto().allocate(4L * ROWS_A_PANEL * DEPTH, Tensor.ALIGNMENT_BYTES);
            }
            return panel;
        }
    }

    void multiply(Tensor x, List<Tensor> weights, List<Tensor> outs) {
        for (int i = 0; i < weights.size(); i++) {
            check(x, weights.get(i), outs.get(i));
        }
        if (x.rows() == 0) {
            return;
        }
        Cut cut = Cut.of(x.rows(), weights, workers.count());
        if (x.rows() == 1) {
            rows.splitOne(x, scratch[0].natural);
        } else {
            rows.split(x, SplitRows.tiles(x.rows()), workers, scratch);
        }
        int tasks = 0;
        for (Tensor weight : weights) {
            tasks += cut.tasks(weight);
        }
        workers.run(
                tasks,
                1,
                (worker, from, to) -> {
                    for (int task = from; task < to; task++) {
                        run(task, cut, x.rows(), weights, outs, scratch[worker]);
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

    /// Finds the matrix, the pass and the rows that a task number means, and computes them.
    private void run(
            int task, Cut cut, int tokens, List<Tensor> weights, List<Tensor> outs, Scratch s) {
        int left = task;
        int matrix = 0;
        while (left >= cut.tasks(weights.get(matrix))) {
            left -= cut.tasks(weights.get(matrix));
            matrix++;
        }
        Tensor weight = weights.get(matrix);
        Tensor out = outs.get(matrix);
        int from = left % cut.parts(weight) * cut.rowsATask;
        int to = Math.min(weight.rows(), from + cut.rowsATask);
        if (tokens == 1) {
            multiplyVector(weight, from, to, out, s);
        } else {
            multiplyRows(weight, from, to, cut.passes.get(left / cut.parts(weight)), out, s);
        }
    }

    /// Rows `from` to `to` times the only token.
    private void multiplyVector(Tensor weight, int from, int to, Tensor out, Scratch s) {
        int stretch = (to - from) / STRETCHES;
        int end = from + STRETCHES * stretch;
        boolean inPairs =
                weight.type() == DType.Q4_0
                        && weight.scales().isRowwise()
                        && inVectors(weight, at(weight, to - 1, 0), weight.cols());
        for (int first = from; first < from + stretch; first++) {
            if (inPairs) {
                multiplyFour(weight, first, stretch, out, s);
                continue;
            }
            for (int row = first; row < end; row += stretch) {
                multiplyRow(weight, row, out, s);
            }
        }
        for (int row = end; row < to; row++) {
            multiplyRow(weight, row, out, s);
        }
    }

    private void multiplyRow(Tensor weight, int row, Tensor out, Scratch s) {
        float sum = 0;
        for (int depth = 0; depth < weight.cols(); depth += DEPTH) {
            sum += dot(weight, row, depth, Math.min(DEPTH, weight.cols() - depth), s);
        }
        out.data().setAtIndex(FLOAT, row, sum * rowScale(weight, row));
    }

    /// A row of each stretch, two at a time.
    private void multiplyFour(Tensor weight, int first, int stretch, Tensor out, Scratch s) {
        long away = stretch * weight.rowBytes();
        Arrays.fill(s.results, 0, STRETCHES, 0f);
        for (int depth = 0; depth < weight.cols(); depth += DEPTH) {
            int count = Math.min(DEPTH, weight.cols() - depth);
            long at = at(weight, first, depth);
            for (int pair = 0; pair < STRETCHES; pair += 2) {
                Standalone.dotPair(
                        weight.data(),
                        at + pair * away,
                        at + (pair + 1) * away,
                        rows.alone(),
                        depth,
                        count,
                        s.sums,
                        pair * COUNT);
            }
            Standalone.total(s.sums, 0, 1, s.lanes, s.results, 0, STRETCHES);
        }
        for (int i = 0; i < STRETCHES; i++) {
            int row = first + i * stretch;
            out.data().setAtIndex(FLOAT, row, s.results[i] * rowScale(weight, row));
        }
    }

    /// The byte of a row's column `depth`.
    private static long at(Tensor weight, int row, int depth) {
        return row * weight.rowBytes() + weight.type().bytes(depth);
    }

    /// Whether `count` values from byte `at` on are multiplied without a detour over memory.
    private static boolean inVectors(Tensor weight, long at, int count) {
        return count % 32 == 0 && VectorPanel.vectorised(weight.type(), weight.data(), at, count);
    }

    /// `count` columns of a row times the only token, without a detour over memory if possible.
    private float dot(Tensor weight, int row, int depth, int count, Scratch s) {
        long at = at(weight, row, depth);
        if (!inVectors(weight, at, count)) {
            decode(weight, row, depth, count, s);
            return VectorPanel.dot(s.row, rows.alone(), depth, Lanes.padded(count) / 2);
        }
        Scales scales = weight.scales();
        return scales.isRowwise()
                ? Standalone.dot(weight.type(), weight.data(), at, rows.alone(), depth, count)
                : Standalone.dotSquares(
                        weight.data(),
                        at,
                        rows.alone(),
                        depth,
                        count,
                        scales.values(),
                        scales.first(row) + depth / Scales.SQUARE);
    }

    /// What a row's finished sum is multiplied by: 1 where its values have been already.
    private static float rowScale(Tensor weight, int row) {
        return weight.scales().isRowwise() ? weight.scales().at(row, 0) : 1;
    }

    /// Decodes `count` values of a row from column `depth` on to the scratch row; see {@link
    /// VectorPanel#decode}.
    private static void decode(Tensor weight, int row, int depth, int count, Scratch s) {
        int half = Lanes.padded(count) / 2;
        long offset = at(weight, row, depth);
        VectorPanel.decode(weight.type(), weight.data(), offset, count, s.row, 0, half, s.natural);
        if (!weight.scales().isRowwise()) {
            VectorPanel.scale(weight.scales(), row, depth, count, s.row, 0, half);
        }
    }

    /// Rows `from` to `to` times a pass of tokens: a depth of all rows before the next, so that the
    /// tokens' activations stay in the cache.
    private void multiplyRows(
            Tensor weight, int from, int to, List<TokenGroup> pass, Tensor out, Scratch s) {
        int first = pass.getFirst().first();
        int last = pass.getLast().first() + pass.getLast().count();
        Arrays.fill(s.results, 0, (last - first) * ROWS_TOGETHER, 0f);
        for (int depth = 0; depth < weight.cols(); depth += DEPTH) {
            int count = Math.min(DEPTH, weight.cols() - depth);
            for (int row = from; row < to; row += ROWS_A_PANEL) {
                int end = Math.min(to, row + ROWS_A_PANEL);
                decodePanel(weight, row, end, depth, count, s);
                for (TokenGroup tile : pass) {
                    int at = (tile.first() - first) * ROWS_TOGETHER + row - from;
                    multiplyTiles(end - row, tile, depth, Lanes.padded(count) / 2, at, s);
                }
            }
        }
        store(weight, from, to, first, Math.min(last, out.rows()), out, s);
    }

    private static void decodePanel(
            Tensor weight, int from, int to, int depth, int count, Scratch s) {
        int half = Lanes.padded(count) / 2;
        for (int r = 0; r < to - from; r++) {
            decode(weight, from + r, depth, count, s);
            long at = panelAt(r, half) + 4L * COUNT * (r % VectorTile.ROWS);
            Standalone.interleave(s.row, 0, half, s.panel(), at, VectorTile.ROWS);
            at += 4L * half * VectorTile.ROWS;
            Standalone.interleave(s.row, half, half, s.panel(), at, VectorTile.ROWS);
        }
    }

    /// The byte of a panel where the tile of a row begins.
    private static long panelAt(int row, int half) {
        return 8L * (row / VectorTile.ROWS) * VectorTile.ROWS * half;
    }

    /// All rows of the panel times a group of tokens, added to results from `at` on: one half of
    /// the split order before the other, since the group's activations of both are more than the
    /// first cache holds.
    private void multiplyTiles(
            int count, TokenGroup group, int depth, int half, int at, Scratch s) {
        for (int side = 0; side < 2; side++) {
            long x = rows.at(group, depth) + 4L * side * half * group.count();
            for (int row = 0; row < count; row += VectorTile.ROWS) {
                long w = panelAt(row, half) + 4L * side * half * VectorTile.ROWS;
                int sums = (row / VectorTile.ROWS * 2 + side) * VectorTile.SUMS;
                Standalone.tile(
                        group.count(), s.panel(), w, rows.groups(), x, half / COUNT, s.sums, sums);
            }
        }
        for (int row = 0; row < count; row += VectorTile.ROWS) {
            int sums = row / VectorTile.ROWS * 2 * VectorTile.SUMS;
            Standalone.total(
                    s.sums, sums, group.count(), s.lanes, s.results, at + row, ROWS_TOGETHER);
        }
    }

    /// Stores the results of tokens `first` to `last`.
    private static void store(
            Tensor weight, int from, int to, int first, int last, Tensor out, Scratch s) {
        for (int r = from; r < to; r++) {
            float scale = rowScale(weight, r);
            if (scale != 1) {
                for (int at = r - from; at < (last - first) * ROWS_TOGETHER; at += ROWS_TOGETHER) {
                    s.results[at] *= scale;
                }
            }
        }
        for (int t = first; t < last; t++) {
            int at = (t - first) * ROWS_TOGETHER;
            long row = t * out.rowBytes() + 4L * from;
            MemorySegment.copy(s.results, at, out.data(), FLOAT, row, to - from);
        }
    }
}
