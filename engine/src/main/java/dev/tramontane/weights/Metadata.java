package dev.tramontane.weights;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The key–value section of a GGUF file, with typed reading: a value of another type is a {@link
/// ModelFormatException} that names the key.
///
/// Values are `Boolean`, `Long` (every integer type; u64 beyond 2⁶³ is refused), `Double`,
/// `String`, `boolean[]`, `long[]`, `int[]`, `float[]`, `double[]`, `String[]`. Arrays are shared,
/// not copied.
public final class Metadata {
    private final String location;
    private final Map<String, Object> values;

    /// @param location the file, for messages
    /// @param values in file order; shared
    public Metadata(String location, Map<String, Object> values) {
        this.location = location;
        this.values = values;
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

    public Optional<String[]> texts(String key) {
        return read(key, String[].class, "an array of strings");
    }

    public Optional<float[]> floats(String key) {
        return read(key, float[].class, "an array of float32");
    }

    public Optional<int[]> ints(String key) {
        return read(key, int[].class, "an array of int32");
    }

    private <T> Optional<T> read(String key, Class<T> type, String expected) {
        Object value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw new ModelFormatException(
                    location
                            + ": "
                            + key
                            + " is a "
                            + value.getClass().getSimpleName()
                            + ", expected "
                            + expected
                            + "; the file was written wrongly: get or convert it again");
        }
        return Optional.of(type.cast(value));
    }
}
