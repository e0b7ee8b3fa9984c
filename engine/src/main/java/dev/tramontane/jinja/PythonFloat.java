package dev.tramontane.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// Floating-point numbers as Python's `repr` spells them: shortest digits that read back, a point
/// always, an exponent of two digits at least below 10⁻⁴ and from 10¹⁶.
public final class PythonFloat {
    private PythonFloat() {}

    public static String repr(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        String sign = Double.doubleToRawLongBits(number) < 0 ? "-" : "";
        if (Double.isInfinite(number)) {
            return sign + "inf";
        }
        if (number == 0) {
            return sign + "0.0";
        }
        BigDecimal value = shortest(Math.abs(number));
        String digits = value.unscaledValue().toString();
        int exponent = digits.length() - 1 - value.scale();
        if (exponent >= -4 && exponent < 16) {
            String plain = value.toPlainString();
            return sign + (plain.indexOf('.') < 0 ? plain + ".0" : plain);
        }
        String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
        return sign + digits.charAt(0) + fraction + exponent(exponent);
    }

    /// `e` with a sign and two digits at least.
    static String exponent(int exponent) {
        int size = Math.abs(exponent);
        return (exponent < 0 ? "e-" : "e+") + (size < 10 ? "0" : "") + size;
    }

    /// The shortest digits that read back. Java prints two where one would do and is farther off
    /// (4.9E-324 for 5e-324).
    static BigDecimal shortest(double number) {
        BigDecimal value = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        if (value.precision() != 2) {
            return value;
        }
        int scale = value.scale() - 1;
        for (RoundingMode rounding : new RoundingMode[] {RoundingMode.HALF_EVEN, RoundingMode.UP}) {
            BigDecimal one = value.setScale(scale, rounding);
            if (one.doubleValue() == number) {
                return one.stripTrailingZeros();
            }
        }
        return value;
    }
}
