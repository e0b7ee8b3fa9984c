package dev.tramontane.kernels;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.IQ4NL;
import dev.tramontane.tensor.MXFP4;

import java.util.function.IntUnaryOperator;

/// The types of one scale and sixteen bytes of nibbles, for {@link StripCode}: low nibbles are
/// values 0 to 15, high nibbles 16 to 31, each a number or the place of one in a table.
final class StripNibbles implements StripDecoder {
    private static final int LOW_NIBBLES = 0;
    private static final int TABLE = 1;
    private static final int LOW_BYTE = 2; // with Head.EXPONENT
    private static final int ONE = 3;

    /// How a block's first bytes say scale and minimum.
    private enum Head {
        /// A binary16.
        HALF(2),
        /// A binary16, and another that is added to every value.
        TWO_HALVES(4),
        /// The exponent of a power of two, one byte.
        EXPONENT(1);

        private final int bytes;

        Head(int bytes) {
            this.bytes = bytes;
        }
    }

    private final DType type;
    private final Head head;
    private final int offset;
    private final int largest;
    private final boolean hasTable;
    private final IntUnaryOperator level;

    private StripNibbles(DType type, Head head, int offset) {
        this.type = type;
        this.head = head;
        this.offset = offset;
        this.largest = 15;
        this.hasTable = false;
        this.level = q -> q;
    }

    /// @param level what a nibble stands for
    /// @param offset that makes every level a number from 0 to `largest`
    private StripNibbles(DType type, Head head, int offset, int largest, IntUnaryOperator level) {
        this.type = type;
        this.head = head;
        this.offset = offset;
        this.largest = largest;
        this.hasTable = true;
        this.level = level;
    }

    /// {@link dev.tramontane.tensor.Q4_0}.
    static StripNibbles q4() {
        return new StripNibbles(DType.Q4_0, Head.HALF, 8);
    }

    /// {@link dev.tramontane.tensor.Q4_1}.
    static StripNibbles q4WithMinimum() {
        return new StripNibbles(DType.Q4_1, Head.TWO_HALVES, 0);
    }

    /// {@link IQ4NL}.
    static StripNibbles iq4() {
        return new StripNibbles(DType.IQ4_NL, Head.HALF, 128, 255, IQ4NL::level);
    }

    /// {@link MXFP4}. The two least scales, 2^−128 and 2^−127, are taken as zero.
    static StripNibbles mxfp4() {
        return new StripNibbles(DType.MXFP4, Head.EXPONENT, 12, 24, MXFP4::level);
    }

    @Override
    public DType type() {
        return type;
    }

    @Override
    public int offset() {
        return offset;
    }

    @Override
    public int largest() {
        return largest;
    }

    @Override
    public void constants(Strip s) {
        s.constant(LOW_NIBBLES, 0x0F0F0F0F);
        if (hasTable) {
            s.levels(TABLE, level, largest == 255 ? s.bias() : offset);
        }
        if (head == Head.EXPONENT) {
            s.constant(LOW_BYTE, 0xFF);
            s.constant(ONE, 1);
        }
    }

    @Override
    public void block(Strip s, Group group) {
        switch (head) {
            case HALF -> s.halfScale(0);
            case TWO_HALVES -> s.halfScaleAndMinimum(0);
            case EXPONENT -> {
                // 2^(e − 128): the bits of e − 1, and 0 for 0
                s.firstDword(0, s.scale);
                s.and(s.scale, s.scale, LOW_BYTE);
                s.subtractBytes(s.scale, s.scale, ONE);
                s.v.vpslld(s.scale, s.scale, 23);
            }
        }
        s.transpose(head.bytes, s.values);
        s.splitNibbles(LOW_NIBBLES);
        if (hasTable) {
            s.lookUp(s.values, 8, TABLE);
        }
        group.emit(0, s.values);
    }
}
