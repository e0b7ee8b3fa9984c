package dev.tramontane.weights;

import dev.tramontane.weights.WeightsFile.TensorInfo;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the head of a GGUF file, top to bottom, believing nothing: every length and count is held
/// against the bytes that are left before anything is allocated, every sum and product is exact.
///
/// The layout is drawn in the package's description.
final class GgufReader {
    /// Entries of either table beyond this are damage: each costs some hundred bytes of heap.
    private static final int MOST_ENTRIES = 65_536;

    /// Names and single strings are kept decoded; all of them together stay below this.
    private static final int MOST_TEXT_BYTES = 64 << 20;

    private static final int DEEPEST_ARRAY = 4;
    private static final int DEFAULT_ALIGNMENT = 32;

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String location;
    private final MemorySegment file;
    private long at;
    private long textBytes;

    /// @param file the whole file
    GgufReader(String location, MemorySegment file) {
        this.location = location;
        this.file = file;
    }

    /// What the head holds.
    record Head(int version, Metadata metadata, Map<String, TensorInfo> tensors) {}

    Head read() {
        int version = version();
        long tensors = entries("tensors", 8 + 4 + 8 + 4 + 8);
        long keys = entries("metadata entries", 8 + 4 + 1);
        Metadata metadata = metadata(keys);
        return new Head(version, metadata, tensors(tensors, alignment(metadata)));
    }

    private int version() {
        if (file.byteSize() < 4 || u32("the magic number") != 0x4655_4747L) {
            throw new ModelFormatException(
                    location
                            + ": does not start with the bytes GGUF; give a .gguf file or a folder"
                            + " of safetensors");
        }
        long version = u32("the version");
        if (version == 2 || version == 3) {
            return (int) version;
        }
        if (version == 1) {
            throw new ModelFormatException(
                    location
                            + ": GGUF version 1, expected 2 or 3; convert the model again with a"
                            + " current converter");
        }
        if (version == 2L << 24 || version == 3L << 24) {
            throw new ModelFormatException(
                    location
                            + ": a big-endian GGUF file, expected little-endian; convert the model"
                            + " again on or for a little-endian machine");
        }
        throw new ModelFormatException(
                location
                        + ": GGUF version "
                        + version
                        + ", expected 2 or 3; update Tramontane, or get the file again if it is"
                        + " damaged");
    }

    private Metadata metadata(long keys) {
        Map<String, Object> values = new LinkedHashMap<>();
        Map<String, MemorySegment> encoded = new HashMap<>();
        for (long i = 0; i < keys; i++) {
            String key = text("key " + i);
            long start = at;
            Object value = value(type(key), key);
            encoded.put(key, file.asSlice(start, at - start));
            if (values.putIfAbsent(key, value) != null) {
                throw damaged("key " + quoted(key) + " appears twice");
            }
        }
        return new Metadata(location, values, encoded);
    }

    private Object value(GgufType type, String key) {
        need(type.leastBytes(), key);
        return switch (type) {
            case UINT8 -> (long) (u8() & 0xFF);
            case INT8 -> (long) u8();
            case UINT16 -> (long) (file.get(SHORT, advance(2)) & 0xFFFF);
            case INT16 -> (long) file.get(SHORT, advance(2));
            case UINT32 -> u32(key);
            case INT32 -> (long) file.get(INT, advance(4));
            case FLOAT32 -> (double) Float.intBitsToFloat(file.get(INT, advance(4)));
            case BOOL -> bool(key);
            case STRING -> text(key);
            case ARRAY -> array(key);
            case UINT64 -> u64(key);
            case INT64 -> file.get(LONG, advance(8));
            case FLOAT64 -> Double.longBitsToDouble(file.get(LONG, advance(8)));
        };
    }

    private boolean bool(String key) {
        byte value = u8();
        if (value != 0 && value != 1) {
            throw damaged("key " + quoted(key) + " is a boolean of value " + value);
        }
        return value == 1;
    }

    /// A string that is kept decoded, while the sum of all of them is in bounds.
    private String text(String what) {
        int length = length(what);
        textBytes += length;
        if (textBytes > MOST_TEXT_BYTES) {
            throw damaged("its strings exceed " + MOST_TEXT_BYTES + " bytes at " + quoted(what));
        }
        byte[] bytes = new byte[length];
        MemorySegment.copy(file, ValueLayout.JAVA_BYTE, advance(length), bytes, 0, length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// Walks over an array so that whoever decodes it later needs no check.
    private GgufArray array(String key) {
        GgufType type = type(key);
        long count = u64(key);
        long start = at;
        walk(key, type, count, 0);
        return new GgufArray(type, (int) count, file.asSlice(start, at - start));
    }

    private void walk(String key, GgufType type, long count, int depth) {
        if (depth == DEEPEST_ARRAY) {
            throw damaged("key " + quoted(key) + " has arrays nested more than " + depth + " deep");
        }
        if (count > left() / type.leastBytes() || count > Integer.MAX_VALUE - 8) {
            throw damaged(
                    "key %s claims %d elements of %s, but %d bytes are left"
                            .formatted(quoted(key), count, type, left()));
        }
        switch (type) {
            case STRING -> {
                for (long i = 0; i < count; i++) {
                    advance(length(key));
                }
            }
            case BOOL -> {
                for (long i = 0; i < count; i++) {
                    bool(key);
                }
            }
            case ARRAY -> {
                for (long i = 0; i < count; i++) {
                    need(type.leastBytes(), key);
                    walk(key, type(key), u64(key), depth + 1);
                }
            }
            case UINT8, INT8, UINT16, INT16, UINT32, INT32, FLOAT32, UINT64, INT64, FLOAT64 ->
                    advance(count * type.leastBytes());
        }
    }

    private long alignment(Metadata metadata) {
        long alignment = metadata.integer("general.alignment").orElse((long) DEFAULT_ALIGNMENT);
        if (alignment <= 0 || Long.bitCount(alignment) != 1) {
            throw damaged("general.alignment is " + alignment + ", expected a power of two");
        }
        return alignment;
    }

    private Map<String, TensorInfo> tensors(long count, long alignment) {
        List<TensorInfo> relative = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            relative.add(tensor(text("tensor " + i)));
        }
        long start = count == 0 ? at : Math.addExact(at, -at & (alignment - 1));
        Map<String, TensorInfo> tensors = LinkedHashMap.newLinkedHashMap(relative.size());
        for (TensorInfo info : relative) {
            TensorInfo placed = place(info, start, alignment);
            if (tensors.putIfAbsent(info.name(), placed) != null) {
                throw damaged("tensor " + quoted(info.name()) + " appears twice");
            }
        }
        TensorRanges.refuseOverlaps(location, tensors.values());
        return tensors;
    }

    /// One line of the tensor table; the offset is still the one written there.
    private TensorInfo tensor(String name) {
        long dimensions = u32(name);
        if (dimensions < 1 || dimensions > 4) {
            throw damaged(
                    "tensor %s has %d dimensions, expected 1 to 4"
                            .formatted(quoted(name), dimensions));
        }
        long[] shape = new long[(int) dimensions];
        for (int i = shape.length - 1; i >= 0; i--) {
            shape[i] = u64(name);
        }
        long id = u32(name);
        GgmlType type =
                GgmlType.of(id)
                        .orElseThrow(
                                () ->
                                        damaged(
                                                "tensor %s has the unknown type number %d"
                                                        .formatted(quoted(name), id)));
        long bytes =
                TensorRanges.bytes(location, name, type.blockLength(), type.blockBytes(), shape);
        return new TensorInfo(name, type.name(), shape, u64(name), bytes);
    }

    private TensorInfo place(TensorInfo info, long start, long alignment) {
        if ((info.offset() & (alignment - 1)) != 0) {
            throw damaged(
                    "tensor %s starts at %d, expected a multiple of %d"
                            .formatted(quoted(info.name()), info.offset(), alignment));
        }
        if (start > file.byteSize()
                || info.offset() > file.byteSize() - start
                || info.bytes() > file.byteSize() - start - info.offset()) {
            throw damaged(
                    "tensor %s needs %d bytes from byte %d + %d on, but the file has %d"
                            .formatted(
                                    quoted(info.name()),
                                    info.bytes(),
                                    start,
                                    info.offset(),
                                    file.byteSize()));
        }
        return new TensorInfo(
                info.name(), info.type(), info.shape(), start + info.offset(), info.bytes());
    }

    private long entries(String what, int leastBytes) {
        long count = u64("the number of " + what);
        if (count > left() / leastBytes || count > MOST_ENTRIES) {
            throw damaged(
                    "claims %d %s with %d bytes left; at most %d are read"
                            .formatted(count, what, left(), MOST_ENTRIES));
        }
        return count;
    }

    private GgufType type(String key) {
        long id = u32(key);
        return GgufType.of(id)
                .orElseThrow(
                        () ->
                                damaged(
                                        "key %s has the unknown type number %d"
                                                .formatted(quoted(key), id)));
    }

    /// The length before a string, no more than the bytes that follow it.
    private int length(String what) {
        long length = u64(what);
        if (length > left() || length > Integer.MAX_VALUE - 8) {
            throw damaged(
                    "%s: a string of %d bytes at byte %d, but %d are left"
                            .formatted(what, length, at, left()));
        }
        return (int) length;
    }

    private byte u8() {
        return file.get(ValueLayout.JAVA_BYTE, advance(1));
    }

    private long u32(String what) {
        need(4, what);
        return Integer.toUnsignedLong(file.get(INT, advance(4)));
    }

    private long u64(String what) {
        need(8, what);
        long value = file.get(LONG, advance(8));
        if (value < 0) {
            throw damaged(
                    "%s: the number %s at byte %d is beyond 2^63"
                            .formatted(what, Long.toUnsignedString(value), at - 8));
        }
        return value;
    }

    private void need(long bytes, String what) {
        if (bytes > left()) {
            throw damaged("ends at byte %d, inside %s".formatted(file.byteSize(), what));
        }
    }

    private long left() {
        return file.byteSize() - at;
    }

    private long advance(long bytes) {
        long before = at;
        at = Math.addExact(at, bytes);
        return before;
    }

    private ModelFormatException damaged(String what) {
        return new ModelFormatException(
                location + ": " + what + "; the file is damaged or incomplete: get it again");
    }

    /// A name for a message: names come from the file, so they may be long or unprintable.
    private static String quoted(String name) {
        return TensorRanges.printable(name);
    }
}
