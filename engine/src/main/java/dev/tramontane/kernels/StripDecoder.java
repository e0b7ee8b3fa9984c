package dev.tramontane.kernels;

import dev.tramontane.tensor.DType;

/// Machine code that brings a block of one weight type, sixteen rows at once, into vector
/// registers: one row a lane, four values of a row in the four bytes of its lane.
///
/// A block falls into groups of 16 or 32 values under one scale. Value k of a group is the unsigned
/// byte `u[k]`, and the weight is `scale · (u[k] − offset)`, or `scale · u[k] − minimum` where the
/// type stores minima. The registers, and the code that decoders share, are {@link Strip}'s.
interface StripDecoder {
    /// Takes each group, in order, once its code has put the values of the group in registers.
    interface Group {
        /// @param index of the group in its block
        /// @param values first of the `length / 4` registers of values
        void emit(int index, int values);
    }

    /// The weight type.
    DType type();

    /// Whether values are floats and their own scale, and tokens are not rounded. Groups are then
    /// pairs, in two registers.
    default boolean isFloat() {
        return false;
    }

    /// Values of a block.
    default int blockLength() {
        return type().blockLength();
    }

    /// Bytes of a block.
    default int blockBytes() {
        return Math.toIntExact(type().bytes(blockLength()));
    }

    /// Values of a group.
    default int groupLength() {
        return 32;
    }

    /// Whether {@link Strip#MINIMUM} holds the rows' minima.
    default boolean hasMinima() {
        return offset() == 0;
    }

    /// What to subtract from every value; 0 with minima.
    int offset();

    /// Sets constants and masks, once a routine. Vector registers 28 to 31 are the decoder's own;
    /// `k1` to `k3` choose quarters.
    void constants(Assembler a);

    /// Emits the code of one block.
    void block(Assembler a, Group group);
}
