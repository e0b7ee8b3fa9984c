package dev.tramontane.grammar.schema;

import tools.jackson.databind.JsonNode;

import java.math.BigDecimal;
import java.math.BigInteger;

/// JSON's numbers as the decimals that are written: exact, and in time that does not grow with an
/// exponent.
final class JsonNumbers {
    /// What stands for a number that was read as a double and was too large for one.
    private static final BigDecimal TOO_LARGE = BigDecimal.ONE.movePointRight(309);

    private JsonNumbers() {}

    /// A number's value.
    static BigDecimal value(JsonNode number) {
        if (number.isIntegralNumber() || number.isBigDecimal()) {
            return number.decimalValue();
        }
        double approximate = number.doubleValue();
        if (Double.isInfinite(approximate)) {
            return approximate > 0 ? TOO_LARGE : TOO_LARGE.negate();
        }
        return number.decimalValue();
    }

    static boolean isInteger(JsonNode number) {
        return number.isIntegralNumber() || isInteger(value(number));
    }

    static boolean isInteger(BigDecimal number) {
        return number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
    }

    /// Whether a number is a multiple: `number = u · 10^e` and `divisor = m · 10^-s` with whole `u`
    /// and `m`, so `m` must divide `u · 10^(e + s)`.
    ///
    /// @param divisor above 0
    static boolean isMultiple(BigDecimal number, BigDecimal divisor) {
        if (number.signum() == 0) {
            return true;
        }
        BigDecimal plain = number.stripTrailingZeros();
        BigDecimal step = divisor.stripTrailingZeros();
        long exponent = (long) step.scale() - plain.scale();
        BigInteger modulus = step.unscaledValue();
        if (exponent < 0) {
            return false; // u has no factor 10 left to give
        }
        return plain.unscaledValue()
                        .multiply(BigInteger.TEN.modPow(BigInteger.valueOf(exponent), modulus))
                        .mod(modulus)
                        .signum()
                == 0;
    }
}
