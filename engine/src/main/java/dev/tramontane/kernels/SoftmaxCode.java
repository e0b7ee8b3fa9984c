package dev.tramontane.kernels;

import static dev.tramontane.kernels.AttentionCode.CALL;
import static dev.tramontane.kernels.AttentionCode.FROM;
import static dev.tramontane.kernels.AttentionCode.LOOP;
import static dev.tramontane.kernels.AttentionCode.POSITION;
import static dev.tramontane.kernels.AttentionCode.ROW;
import static dev.tramontane.kernels.AttentionCode.SCORES;
import static dev.tramontane.kernels.AttentionCode.STATE;
import static dev.tramontane.kernels.Place.at;

import dev.tramontane.cache.KvCache;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The softmax so far of {@link AttentionCode}, in powers of two: a block's scores become weights
/// relative to the greatest score that a row has seen, and what it gathered before is brought to
/// the same measure.
final class SoftmaxCode {
    private static final int SIZE = KvCache.BLOCK_SIZE;

    /// What stands in place of scores that a row does not see, less than {@link
    /// AttentionCode#NOTHING}; and the least power of two.
    private static final float[] FLOATS = PowerOfTwo.behind(-Float.MAX_VALUE, PowerOfTwo.LEAST);

    private static final int LEAST_AT = 4 * (SIZE + 1);
    private static final int COEFFICIENTS_AT = 4 * (SIZE + 2);

    // Beside what attention has.
    private static final Gpr CONSTANTS = Gpr.RBX;
    private static final Gpr PLACES = Gpr.R12;

    /// Scores, then weights, from register 0 on: two or four.
    private static final int BEFORE = 4;

    private static final int END = 5;
    private static final int SPARE = 6;
    private static final int SPARE_TOO = 7;
    private static final int COEFFICIENTS = 8;
    private static final int UNSEEN = 15;

    /// Whether the greatest score changes, told before the powers are known: the jump that depends
    /// on it is hard to foresee, and need not wait for them.
    private static final int GREATER = END;

    private static final int GREATER_MASK = 3;

    private final Emitter e;
    private final Assembler a;
    private final VectorAssembler v;
    private final int rows;
    private final int headDim;
    private final int vector;
    private final int registers;
    private final boolean whole;

    private SoftmaxCode(Emitter e, int rows, int headDim, boolean whole) {
        this.e = e;
        this.a = e.a;
        this.v = e.v;
        this.rows = rows;
        this.headDim = headDim;
        this.vector = e.set.vectorBytes();
        this.registers = SIZE / e.set.lanes();
        this.whole = whole;
    }

    /// What the code reads: `int[SIZE]` from 0 on, then floats.
    static MemorySegment constants(Arena arena) {
        MemorySegment constants = arena.allocate(4L * (SIZE + FLOATS.length), 64);
        for (int place = 0; place < SIZE; place++) {
            constants.setAtIndex(ValueLayout.JAVA_INT, place, place);
        }
        MemorySegment.copy(FLOATS, 0, constants, ValueLayout.JAVA_FLOAT, 4L * SIZE, FLOATS.length);
        return constants;
    }

    /// Emits the softmax of all rows over the block whose first position is in `POSITION`.
    ///
    /// @param whole whether all rows see all of it
    static void emit(Emitter e, int rows, int headDim, boolean whole) {
        new SoftmaxCode(e, rows, headDim, whole).emit();
    }

    private void emit() {
        a.mov(CONSTANTS, at(CALL, AttentionCode.Call.CONSTANTS));
        a.mov(SCORES, at(CALL, AttentionCode.Call.SCRATCH));
        if (!whole) {
            placePositions();
        }
        for (int i = 0; i < PowerOfTwo.COEFFICIENTS.length; i++) {
            v.vpbroadcastd(COEFFICIENTS + i, at(CONSTANTS, COEFFICIENTS_AT + 4 * i));
        }
        v.vpbroadcastd(UNSEEN, at(CONSTANTS, 4 * SIZE));
        a.mov(ROW, at(CALL, AttentionCode.Call.QUERY));
        a.add(ROW, AttentionCode.beginningsAt(rows, headDim));
        a.mov(FROM, at(CALL, AttentionCode.Call.STATE));
        a.lea(STATE, at(FROM, AttentionCode.gatheredAt(rows)));
        a.mov(LOOP, rows);
        e.repeat(
                LOOP,
                () -> {
                    if (whole) {
                        for (int i = 0; i < registers; i++) {
                            v.load(i, at(SCORES, vector * i));
                        }
                    } else {
                        hideUnseen();
                    }
                    weigh();
                    addUp();
                    a.add(SCORES, 4 * SIZE);
                    a.add(ROW, 4);
                    a.add(FROM, 4);
                    a.add(STATE, 4 * headDim);
                });
    }

    private void placePositions() {
        a.lea(PLACES, at(SCORES, AttentionCode.placesAt(rows)));
        e.broadcast(BEFORE, POSITION);
        for (int i = 0; i < registers; i++) {
            v.load(i, at(CONSTANTS, vector * i));
            v.vpaddd(i, i, BEFORE);
            v.store(at(PLACES, vector * i), i);
        }
    }

    /// Loads the row's scores, and puts {@link #UNSEEN} where it does not see.
    private void hideUnseen() {
        int begin = BEFORE;
        v.vpbroadcastd(begin, at(ROW, 0));
        v.vpbroadcastd(
                END,
                at(
                        ROW,
                        AttentionCode.endsAt(rows, headDim)
                                - AttentionCode.beginningsAt(rows, headDim)));
        for (int i = 0; i < registers; i++) {
            v.load(i, at(SCORES, vector * i));
            v.load(SPARE, at(PLACES, vector * i));
            if (e.set.isWide()) {
                int seen = 1;
                e.wide.vpcmpgtd(seen, SPARE, begin, 0);
                e.wide.vpcmpgtd(seen, END, SPARE, seen);
                e.wide.vblendmps(i, UNSEEN, i, seen);
            } else {
                e.narrow.vpcmpgtd(SPARE_TOO, END, SPARE);
                e.narrow.vpcmpgtd(SPARE, SPARE, begin);
                v.vpand(SPARE, SPARE, SPARE_TOO);
                e.narrow.vblendvps(i, UNSEEN, i, SPARE);
            }
        }
    }

    /// Scores to weights, and in {@link #BEFORE} the power of two that earlier ones are multiplied
    /// with. Scores that are no numbers stay none: the bound is the first operand.
    private void weigh() {
        int greatest = SPARE;
        v.vmaxps(greatest, 0, registers / 2);
        for (int i = 1; i < registers / 2; i++) {
            v.vmaxps(SPARE_TOO, i, i + registers / 2);
            v.vmaxps(greatest, greatest, SPARE_TOO);
        }
        e.overLanes(greatest, SPARE_TOO, v::vmaxps);
        v.vpbroadcastd(BEFORE, at(FROM, 0));
        v.vmaxps(greatest, greatest, BEFORE);
        v.vmovd(at(FROM, 0), greatest);
        if (e.set.isWide()) {
            e.wide.vcmpneqps(GREATER_MASK, BEFORE, greatest);
        } else {
            e.narrow.vcmpneqps(GREATER, BEFORE, greatest);
        }
        for (int i = 0; i < registers; i++) {
            v.vsubps(i, i, greatest);
        }
        v.vsubps(BEFORE, BEFORE, greatest);
        int least = SPARE;
        v.vpbroadcastd(least, at(CONSTANTS, LEAST_AT));
        for (int i = 0; i < registers; i++) {
            v.vmaxps(i, least, i);
        }
        v.vmaxps(BEFORE, least, BEFORE);
        for (int i = 0; i < registers; i++) {
            PowerOfTwo.emit(e, i, SPARE, SPARE_TOO, COEFFICIENTS);
            v.store(at(SCORES, vector * i), i);
        }
    }

    /// The row's sum, and what it has gathered, in the new measure where that is another.
    private void addUp() {
        for (int i = 0; i < registers / 2; i++) {
            v.vaddps(i, i, i + registers / 2);
        }
        if (registers == 4) {
            v.vaddps(0, 0, 1);
        }
        e.overLanes(0, 1, v::vaddps);
        int sum = 3;
        v.vpbroadcastd(sum, at(FROM, AttentionCode.sumsAt(rows)));
        var same = new Assembler.Label();
        if (e.set.isWide()) {
            e.wide.kortestw(GREATER_MASK);
        } else {
            e.narrow.vptest(GREATER, GREATER);
        }
        a.jz(same);
        PowerOfTwo.emit(e, BEFORE, SPARE, SPARE_TOO, COEFFICIENTS);
        v.vmulps(sum, sum, BEFORE);
        for (int at = 0; at < 4 * headDim; at += vector) {
            v.load(1, at(STATE, at));
            v.vmulps(1, 1, BEFORE);
            v.store(at(STATE, at), 1);
        }
        a.bind(same);
        v.vaddps(sum, sum, 0);
        v.vmovd(at(FROM, AttentionCode.sumsAt(rows)), sum);
    }
}
