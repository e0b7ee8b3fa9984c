package dev.tramontane.kernels;

import org.jspecify.annotations.Nullable;

/// A place in memory as instructions name it: `[base + index · scale + offset]`.
///
/// @param index null for none
/// @param scale 1, 2, 4 or 8
record Place(Gpr base, @Nullable Gpr index, int scale, int offset) {
    static Place at(Gpr base, int offset) {
        return new Place(base, null, 1, offset);
    }

    static Place at(Gpr base, Gpr index, int scale, int offset) {
        if (index == Gpr.RSP || Integer.bitCount(scale) != 1 || scale > 8) {
            throw new IllegalArgumentException("index " + index + " times " + scale);
        }
        return new Place(base, index, scale, offset);
    }

    /// Number of the base register.
    int baseNumber() {
        return base.number();
    }

    /// Number of the index register, 0 for none.
    int indexNumber() {
        return index == null ? 0 : index.number();
    }
}
