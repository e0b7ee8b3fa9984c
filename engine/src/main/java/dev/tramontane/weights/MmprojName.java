package dev.tramontane.weights;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// What the name of a vision part's file tells: `mmproj-MODEL-F16.gguf`, `MODEL.mmproj-f16.gguf`,
/// `mmproj-model-f16.gguf` and `mmproj-BF16.gguf` are all met.
final class MmprojName {
    private static final String MARK = "mmproj";
    private static final String ENDING = ".gguf";

    /// Between words.
    private static final Pattern SEPARATOR = Pattern.compile("[-_. ]+");

    /// Words that no model is known by: what the file is, and how its weights are stored.
    private static final Pattern COMMON =
            Pattern.compile("mmproj|model|gguf|vision|fp?(16|32)|bf16|i?q\\d+|[0-9]|[klmsx]+|nl|");

    /// The order of stored types: the more exact before the rounded, the smaller before the larger.
    private static final List<String> TYPES =
            List.of("f16", "fp16", "bf16", "f32", "fp32", "q8", "q6", "q5", "q4");

    private MmprojName() {}

    static boolean isOne(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(ENDING) && lower.contains(MARK);
    }

    /// Those names of a folder that may be a model's, the likeliest first: names with the most
    /// words of the model's, and of these the preferred type. A name with words that are none of
    /// the model's is another's.
    ///
    /// @param model the name of its file, without the ending
    static List<String> suiting(String model, Collection<String> names) {
        Set<String> wanted = telling(model);
        return names.stream()
                .filter(MmprojName::isOne)
                .filter(name -> telling(name).isEmpty() || shared(name, wanted) > 0)
                .sorted(
                        Comparator.comparingInt((String name) -> -shared(name, wanted))
                                .thenComparingInt(MmprojName::type)
                                .thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    private static int shared(String name, Set<String> wanted) {
        Set<String> words = telling(name);
        words.retainAll(wanted);
        return words.size();
    }

    private static int type(String name) {
        List<String> words = words(name);
        int place = 0;
        while (place < TYPES.size() && !words.contains(TYPES.get(place))) {
            place++;
        }
        return place;
    }

    /// The words that tell a model.
    private static Set<String> telling(String name) {
        Set<String> words = new HashSet<>(words(name));
        words.removeIf(word -> COMMON.matcher(word).matches());
        return words;
    }

    private static List<String> words(String name) {
        return Arrays.asList(SEPARATOR.split(name.toLowerCase(Locale.ROOT)));
    }
}
