package dev.tramontane.eval.graders.math;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Integrals, derivatives, limits and endless sums, by numbers.
///
/// Other than elsewhere, a radius is here an estimate, made from two approximations of which one is
/// finer: what is not analytic may be farther off. Where the two do not agree there is no value.
final class Calculus {
    private static final int LIMIT_DIGITS = 300;
    private static final int SERIES_DIGITS = 150;
    private static final int SERIES_TERMS = 44;

    /// So near to a limit's point that what goes like a square root is settled too.
    private static final Rational NEAR = Rational.ofDecimal("1.37e-60");

    private static final Rational NEARER = Rational.ofDecimal("1.13e-64");

    /// Digits in which an integral's two finest rules agree; the finer has seven quarters of them.
    private static final int FEWEST_AGREED = 16;

    /// What the ends that are cut off leave open.
    private static final int MOST_DIGITS = 30;

    private static final BigDecimal AGREED = BigDecimal.ONE.movePointLeft(28);

    private final Evaluation evaluation;

    Calculus(Evaluation evaluation) {
        this.evaluation = evaluation;
    }

    /// `∫ body d name` between two bounds, either of which may be infinite.
    Ball integral(String name, Expression from, Expression to, Expression body) {
        Optional<Integer> low = ValueComparison.infinity(from);
        Optional<Integer> high = ValueComparison.infinity(to);
        if (low.isPresent() && high.isPresent() && low.get() >= high.get()
                || low.isPresent() && low.get() > 0
                || high.isPresent() && high.get() < 0) {
            throw new UndefinedException("an integral against the direction");
        }
        Evaluation fine = evaluation.withDigits(Quadrature.DIGITS);
        Balls balls = fine.balls();
        Ball start = low.isPresent() ? Ball.exact(BigDecimal.ZERO) : fine.ball(from);
        Ball end = high.isPresent() ? Ball.exact(BigDecimal.ZERO) : fine.ball(to);
        Ball sum = Ball.exact(BigDecimal.ZERO);
        Ball coarse = sum;
        for (int level = 0; level < Quadrature.LEVELS; level++) {
            for (Quadrature.Node node : Quadrature.added(level)) {
                Place place = place(node, start, low.isPresent(), end, high.isPresent(), balls);
                Ball value = fine.with(name, place.at()).ball(body);
                sum = balls.add(sum, balls.multiply(value, place.weight()));
            }
            Ball rule = balls.multiply(sum, Ball.exact(Quadrature.step(level)));
            Optional<Ball> settled = level == 0 ? Optional.empty() : settled(rule, coarse, balls);
            if (settled.isPresent()) {
                return settled.get();
            }
            coarse = rule;
        }
        throw new UndefinedException("an integral that does not settle");
    }

    /// Where a node lies, and what the integrand counts there.
    private record Place(Ball at, Ball weight) {}

    private static Place place(
            Quadrature.Node node,
            Ball start,
            boolean fromInfinity,
            Ball end,
            boolean toInfinity,
            Balls balls) {
        Ball growth = Ball.exact(node.growth());
        Ball speed = Ball.exact(node.speed());
        Ball decay = balls.inverse(growth);
        if (fromInfinity && toInfinity) { // x = sinh(π/2 sinh t)
            Ball half = Ball.exact(new BigDecimal("0.5"));
            return new Place(
                    balls.multiply(balls.add(growth, decay.negate()), half),
                    balls.multiply(balls.multiply(balls.add(growth, decay), half), speed));
        }
        if (fromInfinity || toInfinity) { // x = a + exp(π/2 sinh t)
            return new Place(
                    fromInfinity ? balls.add(end, growth.negate()) : balls.add(start, growth),
                    balls.multiply(growth, speed));
        }
        // x = a + (b - a) u = b - (b - a) (1 - u), u = 1 / (1 + exp(-π sinh t)); dx/dt = 2 (b - a)
        // u (1 - u) π/2 cosh t
        Ball length = balls.add(end, start.negate());
        Ball one = Ball.exact(BigDecimal.ONE);
        Ball share = balls.inverse(balls.add(one, balls.multiply(decay, decay)));
        Ball rest = balls.inverse(balls.add(one, balls.multiply(growth, growth)));
        Ball at =
                node.growth().compareTo(BigDecimal.ONE) < 0
                        ? balls.add(start, balls.multiply(length, share))
                        : balls.add(end, balls.multiply(length, rest).negate());
        Ball weight = balls.multiply(balls.multiply(share, rest), balls.multiply(length, speed));
        return new Place(at, balls.add(weight, weight));
    }

    /// The finer rule where it has digits enough: about twice as many as the two agree in.
    private static Optional<Ball> settled(Ball fine, Ball coarse, Balls balls) {
        BigDecimal difference = balls.add(fine, coarse.negate()).most();
        BigDecimal size = size(fine);
        int agreed =
                difference.signum() == 0
                        ? Quadrature.DIGITS / 2
                        : (int) (order(size) - order(difference));
        return agreed < FEWEST_AGREED
                ? Optional.empty()
                : Optional.of(
                        balls.within(
                                fine, size.movePointLeft(Math.min(agreed * 7 / 4, MOST_DIGITS))));
    }

    /// How many digits stand before the point; below zero for noughts behind it.
    private static long order(BigDecimal value) {
        return (long) value.precision() - value.scale();
    }

    /// `d body / d name` at the point, by a central difference.
    Ball derivative(String name, Expression body) {
        Rational at = evaluation.at(name).orElseThrow(() -> new UndefinedException("d/d" + name));
        Evaluation fine = evaluation.withDigits(LIMIT_DIGITS);
        Balls balls = fine.balls();
        Ball after = fine.with(name, at.plus(NEAR)).ball(body);
        Ball before = fine.with(name, at.minus(NEAR)).ball(body);
        Ball slope =
                balls.multiply(
                        balls.add(after, before.negate()), balls.of(NEAR.plus(NEAR).inverse()));
        return balls.within(slope, size(slope).multiply(AGREED, Ball.UP));
    }

    /// What `body` tends to where `name` tends to a value or to infinity.
    ///
    /// @param sides 1 from above, -1 from below, 0 from both
    Ball limit(String name, Expression to, int sides, Expression body) {
        Evaluation fine = evaluation.withDigits(LIMIT_DIGITS);
        Optional<Integer> infinite = ValueComparison.infinity(to);
        if (infinite.isPresent()) {
            Rational sign = Rational.of(infinite.get());
            return agreed(
                    fine.with(name, NEAR.inverse().times(sign)).ball(body),
                    fine.with(name, NEARER.inverse().times(sign)).ball(body),
                    fine.balls());
        }
        Ball point = fine.ball(to);
        List<Ball> values = new ArrayList<>();
        for (int side : sides == 0 ? new int[] {1, -1} : new int[] {sides}) {
            try {
                values.add(oneSided(name, point, side, body, fine));
            } catch (UndefinedException e) {
                if (sides != 0 || side < 0 && values.isEmpty()) {
                    throw e;
                } // no value on one side: what there is on the other
            }
        }
        if (!fine.balls().add(values.getFirst(), values.getLast().negate()).mayBeZero()) {
            throw new UndefinedException("another limit from each side");
        }
        return values.getFirst();
    }

    private static Ball oneSided(
            String name, Ball point, int side, Expression body, Evaluation fine) {
        Balls balls = fine.balls();
        Rational sign = Rational.of(side);
        Ball far = balls.add(point, balls.of(NEAR.times(sign)));
        Ball near = balls.add(point, balls.of(NEARER.times(sign)));
        return agreed(fine.with(name, far).ball(body), fine.with(name, near).ball(body), balls);
    }

    /// The second of two approximations, where the first is next to it.
    private static Ball agreed(Ball first, Ball second, Balls balls) {
        BigDecimal difference = balls.add(first, second.negate()).most();
        BigDecimal most = size(second).multiply(AGREED, Ball.UP);
        if (difference.compareTo(most) > 0) {
            throw new UndefinedException("a limit that does not settle");
        }
        return balls.within(second, most);
    }

    private static BigDecimal size(Ball value) {
        return value.most().max(BigDecimal.ONE.movePointLeft(20));
    }

    /// `Σ body` from a whole number on without end, by Levin's u-transform (Levin 1973): the sum
    /// that partial sums tend to whose remainders go like `(k + 1) · term` times a series in `1/k`.
    Ball series(String name, BigInteger from, Expression body) {
        Evaluation fine = evaluation.withDigits(SERIES_DIGITS);
        Balls balls = fine.balls();
        List<Ball> terms = new ArrayList<>();
        for (int k = 0; k <= SERIES_TERMS; k++) {
            Rational index = Rational.of(from.add(BigInteger.valueOf(k)));
            Ball term = fine.with(name, index).ball(body);
            if (term.isZero()) {
                throw new UndefinedException("an endless sum with a term of zero");
            }
            terms.add(term);
        }
        Ball middle = terms.get(SERIES_TERMS / 2);
        if (terms.getLast().most().compareTo(middle.least()) >= 0) {
            throw new UndefinedException("an endless sum whose terms do not fall");
        }
        return agreed(levin(terms.subList(0, SERIES_TERMS - 3), balls), levin(terms, balls), balls);
    }

    /// `Σ (-1)^k C(n, k) (k+1)^(n-1) s_k / ((k+1) a_k)` over the same with 1 for `s_k`.
    private static Ball levin(List<Ball> terms, Balls balls) {
        int n = terms.size() - 1;
        Ball partial = Ball.exact(BigDecimal.ZERO);
        Ball top = partial;
        Ball low = partial;
        BigInteger binomial = BigInteger.ONE;
        for (int k = 0; k <= n; k++) {
            partial = balls.add(partial, terms.get(k));
            BigInteger factor = binomial.multiply(BigInteger.valueOf(k + 1).pow(n - 2));
            Ball weight =
                    balls.multiply(
                            balls.of(Rational.of(k % 2 == 0 ? factor : factor.negate())),
                            balls.inverse(terms.get(k)));
            top = balls.add(top, balls.multiply(weight, partial));
            low = balls.add(low, weight);
            binomial =
                    binomial.multiply(BigInteger.valueOf(n - k)).divide(BigInteger.valueOf(k + 1));
        }
        return balls.multiply(top, balls.inverse(low));
    }
}
