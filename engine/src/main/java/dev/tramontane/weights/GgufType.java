package dev.tramontane.weights;

import java.util.Locale;
import java.util.Optional;

/// The types of metadata values in a GGUF file, with their numbers.
enum GgufType {
    UINT8(0, 1),
    INT8(1, 1),
    UINT16(2, 2),
    INT16(3, 2),
    UINT32(4, 4),
    INT32(5, 4),
    FLOAT32(6, 4),
    BOOL(7, 1),
    /// A u64 length and that many bytes of UTF-8.
    STRING(8, 8),
    /// A u32 element type, a u64 count, and that many elements.
    ARRAY(9, 12),
    UINT64(10, 8),
    INT64(11, 8),
    FLOAT64(12, 8);

    private final int id;
    private final int leastBytes;

    GgufType(int id, int leastBytes) {
        this.id = id;
        this.leastBytes = leastBytes;
    }

    /// Bytes of a value; of an empty one where the size varies.
    int leastBytes() {
        return leastBytes;
    }

    /// Whether values differ in size.
    boolean varies() {
        return this == STRING || this == ARRAY;
    }

    /// The type's number in files.
    int id() {
        return id;
    }

    static Optional<GgufType> of(long id) {
        for (GgufType type : values()) {
            if (type.id == id) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
