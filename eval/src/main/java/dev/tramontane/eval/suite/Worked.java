package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.List;

/// A sum, difference, product or division in lines of which each is one look-up in a table, one
/// carry or one copy, so that a small network can follow them.
///
/// A line of columns ends in `→` and the digits of the result that are known: in sums, differences
/// and products its last ones, in divisions its first.
///
/// @param expression what is worked out: `47×16`
/// @param lines empty where the result is one look-up
/// @param equation expression and result, as the last line says it: `47×16=282+470=752`
/// @param result the remainder aside
record Worked(String expression, List<String> lines, String equation, int result) {
    /// Sums and differences of smaller numbers are one look-up.
    private static final int LEAST_IN_COLUMNS = 100;

    /// The tables that divisions look up end here.
    static final int MOST_DIVISOR = 12;

    Worked {
        lines = List.copyOf(lines);
    }

    private Worked(String expression, List<String> lines, int result) {
        this(expression, lines, expression + "=" + result, result);
    }

    /// Column by column from the right: `9+3+1=13 → 38` has a 1 carried from the column before.
    static Worked sum(int a, int b) {
        List<String> lines = new ArrayList<>();
        if (a >= LEAST_IN_COLUMNS || b >= LEAST_IN_COLUMNS) {
            String known = "";
            int carry = 0;
            for (int place = 1; place <= Math.max(a, b); place *= 10) {
                int x = a / place % 10;
                int y = b / place % 10;
                int column = x + y + carry;
                boolean isLast = place > Math.max(a, b) / 10;
                known = (isLast ? column : column % 10) + known;
                lines.add(x + "+" + y + (carry == 1 ? "+1" : "") + "=" + column + " → " + known);
                carry = column / 10;
            }
        }
        return new Worked(a + "+" + b, lines, a + b);
    }

    /// Column by column from the right: `12-8-1=3 → 35` borrows for itself and has lent to the
    /// column before.
    ///
    /// @param b at most a
    static Worked difference(int a, int b) {
        if (b > a) {
            throw new IllegalArgumentException("%d - %d is below 0".formatted(a, b));
        }
        List<String> lines = new ArrayList<>();
        if (a >= LEAST_IN_COLUMNS) {
            String known = "";
            int lent = 0;
            for (int place = 1; place <= a; place *= 10) {
                int x = a / place % 10;
                int y = b / place % 10;
                int borrowed = x < y + lent ? 10 : 0;
                int column = x + borrowed - y - lent;
                known = column + known;
                lines.add(
                        "%d-%d%s=%d → %s"
                                .formatted(x + borrowed, y, lent == 1 ? "-1" : "", column, known));
                lent = borrowed / 10;
            }
        }
        return new Worked(a + "-" + b, lines, a - b);
    }

    /// The first factor times each digit of the second, from the right, and the sum of these. A
    /// power of ten is one look-up: zeros are copied.
    static Worked product(int a, int b) {
        String expression = a + "×" + b;
        if (a < 10 && b < 10 || isPowerOfTen(a) || isPowerOfTen(b)) {
            return new Worked(expression, List.of(), a * b);
        }
        int first = a < 10 ? b : a;
        int second = a < 10 ? a : b;
        if (second < 10) {
            return new Worked(expression, byDigit(first, second), a * b);
        }
        List<String> lines = new ArrayList<>();
        List<Integer> parts = new ArrayList<>();
        for (int place = 1; place <= second; place *= 10) {
            int digit = second / place % 10;
            if (digit > 1) {
                lines.addAll(byDigit(first, digit));
                if (place > 1) {
                    lines.add(first + "×" + digit + "=" + first * digit);
                }
            }
            if (digit > 0) {
                lines.add(first + "×" + digit * place + "=" + first * digit * place);
                parts.add(first * digit * place);
            }
        }
        if (parts.size() == 1) {
            lines.removeLast();
            return new Worked(expression, lines, a * b);
        }
        return added(expression, lines, parts);
    }

    private static Worked added(String expression, List<String> lines, List<Integer> parts) {
        int sum = parts.getFirst();
        String last = "";
        for (int part : parts.subList(1, parts.size())) {
            if (!last.isEmpty()) {
                lines.add(last);
            }
            Worked more = sum(sum, part);
            if (!more.lines().isEmpty()) {
                lines.add(more.expression());
                lines.addAll(more.lines());
            }
            last = more.equation();
            sum += part;
        }
        return new Worked(expression, lines, expression + "=" + last, sum);
    }

    /// Digit by digit from the right: `4×6=24, 24+4=28 → 282` has a 4 carried.
    private static List<String> byDigit(int number, int digit) {
        List<String> lines = new ArrayList<>();
        String known = "";
        int carry = 0;
        for (int place = 1; place <= number; place *= 10) {
            int product = number / place % 10 * digit;
            String line = number / place % 10 + "×" + digit + "=" + product;
            if (carry > 0) {
                line += ", " + product + "+" + carry + "=" + (product + carry);
            }
            boolean isLast = place > number / 10;
            known = (isLast ? product + carry : (product + carry) % 10) + known;
            lines.add(line + " → " + known);
            carry = (product + carry) / 10;
        }
        return lines;
    }

    /// Exact. One look-up where the quotient is a digit, or zeros are struck off.
    ///
    /// @param divisor up to {@link #MOST_DIVISOR}, or such a number times a power of ten, or a
    ///   power of ten
    static Worked quotient(int dividend, int divisor) {
        if (dividend % divisor != 0) {
            throw new IllegalArgumentException(dividend + "/" + divisor + " leaves a remainder");
        }
        int result = dividend / divisor;
        String expression = dividend + "/" + divisor;
        if (isPowerOfTen(divisor) || divisor <= MOST_DIVISOR && result < 10) {
            return new Worked(expression, List.of(), result);
        }
        List<String> lines = new ArrayList<>();
        int zeros = 1;
        while (divisor / zeros > MOST_DIVISOR && divisor % (10 * zeros) == 0) {
            zeros *= 10;
        }
        if (zeros > 1) {
            lines.add(dividend + "/" + zeros + "=" + dividend / zeros);
        }
        lines.addAll(digits(dividend / zeros, divisor / zeros));
        return new Worked(expression, lines, result);
    }

    /// With a remainder: the equation is `285=6×47+3`.
    ///
    /// @param divisor up to {@link #MOST_DIVISOR}
    static Worked division(int dividend, int divisor) {
        int result = dividend / divisor;
        return new Worked(
                dividend + "/" + divisor,
                digits(dividend, divisor),
                "%d=%d×%d+%d".formatted(dividend, divisor, result, dividend % divisor),
                result);
    }

    /// Digit by digit from the left: in `45: 6×7=42, 45-42=3 → 47` a 4 was left and 5 brought down.
    private static List<String> digits(int dividend, int divisor) {
        if (divisor > MOST_DIVISOR) {
            throw new IllegalArgumentException(
                    "division by %d, expected at most %d".formatted(divisor, MOST_DIVISOR));
        }
        List<String> lines = new ArrayList<>();
        String digits = String.valueOf(dividend);
        String known = "";
        int left = 0;
        for (int i = 0; i < digits.length(); i++) {
            left = 10 * left + digits.charAt(i) - '0';
            boolean isTooSmall = left < divisor && known.isEmpty() && i + 1 < digits.length();
            if (!isTooSmall) {
                int digit = left / divisor;
                int taken = divisor * digit;
                known += digit;
                lines.add(
                        "%d: %d×%d=%d, %d-%d=%d → %s"
                                .formatted(
                                        left,
                                        divisor,
                                        digit,
                                        taken,
                                        left,
                                        taken,
                                        left - taken,
                                        known));
                left -= taken;
            }
        }
        return lines;
    }

    private static boolean isPowerOfTen(int number) {
        int rest = number;
        while (rest % 10 == 0) {
            rest /= 10;
        }
        return rest == 1 && number > 1;
    }

    /// Told in a sentence, whose gap `q` the expression fills, or at once the equation.
    List<Line> said(String key) {
        return said(Line.of(key));
    }

    /// @param sentence with its other gaps filled
    List<Line> said(Line sentence) {
        if (lines.isEmpty()) {
            return List.of(sentence.with("q", equation));
        }
        List<Line> steps = new ArrayList<>();
        steps.add(sentence.with("q", expression));
        lines.forEach(line -> steps.add(Line.bare(line)));
        steps.add(Line.bare(equation));
        return steps;
    }

    /// Told without words.
    List<Line> bare() {
        List<Line> steps = new ArrayList<>();
        if (!lines.isEmpty()) {
            steps.add(Line.bare(expression));
            lines.forEach(line -> steps.add(Line.bare(line)));
        }
        steps.add(Line.bare(equation));
        return steps;
    }
}
