package dev.tramontane.kernels;

import dev.tramontane.kernels.BfloatTileCode.Call;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// Products of bfloat16 numbers, added up as floats, by machine code (AVX512-BF16): `to[i][j] =
/// from[i][j] + Σ over k of a[i][k] · b[k][j]`, eight rows by 32 columns a tile.
///
/// Numbers lie in pairs, those of `k` and `k + 1` in a dword, the first in its lower half. A sum
/// begins at zero and takes the second of a pair before the first, each with one rounding, so fused
/// multiplications of floats in that order give the same bits; but values below the normal floats
/// are zero here.
///
/// One thread at a time may call.
public final class BfloatTiles {
    public static final int ROWS = 8;
    public static final int COLS = 32;

    private final MethodHandle routine;
    private final MemorySegment call;

    /// How pairs of rows lie.
    ///
    /// @param rowBytes from a row to the next
    /// @param pairBytes from a pair to the next
    /// @param tileBytes from a tile's first row to that of the next
    public record Layout(int rowBytes, int pairBytes, int tileBytes) {}

    private BfloatTiles(MethodHandle routine, MemorySegment call) {
        this.routine = routine;
        this.call = call;
    }

    /// @param arena owns the code
    /// @return empty where there are no such instructions, floats are as fast, or other
    ///   instructions are asked for
    public static Optional<BfloatTiles> open(Layout layout, Arena arena) {
        boolean can =
                AssembledKernels.obstacle().isEmpty()
                        && AssembledKernels.chosen().isWide()
                        && CpuFeatures.detect().hasFastBfloat16();
        if (!can) {
            return Optional.empty();
        }
        MethodHandle routine = new ExecutableMemory(arena).load(BfloatTileCode.routine(layout));
        return Optional.of(new BfloatTiles(routine, arena.allocate(Call.BYTES, 8)));
    }

    /// The same code for one thread more.
    public BfloatTiles forAnotherThread(Arena arena) {
        return new BfloatTiles(routine, arena.allocate(Call.BYTES, 8));
    }

    /// Computes tiles below each other.
    ///
    /// @param a address of the rows' pairs
    /// @param tiles at least 1
    /// @param b address of int[pairs][COLS]
    /// @param pairs at least 1
    /// @param from address of what the sums are added to, which may be `to`
    /// @param fromStride bytes from a row to the next; 0 where all rows begin at the same
    public void multiply(
            long a,
            int tiles,
            long b,
            int pairs,
            long from,
            long fromStride,
            long to,
            long toStride) {
        set(Call.ROWS, a);
        set(Call.TILES, tiles);
        set(Call.COLUMNS, b);
        set(Call.PAIRS, pairs);
        set(Call.FROM, from);
        set(Call.FROM_STRIDE, fromStride);
        set(Call.TO, to);
        set(Call.TO_STRIDE, toStride);
        Routines.call(routine, call);
    }

    private void set(int at, long value) {
        call.set(ValueLayout.JAVA_LONG, at, value);
    }
}
