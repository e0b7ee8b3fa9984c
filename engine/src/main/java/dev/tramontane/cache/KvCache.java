package dev.tramontane.cache;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Layout;
import dev.tramontane.tensor.LazyMemory;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The storage of keys and values: for each layer `float[blocks * blockSize][kvDim]` of each.
///
/// Memory belongs to the arena given at construction. Written and read by the engine's thread and
/// its kernels alone.
public final class KvCache {
    /// Positions in a block. Attention is reduced over blocks of this size at absolute positions,
    /// so the number is part of the numerics: it may change only with the recorded figures.
    public static final int BLOCK_SIZE = 32;

    private final int blocks;
    private final Tensor[] keys;
    private final Tensor[] values;

    /// Zeroed storage of `blocks` blocks, which takes memory as it is written.
    public KvCache(Arena arena, int layers, int blocks, int kvDim) {
        this.blocks = blocks;
        this.keys = new Tensor[layers];
        this.values = new Tensor[layers];
        for (int layer = 0; layer < layers; layer++) {
            keys[layer] = allocate(arena, Math.multiplyExact(blocks, BLOCK_SIZE), kvDim);
            values[layer] = allocate(arena, Math.multiplyExact(blocks, BLOCK_SIZE), kvDim);
        }
    }

    private static Tensor allocate(Arena arena, int rows, int cols) {
        long bytes = Math.multiplyExact(DType.F32.bytes(cols), (long) rows);
        MemorySegment data = LazyMemory.allocate(arena, bytes, Tensor.ALIGNMENT_BYTES);
        return new Tensor(DType.F32, Layout.ROWS, rows, cols, data);
    }

    /// Bytes that `positions` positions take in all layers.
    public static long bytes(int layers, int kvDim, long positions) {
        return 2L * layers * kvDim * Float.BYTES * positions;
    }

    /// Number of blocks.
    public int blocks() {
        return blocks;
    }

    /// A layer's keys, `float[blocks * blockSize][kvDim]`.
    public Tensor keys(int layer) {
        return keys[layer];
    }

    /// A layer's values, `float[blocks * blockSize][kvDim]`.
    public Tensor values(int layer) {
        return values[layer];
    }

    /// Stores the keys and values of a batch's tokens at their positions.
    ///
    /// @param key float[tokens][kvDim], rotated
    /// @param value float[tokens][kvDim]
    public void append(int layer, Batch batch, Tensor key, Tensor value) {
        long rowBytes = key.rowBytes();
        for (Batch.Slice slice : batch.slices()) {
            for (int i = 0; i < slice.count(); i++) {
                long from = (slice.start() + i) * rowBytes;
                long to = row(slice.blocks(), slice.position() + i) * rowBytes;
                MemorySegment.copy(key.data(), from, keys[layer].data(), to, rowBytes);
                MemorySegment.copy(value.data(), from, values[layer].data(), to, rowBytes);
            }
        }
    }

    /// The storage row of a sequence's position.
    public static long row(BlockTable table, int position) {
        return (long) table.block(position / BLOCK_SIZE) * BLOCK_SIZE + position % BLOCK_SIZE;
    }
}
