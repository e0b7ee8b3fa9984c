package dev.tramontane.cache;

import dev.tramontane.tensor.LazyMemory;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The storage of keys and values: for each layer a number of blocks, laid out as {@link
/// CacheFormat} says.
///
/// Memory belongs to the arena given at construction. Written and read by the engine's thread and
/// its kernels alone.
public final class KvCache {
    /// Positions in a block. Attention is reduced over blocks of this size at absolute positions,
    /// so the number is part of the numerics: it may change only with the recorded figures.
    public static final int BLOCK_SIZE = 32;

    private final CacheFormat format;
    private final int blocks;
    private final MemorySegment[] layers;

    /// Zeroed storage of `blocks` blocks, which takes memory as it is written.
    public KvCache(Arena arena, CacheFormat format, int layers, int blocks) {
        this.format = format;
        this.blocks = blocks;
        this.layers = new MemorySegment[layers];
        long bytes = Math.multiplyExact(format.blockBytes(), (long) blocks);
        for (int layer = 0; layer < layers; layer++) {
            this.layers[layer] = LazyMemory.allocate(arena, bytes, Tensor.ALIGNMENT_BYTES);
        }
    }

    /// How a block lies in memory.
    public CacheFormat format() {
        return format;
    }

    /// Number of blocks.
    public int blocks() {
        return blocks;
    }

    /// A layer's blocks, end to end.
    public MemorySegment layer(int layer) {
        return layers[layer];
    }

    /// Byte of a layer where a head's keys and values of a block begin.
    public long at(int block, int kvHead) {
        return block * format.blockBytes() + kvHead * format.headBytes();
    }

    /// Stores the keys and values of a batch's tokens at their positions.
    ///
    /// @param key float[tokens][kvDim], rotated
    /// @param value float[tokens][kvDim]
    public void append(int layer, Batch batch, Tensor key, Tensor value) {
        for (Batch.Slice slice : batch.slices()) {
            append(layer, slice, 0, slice.count(), key, value);
        }
    }

    /// Stores tokens `from` to `to` of a slice. Threads may store other tokens at the same time.
    ///
    /// @param key as in {@link #append(int, Batch, Tensor, Tensor)}, of the whole batch
    /// @param value likewise
    public void append(int layer, Batch.Slice slice, int from, int to, Tensor key, Tensor value) {
        MemorySegment data = layers[layer];
        int headDim = format.headDim();
        var row = new float[format.kvDim()];
        var encoded = new short[format.kvDim()];
        for (int i = from; i < to; i++) {
            int position = slice.position() + i;
            int block = slice.blocks().block(position / BLOCK_SIZE);
            int within = position % BLOCK_SIZE;
            read(key, slice.start() + i, row);
            format.encode(row, encoded);
            for (int head = 0; head < format.kvHeads(); head++) {
                format.writeKey(data, at(block, head), within, row, encoded, head * headDim);
            }
            read(value, slice.start() + i, row);
            format.encode(row, encoded);
            for (int head = 0; head < format.kvHeads(); head++) {
                format.writeValue(data, at(block, head), within, row, encoded, head * headDim);
            }
        }
    }

    private static void read(Tensor x, int token, float[] row) {
        MemorySegment.copy(
                x.data(), ValueLayout.JAVA_FLOAT, token * x.rowBytes(), row, 0, row.length);
    }
}
