package dev.tramontane.kernels;

import static dev.tramontane.kernels.Strip.MINIMUM;
import static dev.tramontane.kernels.Strip.SCALE;
import static dev.tramontane.kernels.Strip.SPARE;
import static dev.tramontane.kernels.Strip.VALUES;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.IQ4NL;
import dev.tramontane.tensor.MXFP4;

import java.util.function.IntUnaryOperator;

/// The types of one scale and sixteen bytes of nibbles, for {@link StripCode}: low nibbles are
/// values 0 to 15, high nibbles 16 to 31, each a number or the place of one in a table.
final class StripNibbles implements StripDecoder {
    private static final int LOW_NIBBLES = 31;
    private static final int TABLE = 30;
    private static final int FACTOR_BITS = 29; // of use to some scales

    private static final int SIGN = 0x8000_0000;
    private static final int LOW_BYTE = 0xFF;

    /// How a block's first bytes say scale and minimum.
    private enum Head {
        /// A binary16.
        HALF,
        /// A binary16, and another that is added to every value.
        TWO_HALVES,
        /// The exponent of a power of two, one byte.
        EXPONENT
    }

    private final DType type;
    private final Head head;
    private final int headBytes;
    private final int offset;
    private final boolean hasTable;
    private final int[] table = new int[4]; // four bytes a number

    private StripNibbles(DType type, Head head, int headBytes, int offset) {
        this.type = type;
        this.head = head;
        this.headBytes = headBytes;
        this.offset = offset;
        this.hasTable = false;
    }

    /// @param level what a nibble stands for
    /// @param offset that makes every level a number from 0 to 255
    private StripNibbles(DType type, Head head, int headBytes, int offset, IntUnaryOperator level) {
        this.type = type;
        this.head = head;
        this.headBytes = headBytes;
        this.offset = offset;
        this.hasTable = true;
        for (int q = 0; q < 16; q++) {
            table[q / 4] |= level.applyAsInt(q) + offset << 8 * (q % 4);
        }
    }

    /// {@link dev.tramontane.tensor.Q4_0}.
    static StripNibbles q4() {
        return new StripNibbles(DType.Q4_0, Head.HALF, 2, 8);
    }

    /// {@link dev.tramontane.tensor.Q4_1}.
    static StripNibbles q4WithMinimum() {
        return new StripNibbles(DType.Q4_1, Head.TWO_HALVES, 4, 0);
    }

    /// {@link IQ4NL}.
    static StripNibbles iq4() {
        return new StripNibbles(DType.IQ4_NL, Head.HALF, 2, 128, IQ4NL::level);
    }

    /// {@link MXFP4}. The two least scales, 2^−128 and 2^−127, are taken as zero.
    static StripNibbles mxfp4() {
        return new StripNibbles(DType.MXFP4, Head.EXPONENT, 1, 12, MXFP4::level);
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
    public void constants(Assembler a) {
        Strip.quarterMasks(a);
        Strip.constant(a, LOW_NIBBLES, 0x0F0F0F0F);
        if (hasTable) {
            Strip.table(a, TABLE, table);
        }
        switch (head) {
            case HALF -> {}
            case TWO_HALVES -> Strip.constant(a, FACTOR_BITS, SIGN);
            case EXPONENT -> Strip.constant(a, FACTOR_BITS, LOW_BYTE);
        }
    }

    @Override
    public void block(Assembler a, Group group) {
        Strip.firstDword(a, 0, SCALE);
        switch (head) {
            case HALF -> Strip.widenHalves(a, SCALE);
            case TWO_HALVES -> {
                a.vpsrld(MINIMUM, SCALE, 16);
                Strip.widenHalves(a, MINIMUM);
                a.vpxord(MINIMUM, MINIMUM, FACTOR_BITS);
                Strip.widenHalves(a, SCALE);
            }
            case EXPONENT -> {
                // 2^(e − 128): the bits of e − 1, and 0 for 0
                a.vpandd(SCALE, SCALE, FACTOR_BITS);
                a.vpsrld(SPARE, FACTOR_BITS, 7);
                a.vpsubusb(SCALE, SCALE, SPARE);
                a.vpslld(SCALE, SCALE, 23);
            }
        }
        Strip.transpose(a, headBytes, VALUES);
        Strip.splitNibbles(a, LOW_NIBBLES);
        if (hasTable) {
            Strip.lookUp(a, TABLE);
        }
        group.emit(0, VALUES);
    }
}
