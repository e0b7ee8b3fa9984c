package dev.tramontane.eval.graders.math;

import ch.obermuhlner.math.big.BigDecimalMath;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/// Arithmetic of balls at one precision. Every result's radius covers what its operands did not
/// tell and what rounding lost.
///
/// Roots, logarithms and powers are principal values; in the real domain they have no value where
/// that is not real, but for roots of odd degree, which are the real ones.
final class Balls {
    private static final BigDecimal TWO = BigDecimal.valueOf(2);

    /// Beyond it exponentials and trigonometric functions cost too much.
    private static final BigDecimal LARGEST_ARGUMENT = BigDecimal.valueOf(1_000_000);

    private static final BigDecimal LARGEST_DECAY = BigDecimal.valueOf(200_000);

    /// More than `exp(-200,000)`.
    private static final BigDecimal VANISHING = BigDecimal.ONE.movePointLeft(86_000);

    private static final int LARGEST_EXPONENT = 100_000;

    private static final int STEPS_OF_A_FUNCTION = 400;

    private final MathContext precision;
    private final BigDecimal rounding;
    private final boolean realOnly;
    private final Budget budget;

    Balls(int digits, boolean realOnly, Budget budget) {
        this.precision = new MathContext(digits);
        this.rounding = BigDecimal.ONE.movePointLeft(digits - 2);
        this.realOnly = realOnly;
        this.budget = budget;
    }

    /// The same with a radius that is no smaller than a bound.
    Ball within(Ball value, BigDecimal radius) {
        return new Ball(value.re(), value.im(), value.radius().max(radius));
    }

    Balls withDigits(int digits) {
        return new Balls(digits, realOnly, budget);
    }

    private Ball rounded(BigDecimal re, BigDecimal im, BigDecimal radius) {
        budget.spend(2 + precision.getPrecision() / 25);
        BigDecimal real = re.round(precision);
        BigDecimal imaginary = im.round(precision);
        if (exponent(real) > LARGEST_EXPONENT || exponent(imaginary) > LARGEST_EXPONENT) {
            throw new LimitException("a number beyond ten to the " + LARGEST_EXPONENT);
        }
        BigDecimal lost =
                real.abs()
                        .round(Ball.UP)
                        .add(imaginary.abs().round(Ball.UP), Ball.UP)
                        .multiply(rounding, Ball.UP);
        return new Ball(real, imaginary, radius.add(lost, Ball.UP));
    }

    private static long exponent(BigDecimal value) {
        return value.signum() == 0 ? 0 : Math.abs((long) value.precision() - value.scale());
    }

    Ball of(Rational value) {
        budget.spend(1 + (value.numerator().bitLength() + value.denominator().bitLength()) / 50);
        if (value.isWhole() && value.numerator().bitLength() < 3 * precision.getPrecision()) {
            return Ball.exact(new BigDecimal(value.numerator()));
        }
        return rounded(
                new BigDecimal(value.numerator())
                        .divide(new BigDecimal(value.denominator()), precision),
                BigDecimal.ZERO,
                BigDecimal.ZERO);
    }

    Ball pi() {
        return rounded(BigDecimalMath.pi(precision), BigDecimal.ZERO, BigDecimal.ZERO);
    }

    Ball add(Ball a, Ball b) {
        return rounded(
                a.re().add(b.re(), wide()),
                a.im().add(b.im(), wide()),
                a.radius().add(b.radius(), Ball.UP));
    }

    /// Sums keep twice the digits until they are rounded, so that exact zeros stay exact.
    private MathContext wide() {
        return new MathContext(2 * precision.getPrecision());
    }

    Ball multiply(Ball a, Ball b) {
        if (a.isZero() || b.isZero()) {
            return Ball.exact(BigDecimal.ZERO);
        }
        BigDecimal radius =
                a.radius().signum() == 0 && b.radius().signum() == 0
                        ? BigDecimal.ZERO
                        : a.most()
                                .multiply(b.radius(), Ball.UP)
                                .add(b.most().multiply(a.radius(), Ball.UP), Ball.UP);
        if (a.isReal() && b.isReal()) {
            return rounded(a.re().multiply(b.re()), BigDecimal.ZERO, radius);
        }
        BigDecimal re = a.re().multiply(b.re()).subtract(a.im().multiply(b.im()), wide());
        BigDecimal im = a.re().multiply(b.im()).add(a.im().multiply(b.re()), wide());
        return rounded(re, im, radius);
    }

    Ball inverse(Ball a) {
        if (a.mayBeZero() || a.least().signum() <= 0) {
            throw new UndefinedException("a division by what may be zero");
        }
        BigDecimal least = a.least();
        BigDecimal radius = a.radius().divide(least.multiply(least), Ball.UP);
        if (a.isReal()) {
            return rounded(BigDecimal.ONE.divide(a.re(), precision), BigDecimal.ZERO, radius);
        }
        BigDecimal square = square(a);
        return rounded(
                a.re().divide(square, precision),
                a.im().negate().divide(square, precision),
                radius);
    }

    /// Whole powers by squaring.
    Ball power(Ball base, BigInteger exponent) {
        if (exponent.signum() < 0) {
            return inverse(power(base, exponent.negate()));
        }
        if (exponent.bitLength() > 40) {
            return power(base, Ball.exact(new BigDecimal(exponent)));
        }
        Ball result = Ball.exact(BigDecimal.ONE);
        Ball square = base;
        for (int bit = 0; bit < exponent.bitLength(); bit++) {
            if (exponent.testBit(bit)) {
                result = multiply(result, square);
            }
            if (bit + 1 < exponent.bitLength()) {
                square = multiply(square, square);
            }
        }
        return result;
    }

    /// `|a|²`, the radius left out.
    private BigDecimal square(Ball a) {
        return a.re().multiply(a.re()).add(a.im().multiply(a.im()), wide());
    }

    /// `|a|`.
    Ball magnitude(Ball a) {
        if (a.isReal()) {
            return new Ball(a.re().abs(), BigDecimal.ZERO, a.radius());
        }
        BigDecimal square = square(a);
        return rounded(square.sqrt(precision), BigDecimal.ZERO, a.radius());
    }

    /// The principal root, or in the real domain the real one.
    Ball root(Ball a, int degree) {
        if (degree < 1 || degree > 1_000) {
            throw new LimitException("a root of degree " + degree);
        }
        if (a.isReal() && a.isNegative() && (realOnly || degree == 2)) {
            Ball root = root(a.negate(), degree);
            if (degree % 2 == 1) {
                return root.negate();
            }
            if (realOnly) {
                throw new UndefinedException("an even root of what is negative");
            }
            return new Ball(BigDecimal.ZERO, root.re(), root.radius());
        }
        if (a.isZero()) {
            return a;
        }
        if (a.mayBeZero()) {
            if (degree > 2) {
                throw new UndefinedException("a root of what may be zero");
            }
            return new Ball(BigDecimal.ZERO, BigDecimal.ZERO, a.most().sqrt(Ball.UP));
        }
        if (!a.isReal()) {
            return exp(multiply(log(a), of(Rational.of(1, degree))));
        }
        costly();
        BigDecimal root = BigDecimalMath.root(a.re(), BigDecimal.valueOf(degree), precision);
        // |x^(1/n) - y^(1/n)| ≤ |x - y| · least^(1/n) / least
        BigDecimal radius =
                a.radius().multiply(root.round(Ball.UP), Ball.UP).divide(a.least(), Ball.UP);
        return rounded(root, BigDecimal.ZERO, radius.multiply(TWO));
    }

    /// `a^b` for any exponent.
    Ball power(Ball a, Ball b) {
        if (a.isZero()) {
            if (b.isReal() && b.re().compareTo(b.radius()) > 0) {
                return a;
            }
            throw new UndefinedException("zero to what is not above zero");
        }
        return exp(multiply(log(a), b));
    }

    Ball exp(Ball a) {
        costly();
        if (a.re().signum() < 0 && a.re().abs().compareTo(LARGEST_DECAY) > 0) {
            return new Ball(BigDecimal.ZERO, BigDecimal.ZERO, VANISHING);
        }
        if (a.re().abs().compareTo(LARGEST_ARGUMENT) > 0) {
            throw new LimitException("an exponential of more than a million");
        }
        if (a.radius().compareTo(BigDecimal.ONE) > 0) {
            throw new UndefinedException("an exponential of what is hardly known");
        }
        BigDecimal size = BigDecimalMath.exp(a.re(), precision);
        // |e^z - e^w| ≤ |e^z| (e^r - 1) ≤ 2 r |e^z| for r ≤ 1
        BigDecimal radius =
                size.round(Ball.UP).multiply(a.radius(), Ball.UP).multiply(TWO, Ball.UP);
        if (a.isReal()) {
            return rounded(size, BigDecimal.ZERO, radius);
        }
        bounded(a.im());
        return rounded(
                size.multiply(BigDecimalMath.cos(a.im(), precision)),
                size.multiply(BigDecimalMath.sin(a.im(), precision)),
                radius.add(size.round(Ball.UP).multiply(rounding, Ball.UP), Ball.UP));
    }

    Ball log(Ball a) {
        if (a.mayBeZero() || a.least().signum() <= 0) {
            throw new UndefinedException("a logarithm of what may be zero");
        }
        costly();
        BigDecimal radius = a.radius().divide(a.least(), Ball.UP);
        if (a.isReal() && a.re().signum() > 0) {
            return rounded(BigDecimalMath.log(a.re(), precision), BigDecimal.ZERO, radius);
        }
        if (realOnly) {
            throw new UndefinedException("a logarithm of what is negative");
        }
        BigDecimal size = BigDecimalMath.log(magnitude(a).re(), precision);
        BigDecimal angle = BigDecimalMath.atan2(a.im(), a.re(), precision);
        return rounded(size, angle, radius.add(rounding, Ball.UP));
    }

    Ball sin(Ball a) {
        if (!a.isReal()) { // (e^(iz) - e^(-iz)) / 2i
            Ball turned = multiply(a, imaginary());
            Ball difference = add(exp(turned), exp(turned.negate()).negate());
            return multiply(
                    difference, new Ball(BigDecimal.ZERO, new BigDecimal("-0.5"), BigDecimal.ZERO));
        }
        bounded(a.re());
        costly();
        return rounded(
                BigDecimalMath.sin(a.re(), precision),
                BigDecimal.ZERO,
                a.radius().add(rounding, Ball.UP));
    }

    Ball cos(Ball a) {
        if (!a.isReal()) {
            Ball turned = multiply(a, imaginary());
            return multiply(
                    add(exp(turned), exp(turned.negate())), Ball.exact(new BigDecimal("0.5")));
        }
        bounded(a.re());
        costly();
        return rounded(
                BigDecimalMath.cos(a.re(), precision),
                BigDecimal.ZERO,
                a.radius().add(rounding, Ball.UP));
    }

    Ball imaginary() {
        return new Ball(BigDecimal.ZERO, BigDecimal.ONE, BigDecimal.ZERO);
    }

    Ball atan(Ball a) {
        real(a);
        costly();
        return rounded(
                BigDecimalMath.atan(a.re(), precision),
                BigDecimal.ZERO,
                a.radius().add(rounding, Ball.UP));
    }

    /// Near ±1 the function is steep: `|asin x - asin y| ≤ 2 √|x - y|`.
    Ball asin(Ball a) {
        real(a);
        BigDecimal beyond = a.re().abs().subtract(BigDecimal.ONE, wide());
        if (beyond.compareTo(a.radius()) > 0) {
            throw new UndefinedException("an arc sine beyond one");
        }
        costly();
        BigDecimal inside = beyond.signum() > 0 ? BigDecimal.valueOf(a.re().signum()) : a.re();
        BigDecimal off = a.radius().multiply(TWO, Ball.UP);
        BigDecimal room =
                BigDecimal.ONE.subtract(inside.abs(), wide()).subtract(a.radius(), wide());
        BigDecimal radius =
                off.signum() == 0
                        ? off
                        : room.signum() > 0 // the derivative is 1 / √(1 - x²) ≤ 1 / √(1 - |x|)
                                ? off.divide(room.sqrt(Ball.UP), Ball.UP)
                                : off.sqrt(Ball.UP).multiply(TWO, Ball.UP);
        return rounded(
                BigDecimalMath.asin(inside, precision),
                BigDecimal.ZERO,
                radius.add(rounding, Ball.UP));
    }

    private void real(Ball a) {
        if (!a.isReal()) {
            throw new UndefinedException("a function of what is not real");
        }
        bounded(a.re());
    }

    private static void bounded(BigDecimal argument) {
        if (argument.abs().compareTo(LARGEST_ARGUMENT) > 0) {
            throw new LimitException("a function of more than a million");
        }
    }

    private void costly() {
        budget.spend(STEPS_OF_A_FUNCTION * Math.max(1, precision.getPrecision() / 50));
    }
}
