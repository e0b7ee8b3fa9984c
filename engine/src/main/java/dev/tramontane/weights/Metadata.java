package dev.tramontane.weights;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The key–value section of a GGUF file, with typed reading: a value of another type is a {@link
/// ModelFormatException} that names the key.
///
/// Values are `Boolean`, `Long` (every integer type; u64 beyond 2⁶³ is refused), `Double`,
/// `String`, or a {@link GgufArray}, which is decoded when asked for. Metadata made in memory may
/// hold `String[]`, `int[]` and `float[]` instead; those are shared, not copied.
public final class Metadata {
    /// Elements of an array that is decoded, far beyond what the largest vocabularies and their
    /// merges have; each costs some tens of bytes of heap.
    private static final int MOST_ELEMENTS = 1 << 22;

    private static final long MOST_ARRAY_BYTES = 1 << 28;

    private final String location;
    private final Map<String, Object> values;
    private final Map<String, MemorySegment> encoded;

    /// @param location the file, for messages
    /// @param values in file order; shared
    public Metadata(String location, Map<String, Object> values) {
        this(location, values, Map.of());
    }

    /// @param encoded each value with its type, byte by byte as the file has it
    Metadata(String location, Map<String, Object> values, Map<String, MemorySegment> encoded) {
        this.location = location;
        this.values = values;
        this.encoded = encoded;
    }

    /// The file, as messages should call it.
    public String location() {
        return location;
    }

    /// All keys, in file order.
    public Set<String> keys() {
        return values.keySet();
    }

    /// The value as it was read, for display.
    public Optional<Object> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /// The value with its type, byte by byte as the file has it; empty where there is no file.
    Optional<MemorySegment> encoded(String key) {
        return Optional.ofNullable(encoded.get(key));
    }

    public Optional<String> text(String key) {
        return read(key, String.class, "a string");
    }

    public Optional<Long> integer(String key) {
        return read(key, Long.class, "an integer");
    }

    public Optional<Boolean> bool(String key) {
        return read(key, Boolean.class, "a boolean");
    }

    /// A floating-point number; an integer is widened.
    public Optional<Double> number(String key) {
        if (values.get(key) instanceof Long whole) {
            return Optional.of((double) whole);
        }
        return read(key, Double.class, "a number");
    }

    /// An array of strings, decoded anew by each call.
    public Optional<String[]> texts(String key) {
        return get(key).map(
                        value ->
                                switch (value) {
                                    case String[] texts -> texts;
                                    case GgufArray array ->
                                            bounded(key, array)
                                                    .texts(Integer.MAX_VALUE)
                                                    .orElseThrow(
                                                            () ->
                                                                    wrong(
                                                                            key,
                                                                            "an array of strings"));
                                    default -> throw wrong(key, "an array of strings");
                                });
    }

    /// An array of float32, decoded anew by each call.
    public Optional<float[]> floats(String key) {
        return get(key).map(
                        value ->
                                switch (value) {
                                    case float[] floats -> floats;
                                    case GgufArray array ->
                                            bounded(key, array)
                                                    .floats(Integer.MAX_VALUE)
                                                    .orElseThrow(
                                                            () ->
                                                                    wrong(
                                                                            key,
                                                                            "an array of float32"));
                                    default -> throw wrong(key, "an array of float32");
                                });
    }

    /// An array of integers that fit an `int`, decoded anew by each call.
    public Optional<int[]> ints(String key) {
        return get(key).map(
                        value ->
                                switch (value) {
                                    case int[] ints -> ints;
                                    case GgufArray array ->
                                            bounded(key, array)
                                                    .ints(Integer.MAX_VALUE)
                                                    .orElseThrow(
                                                            () -> wrong(key, "an array of int32"));
                                    default -> throw wrong(key, "an array of int32");
                                });
    }

    /// The array, unless decoding it would take memory that no honest file needs.
    private GgufArray bounded(String key, GgufArray array) {
        if (array.size() > MOST_ELEMENTS || array.fileBytes() > MOST_ARRAY_BYTES) {
            throw new ModelFormatException(
                    "%s: %s has %d elements in %d bytes, expected at most %d in %d; the file is damaged or hostile: get it again"
                            .formatted(
                                    location,
                                    TensorRanges.printable(key),
                                    array.size(),
                                    array.fileBytes(),
                                    MOST_ELEMENTS,
                                    MOST_ARRAY_BYTES));
        }
        return array;
    }

    private <T> Optional<T> read(String key, Class<T> type, String expected) {
        Object value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw wrong(key, expected);
        }
        return Optional.of(type.cast(value));
    }

    private ModelFormatException wrong(String key, String expected) {
        Object value = values.get(key);
        return new ModelFormatException(
                "%s: %s is %s, expected %s; the file was written wrongly: get or convert it again"
                        .formatted(
                                location,
                                key,
                                value instanceof GgufArray array
                                        ? "an array of " + array.elementType()
                                        : "a "
                                                + (value == null
                                                        ? null
                                                        : value.getClass().getSimpleName()),
                                expected));
    }
}
