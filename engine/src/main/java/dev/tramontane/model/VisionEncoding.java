package dev.tramontane.model;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockPool;
import dev.tramontane.cache.BlockTable;
import dev.tramontane.cache.KvCache;
import dev.tramontane.image.ImagePatches;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Images on their way through the {@link VisionEncoder}, computed piece by piece, so that others
/// can compute in between. How the work is cut changes no result.
///
/// A layer is two passes over the patches: the first stores all keys and values, the second attends
/// to them. A piece is a chunk of patches in one pass, at most some tens of milliseconds for an
/// image of the largest size on two cores.
///
/// It owns its memory: vectors of all patches, keys and values of one layer, and buffers of a
/// chunk.
public final class VisionEncoding implements AutoCloseable {
    /// Patches of a piece.
    static final int CHUNK = 256;

    /// Patches that become vectors in one piece, at least a row of squares.
    private static final int MERGED_CHUNK = 4 * CHUNK;

    /// What the next piece does.
    private enum Pass {
        EMBED,
        STORE,
        ATTEND,
        MERGE,
        DONE
    }

    /// An image's patches among all.
    private record Placed(ImagePatches image, int start, BlockTable blocks, Tensor out) {
        int end() {
            return start + image.count();
        }
    }

    private final VisionEncoder encoder;
    private final VisionConfig config;
    private final VisionWeights weights;
    private final Kernels kernels;
    private final List<Placed> images = new ArrayList<>();
    private final int patches;
    private final float[] scale = new float[CHUNK];
    private final Arena arena = Arena.ofShared();
    private final KvCache cache;
    private final Tensor x; // float[patches][dim]
    private final Tensor q; // float[patches][dim]
    private final Tensor cos; // float[patches][headDim / 2]
    private final Tensor sin;
    private final Tensor pixels; // float[CHUNK][patchValues]
    private final Tensor h; // float[CHUNK][dim]
    private final Tensor k;
    private final Tensor v;
    private final Tensor gate; // float[CHUNK][hiddenDim]
    private final Tensor up;
    private Pass pass = Pass.EMBED;
    private int layer;
    private int from;

    @SuppressWarnings("MustBeClosedChecker") // closed with this object
    VisionEncoding(VisionEncoder encoder, List<ImagePatches> given, List<Tensor> outs) {
        this.encoder = encoder;
        this.config = encoder.config();
        this.weights = encoder.weights();
        this.kernels = encoder.kernels();
        int start = 0;
        int blocks = 0;
        for (int i = 0; i < given.size(); i++) {
            var table = new BlockTable();
            int end = blocks + BlockPool.blocksFor(given.get(i).count());
            for (; blocks < end; blocks++) {
                table.append(blocks);
            }
            images.add(new Placed(given.get(i), start, table, outs.get(i)));
            start = images.getLast().end();
        }
        patches = start;
        Arrays.fill(scale, (float) (1 / Math.sqrt(config.headDim())));
        int dim = config.dim();
        int chunk = Math.min(CHUNK, patches);
        cache = new KvCache(arena, encoder.keysAndValues(), 1, blocks);
        x = Tensor.allocate(arena, patches, dim);
        q = Tensor.allocate(arena, patches, dim);
        cos = Tensor.allocate(arena, patches, config.headDim() / 2);
        sin = Tensor.allocate(arena, patches, config.headDim() / 2);
        pixels = Tensor.allocate(arena, chunk, config.patchValues());
        h = Tensor.allocate(arena, chunk, dim);
        k = Tensor.allocate(arena, chunk, dim);
        v = Tensor.allocate(arena, chunk, dim);
        gate = Tensor.allocate(arena, chunk, config.hiddenDim());
        up = Tensor.allocate(arena, chunk, config.hiddenDim());
        var rope = new RopeGrid(config);
        for (Placed placed : images) {
            int count = placed.image().count();
            rope.fill(
                    placed.image(),
                    cos.slice(placed.start(), count),
                    sin.slice(placed.start(), count));
        }
    }

    /// Bytes that encoding so many patches takes besides the weights and the result: an upper
    /// bound.
    static long bytes(VisionConfig config, int elementBytes, int patches) {
        long dim = config.dim();
        long aPatch =
                2 * dim * (Float.BYTES + elementBytes) + (long) config.headDim() * Float.BYTES;
        long aChunk = config.patchValues() + 3 * dim + 2L * config.hiddenDim();
        long merging = 3L * MERGED_CHUNK * dim;
        return patches * aPatch + Float.BYTES * (CHUNK * aChunk + merging);
    }

    /// Whether the results are there.
    public boolean isDone() {
        return pass == Pass.DONE;
    }

    /// Computes the next piece.
    public void step() {
        encoder.beforeLayer();
        int count = Math.min(CHUNK, patches - from);
        switch (pass) {
            case EMBED -> embed(count);
            case STORE -> store(count);
            case ATTEND -> attend(count);
            case MERGE -> count = merge();
            case DONE -> throw new IllegalStateException("the images are encoded");
        }
        from += count;
        if (from == patches) {
            from = 0;
            pass = next();
        }
    }

    private Pass next() {
        return switch (pass) {
            case EMBED -> config.layers() == 0 ? Pass.MERGE : Pass.STORE;
            case STORE -> Pass.ATTEND;
            case ATTEND -> ++layer < config.layers() ? Pass.STORE : Pass.MERGE;
            case MERGE, DONE -> Pass.DONE;
        };
    }

    /// `x = rmsNorm(patches · W)`.
    private void embed(int count) {
        Tensor read = pixels.slice(0, count);
        for (Batch.Slice slice : batch(count).slices()) {
            Placed placed = image(from + slice.start());
            int first = slice.position() * config.patchValues();
            read.slice(slice.start(), slice.count()).fill(placed.image().values(), first);
        }
        Tensor rows = x.slice(from, count);
        multiply(read, weights.patches(), rows);
        kernels.rmsNorm(rows, weights.firstNorm(), config.towerEps(), rows);
    }

    /// Queries, keys and values of `n = rmsNorm(x)`, turned; keys and values go into the cache.
    private void store(int count) {
        ModelWeights.LayerWeights w = weights.layers().get(layer);
        Tensor n = h.slice(0, count);
        Tensor queries = q.slice(from, count);
        Tensor keys = k.slice(0, count);
        Tensor values = v.slice(0, count);
        Tensor c = cos.slice(from, count);
        Tensor s = sin.slice(from, count);
        kernels.rmsNorm(x.slice(from, count), w.attentionNorm(), config.towerEps(), n);
        multiply(n, List.of(w.query(), w.key(), w.value()), List.of(queries, keys, values));
        kernels.rope(queries, config.headDim(), config.ropePairs(), c, s);
        kernels.rope(keys, config.headDim(), config.ropePairs(), c, s);
        kernels.append(cache, 0, batch(count), keys, values);
    }

    /// `x += Wo · attention`, then `x += Wdown · (silu(Wgate n) ⊙ Wup n)` with `n = rmsNorm(x)`.
    private void attend(int count) {
        ModelWeights.LayerWeights w = weights.layers().get(layer);
        Tensor rows = x.slice(from, count);
        Tensor gathered = k.slice(0, count);
        Tensor n = h.slice(0, count);
        kernels.attention(
                q.slice(from, count),
                scale,
                config.attentionHeads(),
                cache,
                0,
                batch(count),
                gathered);
        multiply(gathered, w.attentionOutput(), n);
        kernels.add(rows, n);
        kernels.rmsNorm(rows, w.feedForwardNorm(), config.towerEps(), n);
        Tensor gates = gate.slice(0, count);
        Tensor ups = up.slice(0, count);
        multiply(n, List.of(w.gate(), w.up()), List.of(gates, ups));
        kernels.swiglu(gates, ups, gates);
        multiply(gates, w.down(), n);
        kernels.add(rows, n);
    }

    /// `out = W2 · gelu(W1 · (Wmerge · squares(rmsNorm(x))))` for some rows of squares of one
    /// image.
    ///
    /// @return patches that they were made of
    private int merge() {
        Placed placed = image(from);
        int side = config.merge();
        int aRow = side * placed.image().columns();
        int count = Math.min(placed.end() - from, Math.max(1, MERGED_CHUNK / aRow) * aRow);
        int squares = count / (side * side);
        Tensor out = placed.out().slice((from - placed.start()) / (side * side), squares);
        try (Arena buffers = Arena.ofShared()) {
            Tensor normed = Tensor.allocate(buffers, count, config.dim());
            Tensor laid = Tensor.allocate(buffers, squares, config.dim() * side * side);
            Tensor inner = Tensor.allocate(buffers, squares, config.dim());
            Tensor wide = Tensor.allocate(buffers, squares, weights.textDim());
            kernels.rmsNorm(x.slice(from, count), weights.mergerNorm(), config.mergerEps(), normed);
            kernels.mergeSquares(normed, placed.image().columns(), side, laid);
            multiply(laid, weights.merger(), inner);
            multiply(inner, weights.projectorIn(), wide);
            kernels.gelu(wide, wide);
            multiply(wide, weights.projectorOut(), out);
        }
        return count;
    }

    private void multiply(Tensor in, Tensor weight, Tensor out) {
        multiply(in, List.of(weight), List.of(out));
    }

    private void multiply(Tensor in, List<Tensor> matrices, List<Tensor> outs) {
        if (encoder.rounds()) {
            kernels.matmulRounded(in, matrices, outs);
        } else {
            kernels.matmul(in, matrices, outs);
        }
    }

    /// The image that a patch is of.
    private Placed image(int patch) {
        int i = 0;
        while (images.get(i).end() <= patch) {
            i++;
        }
        return images.get(i);
    }

    /// The next patches as a batch: a slice of each image, whose patches all see all of it.
    private Batch batch(int count) {
        List<Batch.Slice> slices = new ArrayList<>();
        for (int at = from; at < from + count; ) {
            Placed placed = image(at);
            int end = Math.min(from + count, placed.end());
            slices.add(
                    new Batch.Slice(
                            at - from,
                            end - at,
                            at - placed.start(),
                            placed.blocks(),
                            placed.image().count()));
            at = end;
        }
        return new Batch(new int[count], slices, new int[0]);
    }

    @Override
    public void close() {
        arena.close();
    }
}
