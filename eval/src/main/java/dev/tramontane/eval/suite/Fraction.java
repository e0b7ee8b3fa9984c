package dev.tramontane.eval.suite;

import java.math.BigInteger;
import java.util.Optional;

/// The exact value of an expression of numbers, in lowest terms with a positive denominator.
record Fraction(BigInteger numerator, BigInteger denominator) implements Comparable<Fraction> {
    Fraction {
        BigInteger divisor = numerator.gcd(denominator);
        if (denominator.signum() < 0) {
            divisor = divisor.negate();
        }
        numerator = numerator.divide(divisor);
        denominator = denominator.divide(divisor);
    }

    /// What an expression is worth: numbers with a decimal point, `+ - × / ( )`. Empty where it is
    /// none, or divides by zero.
    static Optional<Fraction> of(String expression) {
        var reader = new Reader(expression);
        try {
            Fraction value = reader.sum();
            return reader.isAtEnd() ? Optional.of(value) : Optional.empty();
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }

    private Fraction plus(Fraction other) {
        return new Fraction(
                numerator.multiply(other.denominator).add(other.numerator.multiply(denominator)),
                denominator.multiply(other.denominator));
    }

    private Fraction negated() {
        return new Fraction(numerator.negate(), denominator);
    }

    private Fraction times(Fraction other) {
        return new Fraction(
                numerator.multiply(other.numerator), denominator.multiply(other.denominator));
    }

    private Fraction inverse() {
        return new Fraction(denominator, numerator);
    }

    @Override
    public int compareTo(Fraction other) {
        return numerator
                .multiply(other.denominator)
                .compareTo(other.numerator.multiply(denominator));
    }

    /// Recursive descent, as deep as the brackets are; what cannot be read throws.
    private static final class Reader {
        private static final int DEEPEST = 50;

        private final String text;
        private int at;
        private int depth;

        Reader(String text) {
            this.text = text;
        }

        boolean isAtEnd() {
            return peek() == 0;
        }

        /// The next character that is no space; 0 at the end.
        private char peek() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            return at < text.length() ? text.charAt(at) : 0;
        }

        private boolean takes(String signs) {
            boolean found = peek() != 0 && signs.indexOf(peek()) >= 0;
            at += found ? 1 : 0;
            return found;
        }

        /// `sum = ["-"] product {("+" | "-") product}`
        Fraction sum() {
            Fraction sum = takes("-−") ? product().negated() : product();
            while (true) {
                if (takes("+")) {
                    sum = sum.plus(product());
                } else if (takes("-−")) {
                    sum = sum.plus(product().negated());
                } else {
                    return sum;
                }
            }
        }

        /// `product = operand {("×" | "/") operand}`
        private Fraction product() {
            Fraction product = operand();
            while (true) {
                if (takes("×*·⋅")) {
                    product = product.times(operand());
                } else if (takes("/÷")) {
                    product = product.times(operand().inverse());
                } else {
                    return product;
                }
            }
        }

        /// `operand = "(" sum ")" | digits ["." digits]`
        private Fraction operand() {
            if (takes("(")) {
                if (++depth > DEEPEST) {
                    throw new ArithmeticException("brackets too deep");
                }
                Fraction inner = sum();
                if (!takes(")")) {
                    throw new ArithmeticException("no closing bracket");
                }
                depth--;
                return inner;
            }
            peek();
            String whole = digits();
            if (whole.isEmpty()) {
                throw new ArithmeticException("no number");
            }
            if (at < text.length() && text.charAt(at) == '.') {
                at++;
                String decimals = digits();
                return new Fraction(
                        new BigInteger(whole + decimals), BigInteger.TEN.pow(decimals.length()));
            }
            return new Fraction(new BigInteger(whole), BigInteger.ONE);
        }

        private String digits() {
            int from = at;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                at++;
            }
            return text.substring(from, at);
        }
    }
}
