package dev.tramontane.eval.graders.math;

import java.util.HashMap;
import java.util.Map;

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
