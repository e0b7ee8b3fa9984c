package dev.tramontane.eval.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

class WorkedTest {
    @Test
    void columns_carry() {
        assertEquals(
                List.of("2+9=11 → 1", "1+8+1=10 → 01", "4+3+1=8 → 801"),
                Worked.sum(412, 389).lines());
        assertEquals(
                List.of("9+2=11 → 1", "9+0+1=10 → 01", "9+0+1=10 → 1001"),
                Worked.sum(999, 2).lines());
        assertEquals("412+389=801", Worked.sum(412, 389).equation());
        assertEquals(List.of(), Worked.sum(58, 67).lines());
    }

    @Test
    void columns_borrow() {
        assertEquals(
                List.of("10-2=8 → 8", "10-8-1=1 → 18", "10-0-1=9 → 918", "1-0-1=0 → 0918"),
                Worked.difference(1000, 82).lines());
        assertEquals("1000-82=918", Worked.difference(1000, 82).equation());
        assertThrows(IllegalArgumentException.class, () -> Worked.difference(3, 4));
    }

    @Test
    void products_are_by_digit_and_added() {
        assertEquals(
                List.of(
                        "7×6=42 → 2",
                        "4×6=24, 24+4=28 → 282",
                        "47×6=282",
                        "47×10=470",
                        "282+470",
                        "2+0=2 → 2",
                        "8+7=15 → 52",
                        "2+4+1=7 → 752"),
                Worked.product(47, 16).lines());
        assertEquals("47×16=282+470=752", Worked.product(47, 16).equation());
        assertEquals(
                List.of("7×6=42 → 2", "4×6=24, 24+4=28 → 282", "47×6=282"),
                Worked.product(47, 60).lines());
        assertEquals("47×60=2820", Worked.product(47, 60).equation());
        assertEquals(List.of("2×7=14 → 4", "1×7=7, 7+1=8 → 84"), Worked.product(7, 12).lines());
        assertEquals(List.of(), Worked.product(47, 100).lines());
    }

    @Test
    void divisions_bring_digits_down() {
        assertEquals(
                List.of("28: 6×4=24, 28-24=4 → 4", "45: 6×7=42, 45-42=3 → 47"),
                Worked.division(285, 6).lines());
        assertEquals("285=6×47+3", Worked.division(285, 6).equation());
        assertEquals(
                List.of("6: 6×1=6, 6-6=0 → 1", "0: 6×0=0, 0-0=0 → 10", "6: 6×1=6, 6-6=0 → 101"),
                Worked.quotient(606, 6).lines());
        assertEquals(
                List.of("2820/10=282", "28: 6×4=24, 28-24=4 → 4", "42: 6×7=42, 42-42=0 → 47"),
                Worked.quotient(2820, 60).lines());
        assertEquals("3=7×0+3", Worked.division(3, 7).equation());
        assertEquals(List.of(), Worked.quotient(4700, 100).lines());
        assertThrows(IllegalArgumentException.class, () -> Worked.quotient(10, 3));
        assertThrows(IllegalArgumentException.class, () -> Worked.division(100, 13));
    }

    @Test
    void everything_that_is_said_is_true() {
        var random = new SplittableRandom(7);
        for (int i = 0; i < 20_000; i++) {
            int a = random.nextInt(2, 1 << random.nextInt(2, 14));
            int b = random.nextInt(2, 1 << random.nextInt(2, 14));
            int divisor = random.nextInt(2, 13);
            check(Worked.sum(a, b), a + b);
            check(Worked.difference(Math.max(a, b), Math.min(a, b)), Math.abs(a - b));
            check(Worked.product(a, b), a * b);
            check(Worked.division(a, divisor), a / divisor);
            check(Worked.quotient(a * divisor, divisor), a);
        }
    }

    /// No line has more than a table of two numbers up to 19, or one carry, can tell.
    private static void check(Worked worked, int result) {
        assertEquals(result, worked.result());
        String all = String.join("\n", worked.lines()) + "\n" + worked.equation();
        assertEquals(Optional.empty(), TraceCheck.firstWrong(all), all);
        for (String line : worked.lines()) {
            assertTrue(line.length() < 45, all);
        }
    }
}
