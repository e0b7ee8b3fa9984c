package dev.tramontane.eval.graders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Optional;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PrintedOutputTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "yes|yes",
                "' yes '|yes",
                "1 2 3|1  2 3",
                "1.0|1",
                "-0|0",
                "1e3|1000",
                ".5|0.50",
                "5.|5",
                "5.E1|50",
                "1_000|1000",
                "inf|Infinity",
                "+1|1",
                "123456789012345678901234567890|123456789012345678901234567890.0",
            })
    void equal_as_text_or_as_numbers(String printed, String expected) {
        assertEquals(Optional.empty(), PrintedOutput.difference(printed, expected));
        assertEquals(Optional.empty(), PrintedOutput.difference(expected, printed));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "yes|YES",
                "yes|no",
                "1 2|1 2 3",
                "a  b|a b",
                "0.333|0.3333",
                "1e|1",
                "1/2|0.5",
                "-inf|inf",
                "nan|NaN",
                "1,000|1000",
                "a 1.0|a 1",
                "123456789012345678901234567890|123456789012345678901234567891",
                "1e999999999999|1e999999999998",
            })
    void different_ones_are_told_apart(String printed, String expected) {
        assertTrue(PrintedOutput.difference(printed, expected).isPresent());
        assertTrue(PrintedOutput.difference(expected, printed).isPresent());
    }

    @Test
    void space_around_the_whole_and_around_lines_does_not_matter() {
        assertEquals(Optional.empty(), PrintedOutput.difference("\n a \r\nb\t\n\n", "a\nb"));
        assertEquals(Optional.empty(), PrintedOutput.difference("", "\n"));
        assertTrue(PrintedOutput.difference("a\n\nb", "a\nb").isPresent());
    }

    @Test
    void the_first_difference_is_named() {
        assertEquals(
                Optional.of("line 2 is `4`, expected `5`"),
                PrintedOutput.difference("3\n4\n6", "3\n5\n7"));
        assertEquals(
                Optional.of("it printed 1 lines, expected 2"),
                PrintedOutput.difference("3", "3\n4"));
        assertEquals(
                Optional.of("it printed nothing, expected `3`"),
                PrintedOutput.difference(" \n", "3\n4"));
    }

    @Test
    void hostile_numbers_take_no_time() {
        String digits = "9".repeat(2_000_000);
        assertTrue(PrintedOutput.difference(digits + " x", digits + " y").isPresent());
        assertTrue(PrintedOutput.difference("1e999999999", "1e-999999999").isPresent());
        assertTrue(PrintedOutput.difference("1 " + digits, "1.0 " + digits + "0").isPresent());
    }
}
