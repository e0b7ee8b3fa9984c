package dev.tramontane.train.command;

import dev.tramontane.eval.yaml.Fields;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// A configuration file, or a part of one, read key by key; paths in it are beside the file.
final class Settings {
    private static final Fields.Manual MANUAL =
            new Fields.Manual("docs/training.md", ConfigException::new);

    private final Path file;
    private final Fields fields;

    private Settings(Path file, Fields fields) {
        this.file = file;
        this.fields = fields;
    }

    /// @throws ConfigException when it is no YAML
    static Settings read(Path file) throws IOException {
        return new Settings(file, Fields.read(file.toString(), Files.readAllBytes(file), MANUAL));
    }

    /// A part; one without keys where it is absent.
    Settings part(String key) {
        return optionalPart(key)
                .orElseGet(
                        () -> new Settings(file, fields.of(fields.place() + ": " + key, Map.of())));
    }

    Optional<Settings> optionalPart(String key) {
        return fields.below(key).map(below -> new Settings(file, below));
    }

    /// A whole number from a least one on.
    int whole(String key, int otherwise, int least) {
        int value = fields.whole(key, otherwise);
        if (value < least) {
            throw wrong(key, "is " + value + ", expected " + least + " or more; raise it");
        }
        return value;
    }

    /// A whole number that must be there.
    int whole(String key, int least) {
        if (!fields.has(key)) {
            throw wrong(key, "is missing, expected a whole number; add it");
        }
        return whole(key, 0, least);
    }

    /// A number above 0.
    double positive(String key, double otherwise) {
        double value = fields.number(key, otherwise);
        if (!(value > 0) || Double.isInfinite(value)) {
            throw wrong(key, "is " + value + ", expected a number above 0; raise it");
        }
        return value;
    }

    /// A number from 0 to a most.
    double upTo(String key, double otherwise, double most) {
        double value = fields.number(key, otherwise);
        if (!(value >= 0 && value <= most)) {
            throw wrong(
                    key, "is " + value + ", expected a number from 0 to " + most + "; change it");
        }
        return value;
    }

    boolean flag(String key, boolean otherwise) {
        return fields.has(key) ? fields.flag(key) : otherwise;
    }

    Optional<String> text(String key) {
        return fields.optional(key);
    }

    List<String> texts(String key) {
        return fields.texts(key);
    }

    /// Whole numbers.
    List<Integer> numbers(String key, List<Integer> otherwise) {
        List<Integer> numbers = new ArrayList<>();
        for (String text : texts(key)) {
            try {
                numbers.add(Integer.parseInt(text));
            } catch (NumberFormatException _) {
                throw wrong(key, "has " + text + ", expected whole numbers; correct it");
            }
        }
        return numbers.isEmpty() ? otherwise : numbers;
    }

    /// A path beside the file.
    Optional<Path> path(String key) {
        return fields.optional(key).map(this::beside);
    }

    List<Path> paths(String key) {
        return fields.texts(key).stream().map(this::beside).toList();
    }

    /// A path as it is meant.
    Path beside(String path) {
        Path folder = file.toAbsolutePath().getParent();
        return folder == null ? Path.of(path) : folder.resolve(path).normalize();
    }

    /// One of some words, in either case.
    <E extends Enum<E>> E word(String key, E otherwise, Class<E> words) {
        return fields.optional(key).map(text -> named(key, text, words)).orElse(otherwise);
    }

    /// A word that was read.
    <E extends Enum<E>> E named(String key, String text, Class<E> words) {
        List<E> all = Arrays.asList(words.getEnumConstants());
        String wanted = text.toLowerCase(Locale.ROOT).replace('_', '-');
        return all.stream()
                .filter(word -> name(word).equals(wanted))
                .findFirst()
                .orElseThrow(() -> unknown(key, text, all.stream().map(Settings::name).toList()));
    }

    private static String name(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// What is to be thrown for a name that nothing has.
    RuntimeException unknown(String key, String found, List<String> known) {
        return wrong(
                key,
                "is %s, expected one of %s; correct it".formatted(found, String.join(", ", known)));
    }

    /// What is to be thrown for a value.
    RuntimeException wrong(String key, String what) {
        return fields.wrong(key, what);
    }

    /// Makes something of values that may not go together.
    <T> T made(Supplier<T> maker) {
        try {
            return maker.get();
        } catch (ConfigException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new ConfigException(fields.place() + ": " + e.getMessage());
        }
    }

    /// Refuses keys that nobody asked for.
    void end() {
        fields.end();
    }
}
