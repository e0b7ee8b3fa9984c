package dev.tramontane.weights;

import dev.tramontane.weights.WeightsFile.TensorInfo;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.util.ByteBufferBackedInputStream;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the head of a safetensors file: a u64 length, that many bytes of JSON, then the tensors'
/// data without gaps.
///
/// The JSON is streamed and never kept as a tree, so a hostile head costs no more memory than the
/// tensors it names, and a few megabytes of notes.
final class SafetensorsHeader {
    private static final long MOST_HEADER_BYTES = 100_000_000;
    private static final int MOST_TENSORS = 65_536;
    private static final int MOST_NOTES = 1_024;
    private static final int MOST_NOTE_CHARS = 1 << 20;

    /// The head, a tensor, its shape; one more for future fields.
    private static final int DEEPEST = 4;

    private static final int MOST_DIMENSIONS = 8;

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(DEEPEST)
                                    .maxNumberLength(20)
                                    .maxNameLength(65_535)
                                    .maxStringLength(16 << 20)
                                    .build())
                    .build();

    private final String location;
    private final MemorySegment file;
    private final Map<String, String> notes = new LinkedHashMap<>();
    private int noteChars;

    /// What a head says.
    ///
    /// @param tensors in the order of the head, offsets from the start of the file
    /// @param notes the strings of `__metadata__`
    record Head(Map<String, TensorInfo> tensors, Map<String, String> notes) {}

    private SafetensorsHeader(String location, MemorySegment file) {
        this.location = location;
        this.file = file;
    }

    /// Reads the head of a file.
    static Head read(String location, MemorySegment file) {
        var header = new SafetensorsHeader(location, file);
        return new Head(header.read(), header.notes);
    }

    private Map<String, TensorInfo> read() {
        if (file.byteSize() < 8) {
            throw damaged("the file has " + file.byteSize() + " bytes, expected a length of 8");
        }
        long length =
                file.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
        if (length < 2 || length > MOST_HEADER_BYTES || length > file.byteSize() - 8) {
            throw damaged(
                    "claims a head of %s bytes, expected at most %d and no more than the file"
                            .formatted(Long.toUnsignedString(length), MOST_HEADER_BYTES));
        }
        if (file.get(ValueLayout.JAVA_BYTE, 8) != '{') {
            throw damaged("the head does not start with {");
        }
        Map<String, TensorInfo> tensors;
        var head = new ByteBufferBackedInputStream(file.asSlice(8, length).asByteBuffer());
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), head)) {
            tensors = tensors(json, 8 + length);
        } catch (JacksonException e) {
            throw damaged("the head is no valid JSON (" + e.getOriginalMessage() + ")");
        }
        refuseGaps(8 + length, tensors);
        return tensors;
    }

    private Map<String, TensorInfo> tensors(JsonParser json, long dataStart) {
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        boolean hasMetadata = false;
        expect(json.nextToken(), JsonToken.START_OBJECT, "the head");
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            expect(json.nextToken(), JsonToken.START_OBJECT, TensorRanges.printable(name));
            if (name.equals("__metadata__")) {
                if (hasMetadata) {
                    throw damaged("__metadata__ appears twice");
                }
                hasMetadata = true;
                readNotes(json);
                continue;
            }
            if (tensors.size() == MOST_TENSORS) {
                throw damaged("names more than " + MOST_TENSORS + " tensors");
            }
            if (tensors.put(name, tensor(json, name, dataStart)) != null) {
                throw damaged("tensor " + TensorRanges.printable(name) + " appears twice");
            }
        }
        expect(json.currentToken(), JsonToken.END_OBJECT, "the head");
        if (json.nextToken() != null) {
            throw damaged("the head goes on after its last }");
        }
        return tensors;
    }

    /// Strings by name; a value of another kind, which the format does not allow, is passed over,
    /// and so is what comes behind more notes than anybody reads.
    private void readNotes(JsonParser json) {
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            if (json.nextToken() != JsonToken.VALUE_STRING || !hasRoom(name, json)) {
                json.skipChildren();
            } else if (notes.put(name, json.getString()) != null) {
                throw damaged("note " + TensorRanges.printable(name) + " appears twice");
            }
        }
    }

    private boolean hasRoom(String name, JsonParser json) {
        int chars = noteChars + name.length() + json.getStringLength();
        boolean fits = notes.size() < MOST_NOTES && chars <= MOST_NOTE_CHARS;
        noteChars = fits ? chars : noteChars;
        return fits;
    }

    private TensorInfo tensor(JsonParser json, String name, long dataStart) {
        String shown = TensorRanges.printable(name);
        String type = null;
        long[] shape = null;
        long[] range = null;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String field = json.currentName();
            json.nextToken();
            boolean twice = false;
            switch (field) {
                case "dtype" -> {
                    twice = type != null;
                    expect(json.currentToken(), JsonToken.VALUE_STRING, shown);
                    type = json.getString();
                }
                case "shape" -> {
                    twice = shape != null;
                    shape = numbers(json, shown);
                }
                case "data_offsets" -> {
                    twice = range != null;
                    range = numbers(json, shown);
                }
                default -> json.skipChildren();
            }
            if (twice) {
                throw damaged("tensor " + shown + " has two fields " + field);
            }
        }
        expect(json.currentToken(), JsonToken.END_OBJECT, shown);
        if (type == null || shape == null || range == null || range.length != 2) {
            throw damaged("tensor " + shown + " lacks its dtype, shape or two data_offsets");
        }
        return place(name, type, shape, range, dataStart);
    }

    private TensorInfo place(String name, String type, long[] shape, long[] range, long dataStart) {
        String shown = TensorRanges.printable(name);
        int bits = bits(type);
        if (bits == 0) {
            throw damaged(
                    "tensor " + shown + " has the unknown type " + TensorRanges.printable(type));
        }
        // Types of less than a byte are packed: eight values take as many bytes as one has bits.
        long bytes =
                bits < 8
                        ? TensorRanges.bytes(location, name, 8, bits, shape)
                        : TensorRanges.bytes(location, name, 1, bits / 8, shape);
        long available = file.byteSize() - dataStart;
        if (range[0] < 0 || range[1] < range[0] || range[1] > available) {
            throw damaged(
                    "tensor %s lies at %d to %d of %d bytes of data"
                            .formatted(shown, range[0], range[1], available));
        }
        if (range[1] - range[0] != bytes) {
            throw damaged(
                    "tensor %s of shape %s takes %d bytes of %s, but %d are set aside"
                            .formatted(
                                    shown,
                                    Arrays.toString(shape),
                                    bytes,
                                    type,
                                    range[1] - range[0]));
        }
        return new TensorInfo(name, type, shape, dataStart + range[0], bytes);
    }

    private long[] numbers(JsonParser json, String shown) {
        expect(json.currentToken(), JsonToken.START_ARRAY, shown);
        long[] numbers = new long[MOST_DIMENSIONS];
        int count = 0;
        while (json.nextToken() == JsonToken.VALUE_NUMBER_INT && count < MOST_DIMENSIONS) {
            if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                throw damaged("tensor " + shown + " has a number beyond 2^63");
            }
            numbers[count++] = json.getLongValue();
        }
        expect(json.currentToken(), JsonToken.END_ARRAY, shown);
        return Arrays.copyOf(numbers, count);
    }

    /// The data begins at its first byte and ends with the file, each tensor where the one before
    /// it stops.
    private void refuseGaps(long dataStart, Map<String, TensorInfo> tensors) {
        TensorRanges.refuseOverlaps(location, tensors.values());
        List<TensorInfo> byOffset = new ArrayList<>(tensors.values());
        byOffset.sort(Comparator.comparingLong(TensorInfo::offset));
        long at = dataStart;
        for (TensorInfo info : byOffset) {
            if (info.offset() != at) {
                throw damaged(
                        "%d bytes before tensor %s belong to no tensor"
                                .formatted(
                                        info.offset() - at, TensorRanges.printable(info.name())));
            }
            at = info.offset() + info.bytes();
        }
        if (at != file.byteSize()) {
            throw damaged(
                    "%d bytes after the last tensor belong to no tensor"
                            .formatted(file.byteSize() - at));
        }
    }

    /// Bits of a value of each type that the format knows; 0 for others.
    private static int bits(String type) {
        return switch (type) {
            case "F4" -> 4;
            case "F6_E2M3", "F6_E3M2" -> 6;
            case "BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0" -> 8;
            case "F16", "BF16", "I16", "U16" -> 16;
            case "F32", "I32", "U32" -> 32;
            case "F64", "I64", "U64", "C64" -> 64;
            default -> 0;
        };
    }

    private void expect(JsonToken found, JsonToken expected, String where) {
        if (found != expected) {
            throw damaged("%s: found %s, expected %s".formatted(where, found, expected));
        }
    }

    private ModelFormatException damaged(String what) {
        return new ModelFormatException(
                location + ": " + what + "; the file is damaged or incomplete: get it again");
    }
}
