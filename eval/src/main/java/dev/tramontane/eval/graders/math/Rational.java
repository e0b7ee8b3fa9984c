package dev.tramontane.eval.graders.math;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/// An exact fraction in lowest terms, the denominator positive.
record Rational(BigInteger numerator, BigInteger denominator) implements Comparable<Rational> {
    /// About 4,900 decimal digits; 1,500! still fits. Longer numbers are balls.
    static final int MOST_BITS = 1 << 14;

    /// Exact roots are looked for up to this degree; Newton's method needs as many steps.
    private static final int LARGEST_DEGREE = 64;

    static final Rational ZERO = of(0);
    static final Rational ONE = of(1);
    static final Rational HUNDRED = of(100);

    Rational {
        if (denominator.signum() == 0) {
            throw new UndefinedException("division by zero");
        }
        if (numerator.bitLength() > MOST_BITS || denominator.bitLength() > MOST_BITS) {
            throw new LimitException("a number of more than " + MOST_BITS + " bits");
        }
        BigInteger shared = numerator.gcd(denominator);
        if (denominator.signum() < 0) {
            shared = shared.negate();
        }
        if (!shared.equals(BigInteger.ONE)) {
            numerator = numerator.divide(shared);
            denominator = denominator.divide(shared);
        }
    }

    static Rational of(long value) {
        return new Rational(BigInteger.valueOf(value), BigInteger.ONE);
    }

    static Rational of(long numerator, long denominator) {
        return new Rational(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator));
    }

    static Rational of(BigInteger value) {
        return new Rational(value, BigInteger.ONE);
    }

    /// @param text digits with at most one point, and an exponent of ten of at most four digits
    static Rational ofDecimal(String text) {
        BigDecimal decimal = new BigDecimal(text);
        BigInteger digits = decimal.unscaledValue();
        int scale = decimal.scale();
        if (Math.abs(scale) > MOST_BITS / 4) {
            throw new LimitException("an exponent of " + -scale);
        }
        return scale >= 0
                ? new Rational(digits, BigInteger.TEN.pow(scale))
                : of(digits.multiply(BigInteger.TEN.pow(-scale)));
    }

    Rational plus(Rational other) {
        return new Rational(
                numerator.multiply(other.denominator).add(other.numerator.multiply(denominator)),
                denominator.multiply(other.denominator));
    }

    Rational minus(Rational other) {
        return plus(other.negate());
    }

    Rational times(Rational other) {
        return new Rational(
                numerator.multiply(other.numerator), denominator.multiply(other.denominator));
    }

    Rational dividedBy(Rational other) {
        return times(other.inverse());
    }

    Rational negate() {
        return new Rational(numerator.negate(), denominator);
    }

    Rational abs() {
        return signum() < 0 ? negate() : this;
    }

    Rational inverse() {
        return new Rational(denominator, numerator);
    }

    /// To a whole power whose result is short enough.
    Rational pow(int exponent) {
        if (exponent < 0) {
            return inverse().pow(-exponent);
        }
        long bits = Math.max(numerator.abs().bitLength(), denominator.bitLength());
        if (bits > 1 && (bits - 1) * exponent > MOST_BITS) {
            throw new LimitException("a power of more than " + MOST_BITS + " bits");
        }
        return new Rational(numerator.pow(exponent), denominator.pow(exponent));
    }

    /// The exact root, where there is one: the real one for odd degrees, the one above zero for
    /// even degrees.
    Optional<Rational> root(int degree) {
        if (signum() < 0) {
            return degree % 2 == 0 ? Optional.empty() : negate().root(degree).map(Rational::negate);
        }
        return root(numerator, degree)
                .flatMap(top -> root(denominator, degree).map(low -> new Rational(top, low)));
    }

    /// Newton's method on whole numbers, from above.
    private static Optional<BigInteger> root(BigInteger value, int degree) {
        if (value.signum() == 0 || value.equals(BigInteger.ONE)) {
            return Optional.of(value);
        }
        if (degree == 2) {
            BigInteger root = value.sqrt();
            return root.multiply(root).equals(value) ? Optional.of(root) : Optional.empty();
        }
        if (degree >= value.bitLength() || degree > LARGEST_DEGREE) {
            return Optional.empty();
        }
        BigInteger n = BigInteger.valueOf(degree);
        BigInteger root = BigInteger.ONE.shiftLeft((value.bitLength() + degree - 1) / degree);
        while (true) {
            BigInteger next =
                    root.multiply(n.subtract(BigInteger.ONE))
                            .add(value.divide(root.pow(degree - 1)))
                            .divide(n);
            if (next.compareTo(root) >= 0) {
                break;
            }
            root = next;
        }
        return root.pow(degree).equals(value) ? Optional.of(root) : Optional.empty();
    }

    BigInteger floor() {
        BigInteger[] parts = numerator.divideAndRemainder(denominator);
        return parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
    }

    boolean isWhole() {
        return denominator.equals(BigInteger.ONE);
    }

    /// Whether it is a whole number that an `int` holds.
    boolean isSmall() {
        return isWhole() && numerator.bitLength() < 32;
    }

    int signum() {
        return numerator.signum();
    }

    @Override
    public int compareTo(Rational other) {
        return numerator
                .multiply(other.denominator)
                .compareTo(other.numerator.multiply(denominator));
    }

    @Override
    public String toString() {
        return isWhole() ? numerator.toString() : numerator + "/" + denominator;
    }
}
