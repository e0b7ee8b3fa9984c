package dev.tramontane.eval.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// The keys of a YAML mapping, read one by one; what nobody asked for is an error.
final class Fields {
    private final String place;
    private final Map<String, Object> left = new LinkedHashMap<>();

    /// @param place where it stands, for messages: `mine.yaml: items`
    Fields(String place, Object node) {
        this.place = place;
        if (!(node instanceof Map<?, ?> map)) {
            throw new TaskFileException(place + ": no keys, expected lines like `name: value`");
        }
        map.forEach((key, value) -> left.put(String.valueOf(key), value));
    }

    String place() {
        return place;
    }

    boolean has(String key) {
        return left.containsKey(key);
    }

    /// Takes a value as YAML gave it.
    Optional<Object> take(String key) {
        return Optional.ofNullable(left.remove(key));
    }

    Optional<String> optional(String key) {
        return take(key)
                .map(
                        value -> {
                            if (value instanceof Map || value instanceof List) {
                                throw wrong(key, "holds more than one value, expected a text");
                            }
                            return String.valueOf(value);
                        });
    }

    String text(String key) {
        return optional(key).orElseThrow(() -> wrong(key, "is missing, expected a text"));
    }

    double number(String key, double otherwise) {
        Optional<Object> value = take(key);
        if (value.isEmpty()) {
            return otherwise;
        }
        if (value.get() instanceof Number number) {
            return number.doubleValue();
        }
        throw wrong(key, "is " + value.get() + ", expected a number");
    }

    int whole(String key, int otherwise) {
        double number = number(key, otherwise);
        if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
            throw wrong(key, "is " + number + ", expected a whole number");
        }
        return (int) number;
    }

    boolean flag(String key) {
        Object value = take(key).orElse(false);
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(key, "is " + value + ", expected true or false");
    }

    /// A text or a list of texts; empty where the key is absent.
    List<String> texts(String key) {
        Object value = take(key).orElse(List.of());
        List<String> texts = new ArrayList<>();
        for (Object each : value instanceof List<?> list ? list : List.of(value)) {
            texts.add(String.valueOf(each));
        }
        return texts;
    }

    /// A mapping below this one; empty where the key is absent.
    Optional<Fields> below(String key) {
        return take(key).map(value -> new Fields(place + ": " + key, value));
    }

    /// The keys that nobody has asked for yet.
    List<String> names() {
        return List.copyOf(left.keySet());
    }

    /// All keys with their values, in order.
    Map<String, Object> rest() {
        var rest = new LinkedHashMap<>(left);
        left.clear();
        return rest;
    }

    /// Refuses keys that nobody asked for.
    void end() {
        if (!left.isEmpty()) {
            throw new TaskFileException(
                    "%s: %s has no meaning here, expected none but those of docs/evaluation.md; is it misspelt?"
                            .formatted(place, String.join(", ", new TreeSet<>(left.keySet()))));
        }
    }

    TaskFileException wrong(String key, String what) {
        return new TaskFileException(place + ": " + key + " " + what);
    }
}
