package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tramontane.chat.PythonJson.NotJsonException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PythonJsonTest {
    /// What Python prints for what it read.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "0|0",
                "-0|0",
                "-0.0|-0.0",
                "1E5|100000.0",
                "1e15|1000000000000000.0",
                "1e16|1e+16",
                "123456789012345680|123456789012345680",
                "123456789012345678901234567890.0|1.2345678901234568e+29",
                "0.0001|0.0001",
                "0.00001|1e-05",
                "1E-7|1e-07",
                "5e-324|5e-324",
                "4.9e-324|5e-324",
                "2.2250738585072014e-308|2.2250738585072014e-308",
                "2E23|2e+23",
                "1.7976931348623157e308|1.7976931348623157e+308",
                "1e400|Infinity",
                "-1e400|-Infinity",
                "NaN|NaN",
                "-Infinity|-Infinity",
                "0.1|0.1",
                "100|100",
                "1.10|1.1",
                "{ \"a\" :[ 1,2 ],\"a\":null }|{\"a\": null}",
                "{\"a\":1,\"b\":2,\"a\":3}|{\"a\": 3, \"b\": 2}",
                "\"\\u00e9\\/\\u0001\\u007f\"|\"é/\\u0001\u007f\"",
                "[]|[]",
                "{}|{}",
            })
    void numbers_and_structures_are_printed_as_python_prints_them(String read, String printed)
            throws NotJsonException {
        assertEquals(printed, PythonJson.print(PythonJson.parse(read)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1,]",
                "{\"a\":1,}",
                "{,}",
                "[1 2]",
                "01",
                "1.",
                ".5",
                "+1",
                "-",
                "1e",
                "- 1",
                "INF",
                "nul",
                "'a'",
                "\"a",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"\n\"",
                "1 2",
                "\uFEFF1",
                "{\"a\" 1}",
                "{1:2}",
                "\u00a01",
                "tru",
                "[",
                "\"\\"
            })
    void what_python_refuses_is_no_json(String text) {
        assertThrows(NotJsonException.class, () -> PythonJson.parse(text));
    }

    @Test
    void integers_of_any_size_are_exact() throws NotJsonException {
        String huge = "-" + "9".repeat(3000);
        assertEquals(huge, PythonJson.print(PythonJson.parse(huge)));
    }
}
