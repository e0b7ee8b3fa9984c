package dev.tramontane.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.tramontane.tokenizer.Tokenizer.SpecialTokens;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// Two megabytes of the same, where a method whose time grows with the square would take hours. The
/// ceiling is generous: it tells hours from seconds and nothing finer.
final class LongTextTest {
    private static final int BYTES = 2_000_000;
    private static final Duration CEILING = Duration.ofMinutes(3);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "A",
                " ",
                "1",
                "!",
                "/",
                "\n",
                " \n",
                "aB",
                "\u200D",
                "\u0301",
                "中",
                "中A",
                "👨‍👩‍👧",
                "\u0301A"
            })
    void two_megabytes_of_one_thing_are_encoded_in_time(String unit) {
        Tekken tekken = Vectors.tekken("v13");
        String text = unit.repeat(BYTES / unit.getBytes(StandardCharsets.UTF_8).length);
        int[] ids = assertTimeoutPreemptively(CEILING, () -> tekken.encode(text));
        assertEquals(text, tekken.decode(ids, SpecialTokens.IGNORE));
    }
}
