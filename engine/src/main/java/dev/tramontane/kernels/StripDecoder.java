package dev.tramontane.kernels;

import dev.tramontane.tensor.DType;

/// Machine code that brings a block of one weight type, a strip of rows at once, into vector
/// registers: one row a lane, four values of a row in the four bytes of its lane.
///
/// A block falls into groups of 16 or 32 values under one scale. Value k of a group is the unsigned
/// byte `u[k]`, and the weight is `scale · (u[k] − offset)`, or `scale · u[k] − minimum` where the
/// type stores minima. The registers, and the pieces that decoders are made of, are {@link
/// Strip}'s.
interface StripDecoder {
    /// Takes each group, in order, once its code has put the values of the group in registers.
    interface Group {
        /// @param index of the group in its block, or of the pair in its group of words
        /// @param values first of the `length / 4` registers of values, of those that are the
        ///   strip's `values`
        void emit(int index, int values);
    }

    /// The weight type.
    DType type();

    /// Whether values are floats and their own scale, and tokens are not rounded. Groups are then
    /// pairs, in two registers.
    default boolean isFloat() {
        return false;
    }

    /// Whether values and rounded tokens are whole numbers of 16 bits. Pairs of a group's values
    /// are then emitted one by one, each in one register, behind the group's scale.
    default boolean isWords() {
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

    /// Whether the strip's `minimum` holds the rows' minima.
    default boolean hasMinima() {
        return offset() == 0;
    }

    /// What to subtract from every value; 0 with minima.
    int offset();

    /// The largest value. With 255 the offset is 128, and values are bytes of both signs to which
    /// the strip's bias was added.
    int largest();

    /// Sets the decoder's constants, once a routine.
    void constants(Strip s);

    /// Emits the code of one block. Within it, `scale` and `minimum` are the decoder's to set
    /// before each group, and stay.
    void block(Strip s, Group group);
}
