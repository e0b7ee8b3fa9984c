package dev.tramontane.kernels;

import static dev.tramontane.kernels.Place.at;
import static dev.tramontane.kernels.Strip.ROW_BYTES;
import static dev.tramontane.kernels.Strip.SCRATCH;
import static dev.tramontane.kernels.Strip.THREE_ROWS;

import dev.tramontane.tensor.DType;

/// The routine that decodes one row of a table to floats: what {@link StripDecoder} makes of a
/// strip whose rows are all the same. That is sixteen times the work, and still beside a step's
/// products nothing.
///
/// The routine takes the address of its {@link Call} in `rdi`.
final class GatherCode {
    /// What the routine is told, `long[]` at these byte offsets.
    static final class Call {
        static final int ROW = 0;
        static final int BLOCKS = 8;
        static final int OUT = 16;

        /// {@link Strip#SCRATCH_BYTES} bytes.
        static final int SCRATCH = 24;

        /// {@link #STAGE_BYTES} bytes.
        static final int STAGE = 32;

        static final int BYTES = 64;

        private Call() {}
    }

    /// The bytes of a group, then the offset.
    static final int STAGE_BYTES = 64;

    private static final int OFFSET_AT = 32;

    private static final Gpr CALL = Gpr.RDI;
    private static final Gpr BLOCKS = Gpr.RAX;
    private static final Gpr OUT = Gpr.R10;
    private static final Gpr STAGE = Gpr.R11;

    private final Strip s;
    private final StripDecoder decoder;

    private GatherCode(InstructionSet set, StripDecoder decoder) {
        this.s = new Strip(set);
        this.decoder = decoder;
    }

    /// Whether rows of this type come out as {@link dev.tramontane.tensor.Tensor#decodeRow} has
    /// them, to the bit.
    static boolean suits(DType type) {
        return type != DType.MXFP4; // the least scales are zero there
    }

    static byte[] routine(InstructionSet set, StripDecoder decoder) {
        return new GatherCode(set, decoder).routine();
    }

    private byte[] routine() {
        Assembler a = s.a;
        StripCode.save(a);
        a.mov(SCRATCH, at(CALL, Call.SCRATCH));
        a.mov(STAGE, at(CALL, Call.STAGE));
        a.mov(OUT, at(CALL, Call.OUT));
        a.mov(ROW_BYTES, 0);
        a.mov(THREE_ROWS, 0);
        s.begin();
        decoder.constants(s);
        s.emitter.broadcast(s.spare, isSigned() ? 0 : decoder.offset());
        s.v.vmovd(at(STAGE, OFFSET_AT), s.spare);
        for (Gpr quarter : s.quarters()) {
            a.mov(quarter, at(CALL, Call.ROW));
        }
        a.mov(BLOCKS, at(CALL, Call.BLOCKS));
        s.emitter.repeat(
                BLOCKS,
                () -> {
                    decoder.block(s, this::store);
                    for (Gpr quarter : s.quarters()) {
                        a.add(quarter, decoder.blockBytes());
                    }
                    a.add(OUT, Float.BYTES * decoder.blockLength());
                });
        return StripCode.leave(s);
    }

    /// Whether the decoder gives bytes of both signs, from which nothing is taken.
    private boolean isSigned() {
        return decoder.largest() == 255 && s.bias() == 0;
    }

    /// A group's values to their places; every lane has the same ones.
    private void store(int index, int values) {
        int length = decoder.groupLength();
        int to = Float.BYTES * length * index;
        if (decoder.isFloat()) {
            for (int i = 0; i < length; i++) {
                s.v.vmovd(at(OUT, to + Float.BYTES * i), values + i);
            }
            return;
        }
        for (int i = 0; i < length / 4; i++) {
            s.v.vmovd(at(STAGE, 4 * i), values + i);
        }
        int value = s.spare;
        int offset = s.spare + 1;
        s.v.vpbroadcastd(offset, at(STAGE, OFFSET_AT));
        for (int first = 0; first < length; first += s.set.lanes()) {
            if (isSigned()) {
                s.v.vpmovsxbd(value, at(STAGE, first));
            } else {
                s.v.vpmovzxbd(value, at(STAGE, first));
            }
            s.v.vpsubd(value, value, offset);
            s.v.vcvtdq2ps(value, value);
            s.v.vmulps(value, s.scale, value);
            if (decoder.hasMinima()) {
                s.v.vsubps(value, value, s.minimum);
            }
            s.v.store(at(OUT, to + Float.BYTES * first), value);
        }
    }
}
