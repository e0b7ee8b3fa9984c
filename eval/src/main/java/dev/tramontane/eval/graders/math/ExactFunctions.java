package dev.tramontane.eval.graders.math;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;

/// Functions whose values are fractions where their arguments are.
final class ExactFunctions {
    private static final int LARGEST_FACTORIAL = 1_500;
    private static final int LARGEST_BINOMIAL = 10_000;

    private final Evaluation evaluation;
    private final Budget budget;

    ExactFunctions(Evaluation evaluation, Budget budget) {
        this.evaluation = evaluation;
        this.budget = budget;
    }

    Optional<Rational> value(String function, List<Expression> arguments) {
        return switch (function) {
            case "root",
                    "abs",
                    "floor",
                    "ceil",
                    "factorial",
                    "factorial2",
                    "binom",
                    "gcd",
                    "lcm",
                    "max",
                    "min" ->
                    values(arguments).flatMap(values -> of(function, values));
            case "log" -> values(arguments).flatMap(ExactFunctions::logarithm);
            default -> Optional.empty();
        };
    }

    private Optional<List<Rational>> values(List<Expression> arguments) {
        List<Rational> values = new ArrayList<>(arguments.size());
        for (Expression argument : arguments) {
            Optional<Rational> value = evaluation.exact(argument);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            values.add(value.get());
        }
        return Optional.of(values);
    }

    private Optional<Rational> of(String function, List<Rational> values) {
        Rational first = values.getFirst();
        Rational last = values.getLast();
        return switch (function) {
            case "root" -> root(first, last);
            case "abs" -> Optional.of(first.abs());
            case "floor" -> Optional.of(Rational.of(first.floor()));
            case "ceil" -> Optional.of(Rational.of(first.negate().floor().negate()));
            case "factorial" -> factorial(first, 1);
            case "factorial2" -> factorial(first, 2);
            case "binom" -> binomial(first, last);
            case "gcd" -> whole(values, BigInteger::gcd);
            case "lcm" -> whole(values, ExactFunctions::leastCommonMultiple);
            case "max" -> values.stream().max(Rational::compareTo);
            default -> values.stream().min(Rational::compareTo);
        };
    }

    private Optional<Rational> root(Rational of, Rational degree) {
        if (!degree.isSmall() || degree.signum() <= 0 || degree.compareTo(Rational.of(1_000)) > 0) {
            return Optional.empty();
        }
        budget.spend(20 + of.numerator().bitLength());
        return of.root(degree.numerator().intValueExact());
    }

    private Optional<Rational> factorial(Rational of, int step) {
        if (!of.isWhole() || of.signum() < 0) {
            throw new UndefinedException("a factorial of what is no natural number");
        }
        if (of.compareTo(Rational.of(LARGEST_FACTORIAL)) > 0) {
            return Optional.empty();
        }
        int n = of.numerator().intValueExact();
        budget.spend(5 * n + 1);
        BigInteger product = BigInteger.ONE;
        for (int k = n; k > 1; k -= step) {
            product = product.multiply(BigInteger.valueOf(k));
        }
        return Optional.of(Rational.of(product));
    }

    private Optional<Rational> binomial(Rational of, Rational choose) {
        if (!of.isWhole() || !choose.isWhole() || of.signum() < 0) {
            throw new UndefinedException("a binomial of what are no natural numbers");
        }
        if (choose.signum() < 0 || choose.compareTo(of) > 0) {
            return Optional.of(Rational.ZERO);
        }
        if (of.compareTo(Rational.of(LARGEST_BINOMIAL)) > 0) {
            return Optional.empty();
        }
        int n = of.numerator().intValueExact();
        int k =
                Math.min(
                        choose.numerator().intValueExact(), n - choose.numerator().intValueExact());
        if (k > LARGEST_FACTORIAL) {
            return Optional.empty();
        }
        budget.spend(10 * k + 1);
        BigInteger result = BigInteger.ONE;
        for (int i = 1; i <= k; i++) {
            result = result.multiply(BigInteger.valueOf(n - k + i)).divide(BigInteger.valueOf(i));
        }
        return Optional.of(Rational.of(result));
    }

    private static Optional<Rational> whole(
            List<Rational> values, BinaryOperator<BigInteger> fold) {
        if (!values.stream().allMatch(Rational::isWhole)) {
            throw new UndefinedException("a divisor of what are no whole numbers");
        }
        return values.stream().map(Rational::numerator).reduce(fold).map(Rational::of);
    }

    private static BigInteger leastCommonMultiple(BigInteger a, BigInteger b) {
        return a.signum() == 0 || b.signum() == 0
                ? BigInteger.ZERO
                : a.divide(a.gcd(b)).multiply(b).abs();
    }

    /// `\log_b a` where a is a small whole power of b.
    private static Optional<Rational> logarithm(List<Rational> values) {
        if (values.size() != 2) {
            return Optional.empty();
        }
        Rational of = values.getFirst();
        Rational base = values.getLast();
        if (base.compareTo(Rational.ONE) <= 0 || of.signum() <= 0) {
            return Optional.empty();
        }
        Rational power = Rational.ONE;
        Rational target = of.compareTo(Rational.ONE) < 0 ? of.inverse() : of;
        for (int k = 0; k <= 64; k++) {
            int order = power.compareTo(target);
            if (order == 0) {
                return Optional.of(Rational.of(of.equals(target) ? k : -k));
            }
            if (order > 0) {
                break;
            }
            power = power.times(base);
        }
        return Optional.empty();
    }
}
