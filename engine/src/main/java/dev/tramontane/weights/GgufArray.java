package dev.tramontane.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// An array of a GGUF file's metadata, decoded when somebody asks: vocabularies have hundreds of
/// thousands of entries, and most readers want none of them.
///
/// The bytes are the file's mapping, already checked from end to end: every element lies inside.
/// Decoding copies; it costs what the array holds.
public final class GgufArray {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// Of a string in a listing.
    private static final int MOST_SHOWN_BYTES = 60;

    private final GgufType type;
    private final int count;
    private final MemorySegment bytes;

    /// @param bytes the elements, and nothing after them
    GgufArray(GgufType type, int count, MemorySegment bytes) {
        this.type = type;
        this.count = count;
        this.bytes = bytes;
    }

    /// Number of elements.
    public int size() {
        return count;
    }

    /// Bytes that the elements take in the file.
    long fileBytes() {
        return bytes.byteSize();
    }

    /// The elements' type as GGUF calls it: `string`, `int32`, ….
    public String elementType() {
        return type.toString();
    }

    /// The first strings, at most `limit` of them; empty when this is no array of strings.
    public Optional<String[]> texts(int limit) {
        if (type != GgufType.STRING) {
            return Optional.empty();
        }
        return Optional.of(texts(limit, Integer.MAX_VALUE));
    }

    /// The first strings, of each the first bytes.
    private String[] texts(int limit, int mostBytes) {
        String[] texts = new String[Math.min(limit, count)];
        long at = 0;
        for (int i = 0; i < texts.length; i++) {
            long length = bytes.get(LONG, at);
            byte[] utf8 = new byte[(int) Math.min(length, mostBytes)];
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at + 8, utf8, 0, utf8.length);
            texts[i] = new String(utf8, StandardCharsets.UTF_8) + (length > mostBytes ? "…" : "");
            at += 8 + length;
        }
        return texts;
    }

    /// The first numbers as float32; empty when this is no array of float32.
    public Optional<float[]> floats(int limit) {
        if (type != GgufType.FLOAT32) {
            return Optional.empty();
        }
        float[] floats = new float[Math.min(limit, count)];
        MemorySegment.copy(bytes, FLOAT, 0, floats, 0, floats.length);
        return Optional.of(floats);
    }

    /// The first integers as int32; empty when this is no array of integers of at most 32 bits, or
    /// a value exceeds an `int`.
    public Optional<int[]> ints(int limit) {
        int[] ints = new int[Math.min(limit, count)];
        for (int i = 0; i < ints.length; i++) {
            switch (type) {
                case UINT8 -> ints[i] = bytes.get(ValueLayout.JAVA_BYTE, i) & 0xFF;
                case INT8 -> ints[i] = bytes.get(ValueLayout.JAVA_BYTE, i);
                case UINT16 -> ints[i] = bytes.get(SHORT, 2L * i) & 0xFFFF;
                case INT16 -> ints[i] = bytes.get(SHORT, 2L * i);
                case INT32, UINT32 -> ints[i] = bytes.get(INT, 4L * i);
                case FLOAT32, BOOL, STRING, ARRAY, UINT64, INT64, FLOAT64 -> {
                    return Optional.empty();
                }
            }
            if (type == GgufType.UINT32 && ints[i] < 0) {
                return Optional.empty();
            }
        }
        return Optional.of(ints);
    }

    /// What a listing shows: type, size, and the first elements.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(type + "[" + count + "]");
        String separator = " ";
        if (type == GgufType.STRING) {
            for (String element : texts(6, MOST_SHOWN_BYTES)) {
                text.append(separator).append('"').append(element).append('"');
                separator = ", ";
            }
        } else if (type != GgufType.ARRAY) {
            for (int i = 0; i < Math.min(6, count); i++) {
                text.append(separator).append(scalar(i));
                separator = ", ";
            }
        }
        return text.append(count > 6 ? ", …" : "").toString();
    }

    private Object scalar(int index) {
        return switch (type) {
            case UINT8 -> bytes.get(ValueLayout.JAVA_BYTE, index) & 0xFF;
            case INT8 -> bytes.get(ValueLayout.JAVA_BYTE, index);
            case UINT16 -> bytes.get(SHORT, 2L * index) & 0xFFFF;
            case INT16 -> bytes.get(SHORT, 2L * index);
            case UINT32 -> Integer.toUnsignedString(bytes.get(INT, 4L * index));
            case INT32 -> bytes.get(INT, 4L * index);
            case FLOAT32 -> bytes.get(FLOAT, 4L * index);
            case BOOL -> bytes.get(ValueLayout.JAVA_BYTE, index) != 0;
            case UINT64 -> Long.toUnsignedString(bytes.get(LONG, 8L * index));
            case INT64 -> bytes.get(LONG, 8L * index);
            case FLOAT64 -> bytes.get(DOUBLE, 8L * index);
            case STRING, ARRAY -> throw new IllegalStateException(type + " has no fixed size");
        };
    }
}
