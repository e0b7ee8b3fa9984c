package dev.tramontane.kernels;

import static dev.tramontane.kernels.Lanes.COUNT;
import static dev.tramontane.kernels.Lanes.F;
import static dev.tramontane.kernels.Lanes.LITTLE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Four rows of weights times three or six tokens: the loop in which prompts spend their time.
///
/// Rows lie interleaved, `float[steps][4][COUNT]` and `float[steps][tokens][COUNT]`, so that a step
/// reads two pieces of memory from front to back through two pointers: with a pointer for each row
/// the compiler runs out of registers for addresses. The memory is outside the heap and aligned,
/// because vectors of 512 bits in an array always straddle cache lines.
///
/// Sums start at zero and leave through an array: to load them as well would overrun the compiler's
/// budget of nodes (docs/log).
///
/// Both loops say first of which class their memory is. Otherwise the compiler takes it from what
/// the Vector API's own methods have seen in this process, and where that was mapped files as well,
/// each load branches on the class: half the speed.
final class VectorTile {
    /// Rows of weights in a tile.
    static final int ROWS = 4;

    /// Tokens of {@link #three}: twelve sums, three or four weights and a value are the sixteen
    /// registers of AVX2.
    static final int FEW = 3;

    /// Tokens of {@link #six}: 24 sums, four weights and a value, of 32 registers.
    static final int MANY = 6;

    /// The most tokens that registers here have room for. AVX2's vectors of 256 bits are sixteen;
    /// those of AVX-512, NEON and SVE are 32.
    static final int MOST_TOKENS =
            COUNT == 8 && !System.getProperty("os.arch").equals("aarch64") ? FEW : MANY;

    /// Sums of a tile: `float[4][tokens][COUNT]`.
    static final int SUMS = ROWS * MANY * COUNT;

    /// The class of memory that is allocated outside the heap.
    private static final Class<?> ALLOCATED = Arena.ofAuto().allocate(1).getClass();

    /// Lanes of the second half of a vector.
    private static final VectorMask<Float> SECOND_HALF = lanesWith(COUNT / 2);

    /// Lanes of the second and the last quarter.
    private static final VectorMask<Float> ODD_QUARTERS = lanesWith(COUNT / 4);

    private static final VectorShuffle<Float> SWAP_HALVES = swap(COUNT / 2);
    private static final VectorShuffle<Float> SWAP_QUARTERS = swap(COUNT / 4);
    private static final VectorShuffle<Float> SWAP_PAIRS = swap(2);
    private static final VectorShuffle<Float> SWAP_LANES = swap(1);

    private VectorTile() {}

    private static VectorMask<Float> lanesWith(int bit) {
        boolean[] lanes = new boolean[COUNT];
        for (int lane = 0; lane < COUNT; lane++) {
            lanes[lane] = (lane & bit) != 0;
        }
        return VectorMask.fromArray(F, lanes, 0);
    }

    private static VectorShuffle<Float> swap(int distance) {
        return VectorShuffle.fromOp(F, lane -> lane ^ distance);
    }

    /// The same segment, whose class the compiler knows from here on.
    private static MemorySegment allocated(MemorySegment data) {
        if (data.getClass() != ALLOCATED) {
            throw new IllegalArgumentException(
                    "a tile reads "
                            + data
                            + ", expected memory that was allocated outside the heap");
        }
        return data;
    }

    private static FloatVector load(MemorySegment data, long at) {
        return FloatVector.fromMemorySegment(F, data, at, LITTLE);
    }

    /// Places the vectors of a row where a tile reads them.
    ///
    /// @param count values, whole vectors
    /// @param to `float[count / COUNT][width][COUNT]`
    /// @param toAt byte of the row's first vector
    /// @param width rows that lie interleaved
    static void interleave(float[] row, int at, int count, MemorySegment to, long toAt, int width) {
        for (int i = 0; i < count; i += COUNT) {
            FloatVector.fromArray(F, row, at + i)
                    .intoMemorySegment(to, toAt + 4L * width * i, LITTLE);
        }
    }

    /// Vectors of sums of four rows times three tokens, row-major.
    ///
    /// @param steps vectors in a row
    static void three(
            MemorySegment panel,
            long wAt,
            MemorySegment groups,
            long xAt,
            int steps,
            float[] sums,
            int sumsAt) {
        MemorySegment w = allocated(panel);
        MemorySegment x = allocated(groups);
        FloatVector a0 = FloatVector.zero(F);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector b2 = a0;
        FloatVector c0 = a0;
        FloatVector c1 = a0;
        FloatVector c2 = a0;
        FloatVector d0 = a0;
        FloatVector d1 = a0;
        FloatVector d2 = a0;
        for (int i = 0; i < steps; i++) {
            long weights = wAt + 4L * ROWS * COUNT * i;
            long values = xAt + 4L * FEW * COUNT * i;
            FloatVector a = load(w, weights);
            FloatVector b = load(w, weights + 4L * COUNT);
            FloatVector c = load(w, weights + 8L * COUNT);
            FloatVector d = load(w, weights + 12L * COUNT);
            FloatVector v = load(x, values);
            a0 = a.fma(v, a0);
            b0 = b.fma(v, b0);
            c0 = c.fma(v, c0);
            d0 = d.fma(v, d0);
            v = load(x, values + 4L * COUNT);
            a1 = a.fma(v, a1);
            b1 = b.fma(v, b1);
            c1 = c.fma(v, c1);
            d1 = d.fma(v, d1);
            v = load(x, values + 8L * COUNT);
            a2 = a.fma(v, a2);
            b2 = b.fma(v, b2);
            c2 = c.fma(v, c2);
            d2 = d.fma(v, d2);
        }
        a0.intoArray(sums, sumsAt);
        a1.intoArray(sums, sumsAt + COUNT);
        a2.intoArray(sums, sumsAt + 2 * COUNT);
        b0.intoArray(sums, sumsAt + 3 * COUNT);
        b1.intoArray(sums, sumsAt + 4 * COUNT);
        b2.intoArray(sums, sumsAt + 5 * COUNT);
        c0.intoArray(sums, sumsAt + 6 * COUNT);
        c1.intoArray(sums, sumsAt + 7 * COUNT);
        c2.intoArray(sums, sumsAt + 8 * COUNT);
        d0.intoArray(sums, sumsAt + 9 * COUNT);
        d1.intoArray(sums, sumsAt + 10 * COUNT);
        d2.intoArray(sums, sumsAt + 11 * COUNT);
    }

    /// Vectors of sums of four rows times six tokens, row-major.
    ///
    /// @param steps vectors in a row
    static void six(
            MemorySegment panel,
            long wAt,
            MemorySegment groups,
            long xAt,
            int steps,
            float[] sums,
            int sumsAt) {
        MemorySegment w = allocated(panel);
        MemorySegment x = allocated(groups);
        FloatVector a0 = FloatVector.zero(F);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector b2 = a0;
        FloatVector b3 = a0;
        FloatVector b4 = a0;
        FloatVector b5 = a0;
        FloatVector c0 = a0;
        FloatVector c1 = a0;
        FloatVector c2 = a0;
        FloatVector c3 = a0;
        FloatVector c4 = a0;
        FloatVector c5 = a0;
        FloatVector d0 = a0;
        FloatVector d1 = a0;
        FloatVector d2 = a0;
        FloatVector d3 = a0;
        FloatVector d4 = a0;
        FloatVector d5 = a0;
        for (int i = 0; i < steps; i++) {
            long weights = wAt + 4L * ROWS * COUNT * i;
            long values = xAt + 4L * MANY * COUNT * i;
            FloatVector a = load(w, weights);
            FloatVector b = load(w, weights + 4L * COUNT);
            FloatVector c = load(w, weights + 8L * COUNT);
            FloatVector d = load(w, weights + 12L * COUNT);
            FloatVector v = load(x, values);
            a0 = a.fma(v, a0);
            b0 = b.fma(v, b0);
            c0 = c.fma(v, c0);
            d0 = d.fma(v, d0);
            v = load(x, values + 4L * COUNT);
            a1 = a.fma(v, a1);
            b1 = b.fma(v, b1);
            c1 = c.fma(v, c1);
            d1 = d.fma(v, d1);
            v = load(x, values + 8L * COUNT);
            a2 = a.fma(v, a2);
            b2 = b.fma(v, b2);
            c2 = c.fma(v, c2);
            d2 = d.fma(v, d2);
            v = load(x, values + 12L * COUNT);
            a3 = a.fma(v, a3);
            b3 = b.fma(v, b3);
            c3 = c.fma(v, c3);
            d3 = d.fma(v, d3);
            v = load(x, values + 16L * COUNT);
            a4 = a.fma(v, a4);
            b4 = b.fma(v, b4);
            c4 = c.fma(v, c4);
            d4 = d.fma(v, d4);
            v = load(x, values + 20L * COUNT);
            a5 = a.fma(v, a5);
            b5 = b.fma(v, b5);
            c5 = c.fma(v, c5);
            d5 = d.fma(v, d5);
        }
        a0.intoArray(sums, sumsAt);
        a1.intoArray(sums, sumsAt + COUNT);
        a2.intoArray(sums, sumsAt + 2 * COUNT);
        a3.intoArray(sums, sumsAt + 3 * COUNT);
        a4.intoArray(sums, sumsAt + 4 * COUNT);
        a5.intoArray(sums, sumsAt + 5 * COUNT);
        b0.intoArray(sums, sumsAt + 6 * COUNT);
        b1.intoArray(sums, sumsAt + 7 * COUNT);
        b2.intoArray(sums, sumsAt + 8 * COUNT);
        b3.intoArray(sums, sumsAt + 9 * COUNT);
        b4.intoArray(sums, sumsAt + 10 * COUNT);
        b5.intoArray(sums, sumsAt + 11 * COUNT);
        c0.intoArray(sums, sumsAt + 12 * COUNT);
        c1.intoArray(sums, sumsAt + 13 * COUNT);
        c2.intoArray(sums, sumsAt + 14 * COUNT);
        c3.intoArray(sums, sumsAt + 15 * COUNT);
        c4.intoArray(sums, sumsAt + 16 * COUNT);
        c5.intoArray(sums, sumsAt + 17 * COUNT);
        d0.intoArray(sums, sumsAt + 18 * COUNT);
        d1.intoArray(sums, sumsAt + 19 * COUNT);
        d2.intoArray(sums, sumsAt + 20 * COUNT);
        d3.intoArray(sums, sumsAt + 21 * COUNT);
        d4.intoArray(sums, sumsAt + 22 * COUNT);
        d5.intoArray(sums, sumsAt + 23 * COUNT);
    }

    /// Adds a tile's finished sums to results: of each element the vectors of both halves, then
    /// {@link Lanes#sum} of them, for four rows at once.
    ///
    /// Two vectors become one whose halves are theirs added up, two of those one of four quarters;
    /// lanes meet in the same order as in `Lanes.sum`.
    ///
    /// @param sums `float[2][SUMS]` from `sumsAt` on, a half each
    /// @param tokens of the tile
    /// @param lanes room for a vector
    /// @param results `float[tokens][stride]` from `at` on
    static void total(
            float[] sums,
            int sumsAt,
            int tokens,
            float[] lanes,
            float[] results,
            int at,
            int stride) {
        int row = tokens * COUNT;
        for (int t = 0; t < tokens; t++) {
            FloatVector a = bothHalves(sums, sumsAt + t * COUNT);
            FloatVector b = bothHalves(sums, sumsAt + t * COUNT + row);
            FloatVector c = bothHalves(sums, sumsAt + t * COUNT + 2 * row);
            FloatVector d = bothHalves(sums, sumsAt + t * COUNT + 3 * row);
            FloatVector ab =
                    a.blend(b, SECOND_HALF).add(b.blend(a, SECOND_HALF).rearrange(SWAP_HALVES));
            FloatVector cd =
                    c.blend(d, SECOND_HALF).add(d.blend(c, SECOND_HALF).rearrange(SWAP_HALVES));
            FloatVector all =
                    ab.blend(cd, ODD_QUARTERS)
                            .add(cd.blend(ab, ODD_QUARTERS).rearrange(SWAP_QUARTERS));
            if (COUNT == 16) {
                all = all.add(all.rearrange(SWAP_PAIRS));
            }
            if (COUNT >= 8) {
                all = all.add(all.rearrange(SWAP_LANES));
            }
            all.intoArray(lanes, 0);
            int to = at + t * stride;
            results[to] += lanes[0];
            results[to + 1] += lanes[COUNT / 2];
            results[to + 2] += lanes[COUNT / 4];
            results[to + 3] += lanes[3 * COUNT / 4];
        }
    }

    private static FloatVector bothHalves(float[] sums, int at) {
        return FloatVector.fromArray(F, sums, at).add(FloatVector.fromArray(F, sums, SUMS + at));
    }
}
