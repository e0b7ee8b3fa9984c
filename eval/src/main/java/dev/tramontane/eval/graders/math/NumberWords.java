package dev.tramontane.eval.graders.math;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Numbers in English words, as answers in prose have them.
final class NumberWords {
    private NumberWords() {}

    static final Map<String, Long> VALUES = values();

    static final Map<String, Long> MULTIPLIERS =
            Map.of(
                    "dozen", 12L,
                    "hundred", 100L,
                    "thousand", 1_000L,
                    "million", 1_000_000L,
                    "billion", 1_000_000_000L,
                    "trillion", 1_000_000_000_000L);

    private static final String ORDINALS =
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth";

    /// `third` is 3; behind a number it is a part: `two thirds`.
    static Optional<Long> ordinal(String word) {
        int place = List.of(ORDINALS.split(" ")).indexOf(word);
        return place < 0 ? Optional.empty() : Optional.of(place + 1L);
    }

    /// What `halves`, `third` or `quarters` divide by.
    static Optional<Long> divisor(String word) {
        return switch (word) {
            case "half", "halves" -> Optional.of(2L);
            case "quarter", "quarters" -> Optional.of(4L);
            default ->
                    ordinal(word.endsWith("s") ? word.substring(0, word.length() - 1) : word)
                            .filter(place -> place > 2);
        };
    }

    private static Map<String, Long> values() {
        String[] small =
                ("zero one two three four five six seven eight nine ten eleven twelve thirteen"
                                + " fourteen fifteen sixteen seventeen eighteen nineteen")
                        .split(" ");
        String[] tens = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
        Map<String, Long> values = new HashMap<>();
        for (int i = 0; i < small.length; i++) {
            values.put(small[i], (long) i);
        }
        for (int i = 0; i < tens.length; i++) {
            values.put(tens[i], 20L + 10L * i);
        }
        return Map.copyOf(values);
    }
}
