package dev.tramontane.eval.graders.math;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/// A complex number known to within a radius: the true value lies in the disc. One whose imaginary
/// part is exactly zero is real, and so is the true value.
record Ball(BigDecimal re, BigDecimal im, BigDecimal radius) {
    /// Radii are upper bounds of few digits.
    static final MathContext UP = new MathContext(6, RoundingMode.UP);

    private static final MathContext DOWN = new MathContext(6, RoundingMode.DOWN);

    static Ball exact(BigDecimal value) {
        return new Ball(value, BigDecimal.ZERO, BigDecimal.ZERO);
    }

    boolean isReal() {
        return im.signum() == 0;
    }

    /// No less than the magnitude of the true value.
    BigDecimal most() {
        return re.abs().round(UP).add(im.abs().round(UP), UP).add(radius, UP);
    }

    /// No more than the magnitude of the true value; 0 or less where it may be zero.
    BigDecimal least() {
        return re.abs().max(im.abs()).round(DOWN).subtract(radius.round(UP), DOWN);
    }

    boolean mayBeZero() {
        return re.abs().max(im.abs()).compareTo(radius) <= 0;
    }

    boolean isZero() {
        return re.signum() == 0 && im.signum() == 0 && radius.signum() == 0;
    }

    /// Whether the true value, real, is certainly below zero.
    boolean isNegative() {
        return re.signum() < 0 && re.abs().compareTo(radius) > 0;
    }

    Ball negate() {
        return new Ball(re.negate(), im.negate(), radius);
    }
}
