package dev.tramontane.eval.graders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReturnedValueTest {
    /// Each line as Python's `==` answers.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1|1.0|true",
                "1|true|true",
                "0|false|true",
                "[1, [2]]|[1.0, [2]]|true",
                "[1, 2]|[2, 1]|false",
                "[1]|[1, 1]|false",
                "\"1\"|1|false",
                "\"a\"|\"a\"|true",
                "null|null|true",
                "null|0|false",
                "{\"a\": 1, \"b\": 2}|{\"b\": 2, \"a\": 1}|true",
                "{\"a\": 1}|{\"a\": 1, \"b\": 2}|false",
                "{\"a\": 1}|{\"b\": 1}|false",
                "0.1|0.10000000000000001|true",
                "0.1|0.2|false",
                "NaN|NaN|false",
                "Infinity|Infinity|true",
                "Infinity|-Infinity|false",
                "Infinity|1|false",
                "9007199254740993|9007199254740992.0|false",
                "100000000000000000000000|100000000000000000000000|true",
                "100000000000000000000000|1e23|false",
                "-0.0|0|true",
                "[]|{}|false",
                "[]|\"\"|false",
            })
    void equality_is_pythons(String value, String right, boolean equal) {
        var left = ReturnedValue.expected(value);
        assertEquals(equal, ReturnedValue.isEqual(left, ReturnedValue.expected(right)));
        assertEquals(equal, ReturnedValue.isEqual(ReturnedValue.expected(right), left));
    }

    @Test
    void what_is_no_json_is_nothing() {
        for (String text :
                new String[] {"", "[1", "1 2", "[".repeat(100_000), "9".repeat(200_000)}) {
            assertFalse(ReturnedValue.read(text).filter(node -> !node.isMissingNode()).isPresent());
        }
        assertThrows(IllegalArgumentException.class, () -> ReturnedValue.expected("[1"));
    }
}
