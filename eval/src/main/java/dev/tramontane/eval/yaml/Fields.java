package dev.tramontane.eval.yaml;

import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/// The keys of a YAML mapping, read one by one; what nobody asked for is an error.
public final class Fields {
    private static final int MOST_CHARS = 1 << 20;

    private final String place;
    private final Manual manual;
    private final Map<String, Object> left = new LinkedHashMap<>();

    /// What describes the keys of a kind of file, and what is thrown where a file is wrong.
    ///
    /// @param page for people: `docs/evaluation.md`
    /// @param refusal makes an exception of a message
    public record Manual(String page, Function<String, ? extends RuntimeException> refusal) {}

    /// @param place where it stands, for messages: `mine.yaml: items`
    public Fields(String place, Object node, Manual manual) {
        this.place = place;
        this.manual = manual;
        if (!(node instanceof Map<?, ?> map)) {
            throw manual.refusal.apply(place + ": no keys, expected lines like `name: value`");
        }
        map.forEach((key, value) -> left.put(String.valueOf(key), value));
    }

    /// Reads a file of YAML, of which JSON is a part.
    ///
    /// @param place the file, for messages
    public static Fields read(String place, byte[] bytes, Manual manual) {
        Object node;
        try {
            node =
                    new Load(
                                    LoadSettings.builder()
                                            .setLabel(place)
                                            .setCodePointLimit(MOST_CHARS)
                                            .build())
                            .loadFromString(new String(bytes, StandardCharsets.UTF_8));
        } catch (YamlEngineException e) {
            RuntimeException refusal =
                    manual.refusal.apply(
                            "%s: no YAML (%s)"
                                    .formatted(place, firstLine(String.valueOf(e.getMessage()))));
            refusal.initCause(e);
            throw refusal;
        }
        return new Fields(place, node == null ? "" : node, manual);
    }

    private static String firstLine(String text) {
        return text.lines().limit(2).map(String::strip).reduce((a, b) -> a + " " + b).orElse("");
    }

    /// Where the mapping stands.
    public String place() {
        return place;
    }

    /// A mapping in the same file.
    public Fields of(String elsewhere, Object node) {
        return new Fields(elsewhere, node, manual);
    }

    /// Whether a key is there that nobody has asked for yet.
    public boolean has(String key) {
        return left.containsKey(key);
    }

    /// Takes a value as YAML gave it. A key with nothing behind it is an error: who wrote it meant
    /// something.
    public Optional<Object> take(String key) {
        if (left.containsKey(key) && left.get(key) == null) {
            throw wrong(key, "is empty, expected a value; give one, or leave the key out");
        }
        return Optional.ofNullable(left.remove(key));
    }

    /// A text; empty where the key is absent.
    public Optional<String> optional(String key) {
        return take(key)
                .map(
                        value -> {
                            if (value instanceof Map || value instanceof List) {
                                throw wrong(key, "holds more than one value, expected a text");
                            }
                            return String.valueOf(value);
                        });
    }

    /// A text that must be there.
    public String text(String key) {
        return optional(key).orElseThrow(() -> wrong(key, "is missing, expected a text"));
    }

    /// A number.
    public double number(String key, double otherwise) {
        Optional<Object> value = take(key);
        if (value.isEmpty()) {
            return otherwise;
        }
        if (value.get() instanceof Number number) {
            return number.doubleValue();
        }
        throw wrong(key, "is " + value.get() + ", expected a number");
    }

    /// A whole number.
    public int whole(String key, int otherwise) {
        double number = number(key, otherwise);
        if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
            throw wrong(key, "is " + number + ", expected a whole number");
        }
        return (int) number;
    }

    /// True or false; false where the key is absent.
    public boolean flag(String key) {
        Object value = take(key).orElse(false);
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(key, "is " + value + ", expected true or false");
    }

    /// A text or a list of texts; empty where the key is absent.
    public List<String> texts(String key) {
        Object value = take(key).orElse(List.of());
        List<String> texts = new ArrayList<>();
        for (Object each : value instanceof List<?> list ? list : List.of(value)) {
            texts.add(String.valueOf(each));
        }
        return texts;
    }

    /// A whole number or a list of them; empty where the key is absent.
    public List<Integer> wholes(String key) {
        Object value = take(key).orElse(List.of());
        List<Integer> wholes = new ArrayList<>();
        for (Object each : value instanceof List<?> list ? list : List.of(value)) {
            if (!(each instanceof Integer whole)) {
                throw wrong(key, "has " + each + ", expected whole numbers");
            }
            wholes.add(whole);
        }
        return wholes;
    }

    /// A mapping below this one; empty where the key is absent.
    public Optional<Fields> below(String key) {
        return take(key).map(value -> of(place + ": " + key, value));
    }

    /// The keys that nobody has asked for yet.
    public List<String> names() {
        return List.copyOf(left.keySet());
    }

    /// All keys with their values, in order.
    public Map<String, Object> rest() {
        var rest = new LinkedHashMap<>(left);
        left.clear();
        return rest;
    }

    /// Refuses keys that nobody asked for.
    public void end() {
        if (!left.isEmpty()) {
            throw manual.refusal.apply(
                    "%s: %s has no meaning here, expected none but those of %s; is it misspelt?"
                            .formatted(
                                    place,
                                    String.join(", ", new TreeSet<>(left.keySet())),
                                    manual.page));
        }
    }

    /// What is to be thrown for a value.
    ///
    /// @param what it is, and what was expected
    public RuntimeException wrong(String key, String what) {
        return manual.refusal.apply(place + ": " + key + " " + what);
    }
}
