package dev.tramontane.tokenizer;

/// A trie over byte strings in one array, a look-up of one unit a byte (Aoe 1989; the layout of
/// Darts-clone, which SentencePiece's files have).
///
/// A node is known by its *base*: its child for byte c is unit `base ^ c`, provided that this unit
/// has c for a label, and the value of the key that ends in it is in unit `base`. A unit has the
/// label in bits 0 to 7, in bit 8 whether a key ends, and from bit 10 on what has to be XORed to
/// its index for its base, times 256 where bit 9 is set; a unit that holds a value has bit 31.
///
/// Keys have no byte 0. Immutable, for any number of threads; an array from a file gives no answer
/// where it leads outside itself.
final class DoubleArray {
    static final int NONE = -1;

    static final int VALUE = 1 << 31;
    static final int ENDS = 1 << 8;
    static final int FAR = 1 << 9;
    static final int OFFSET_SHIFT = 10;

    private static final int LABEL = VALUE | 0xFF;

    private final int[] units;

    /// @param units shared
    DoubleArray(int[] units) {
        this.units = units;
    }

    /// The base of the root, or {@link #NONE} of an empty array.
    int root() {
        return units.length == 0 ? NONE : base(0);
    }

    /// The unit of a node's child, or {@link #NONE}.
    ///
    /// @param base of the node
    int child(int base, byte key) {
        int unit = base ^ (key & 0xFF);
        boolean there =
                unit >= 0
                        && unit < units.length
                        && (units[unit] & LABEL) == (key & 0xFF)
                        && key != 0;
        return there ? unit : NONE;
    }

    /// The base of a unit's node.
    int base(int unit) {
        return unit ^ offset(units[unit]);
    }

    /// The value of the key that ends in a unit's node, or {@link #NONE}.
    ///
    /// @param base of that node
    int value(int unit, int base) {
        boolean ends = (units[unit] & ENDS) != 0 && base >= 0 && base < units.length;
        return ends ? units[base] & ~VALUE : NONE;
    }

    /// The units; shared.
    int[] units() {
        return units;
    }

    /// Number of units.
    int size() {
        return units.length;
    }

    /// The label of a unit that is a node's child, or {@link #NONE} of one that never is.
    int label(int unit) {
        return (units[unit] & VALUE) != 0 || (units[unit] & 0xFF) == 0 ? NONE : units[unit] & 0xFF;
    }

    private static int offset(int unit) {
        return (unit >>> OFFSET_SHIFT) << ((unit & FAR) >>> 6);
    }
}
