package dev.tramontane.eval.graders.math;

import ch.obermuhlner.math.big.BigDecimalMath;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// The nodes of double-exponential quadrature (Takahasi and Mori 1974): an integral becomes one
/// over t from -∞ to ∞ whose integrand falls off as `exp(-exp |t|)`, and the trapezoidal rule with
/// step h then errs by about `exp(-c/h)`: half the step, twice the digits.
///
/// No node lies in the middle of an interval or at zero, where integrands such as `sin x / x` have
/// no value.
final class Quadrature {
    /// Enough to tell a node from the end of its interval.
    static final int DIGITS = 80;

    /// The steps are 1/8, 1/16, 1/32 and 1/64; each level adds the nodes between those before.
    static final int LEVELS = 4;

    private static final MathContext PRECISION = new MathContext(DIGITS + 10);
    private static final BigDecimal OFFSET = new BigDecimal("0.0213");

    /// Beyond it, weights are below 10⁻⁶⁰ of the largest.
    private static final double FARTHEST = 4.7;

    private static final List<List<Node>> NODES =
            IntStream.range(0, LEVELS).mapToObj(Quadrature::nodes).toList();

    /// @param growth `exp(π/2 · sinh t)`
    /// @param speed `π/2 · cosh t`
    record Node(BigDecimal growth, BigDecimal speed) {}

    private Quadrature() {}

    /// The nodes that a level has more than the one before.
    static List<Node> added(int level) {
        return NODES.get(level);
    }

    static BigDecimal step(int level) {
        return new BigDecimal("0.125").divide(BigDecimal.valueOf(1L << level));
    }

    private static List<Node> nodes(int level) {
        BigDecimal half = BigDecimalMath.pi(PRECISION).multiply(new BigDecimal("0.25"));
        List<Node> nodes = new ArrayList<>();
        int most = (int) (FARTHEST / step(level).doubleValue());
        for (int k = -most; k <= most; k++) {
            if (level > 0 && k % 2 == 0) {
                continue; // a level before has it
            }
            BigDecimal t = OFFSET.add(step(level).multiply(BigDecimal.valueOf(k)));
            BigDecimal up = BigDecimalMath.exp(t, PRECISION);
            BigDecimal down = BigDecimal.ONE.divide(up, PRECISION);
            BigDecimal growth = BigDecimalMath.exp(up.subtract(down).multiply(half), PRECISION);
            nodes.add(new Node(growth, up.add(down).multiply(half).round(PRECISION)));
        }
        return List.copyOf(nodes);
    }
}
