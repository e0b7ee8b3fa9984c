package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/// Activations in the order that {@link VectorMatmul} reads them: cut into depths of {@link
/// VectorMatmul#DEPTH} values, each in {@link VectorPanel}'s split order, padded with zeros to
/// whole groups of 32.
///
/// One token lies in an array. Several lie in groups as wide as tiles, `float[depths][2][steps]
/// [width][COUNT]` a group; what a group lacks in tokens is zeros.
final class SplitRows {
    private float[] alone = {};
    private MemorySegment groups = MemorySegment.NULL;
    private int stride;

    /// Tokens cut into tiles: as many as registers allow, and few where few are left.
    static List<TokenGroup> tiles(int tokens) {
        TokenGroup[] tiles = new TokenGroup[Math.ceilDiv(tokens, VectorTile.MOST_TOKENS)];
        for (int i = 0; i < tiles.length; i++) {
            int first = i * VectorTile.MOST_TOKENS;
            boolean few = tokens - first <= VectorTile.FEW;
            tiles[i] = new TokenGroup(first, few ? VectorTile.FEW : VectorTile.MOST_TOKENS);
        }
        return List.of(tiles);
    }

    /// Lays out the only row of `x`.
    ///
    /// @param natural room for a depth's values
    void splitOne(Tensor x, float[] natural) {
        stride = Lanes.padded(x.cols());
        if (alone.length < stride) {
            alone = new float[stride];
        }
        for (int depth = 0; depth < x.cols(); depth += VectorMatmul.DEPTH) {
            int count = Math.min(VectorMatmul.DEPTH, x.cols() - depth);
            int half = Lanes.padded(count) / 2;
            VectorPanel.decode(DType.F32, x.data(), 4L * depth, count, alone, depth, half, natural);
        }
    }

    /// Lays out all rows of `x`.
    ///
    /// @param scratch of each worker
    void split(Tensor x, List<TokenGroup> tiles, Workers workers, VectorMatmul.Scratch[] scratch) {
        stride = Lanes.padded(x.cols());
        int rows = tiles.getLast().first() + tiles.getLast().count();
        long bytes = 4L * rows * stride;
        if (groups.byteSize() < bytes) {
            groups = Arena.ofAuto().allocate(bytes, Tensor.ALIGNMENT_BYTES);
        }
        workers.run(
                tiles.size(),
                1,
                (worker, from, to) -> {
                    for (int tile = from; tile < to; tile++) {
                        split(x, tiles.get(tile), scratch[worker]);
                    }
                });
    }

    private void split(Tensor x, TokenGroup tile, VectorMatmul.Scratch s) {
        float[] room = s.row;
        for (int depth = 0; depth < x.cols(); depth += VectorMatmul.DEPTH) {
            int count = Math.min(VectorMatmul.DEPTH, x.cols() - depth);
            int half = Lanes.padded(count) / 2;
            for (int t = 0; t < tile.count(); t++) {
                int row = tile.first() + t;
                if (row < x.rows()) {
                    long from = row * x.rowBytes() + 4L * depth;
                    VectorPanel.decode(DType.F32, x.data(), from, count, room, 0, half, s.natural);
                } else {
                    Arrays.fill(room, 0, 2 * half, 0f);
                }
                long to = at(tile, depth) + 4L * COUNT * t;
                Standalone.interleave(room, 0, half, groups, to, tile.count());
                to += 4L * half * tile.count();
                Standalone.interleave(room, half, half, groups, to, tile.count());
            }
        }
    }

    /// The only token, `float[cols padded]`: a depth's values begin at that depth.
    float[] alone() {
        return alone;
    }

    /// All groups.
    MemorySegment groups() {
        return groups;
    }

    /// The byte where a group's values from column `depth` on begin.
    long at(TokenGroup tile, int depth) {
        return 4L * ((long) tile.first() * stride + (long) depth * tile.count());
    }
}
