package dev.tramontane.eval.graders.math;

import java.util.Map;
import java.util.TreeMap;

/// A unit: how many of its dimension's base units it is.
///
/// @param dimensions exponents by base (`m`, `g`, `s`, …), none 0; a currency is a base of its own
record Unit(Rational scale, Map<String, Integer> dimensions) {
    static final Unit NONE = new Unit(Rational.ONE, Map.of());

    Unit {
        dimensions = Map.copyOf(dimensions);
    }

    Unit times(Unit other) {
        Map<String, Integer> sum = new TreeMap<>(dimensions);
        other.dimensions.forEach((base, power) -> sum.merge(base, power, Integer::sum));
        sum.values().removeIf(power -> power == 0);
        return new Unit(scale.times(other.scale), sum);
    }

    Unit pow(int exponent) {
        Map<String, Integer> powers = new TreeMap<>();
        dimensions.forEach((base, power) -> powers.put(base, power * exponent));
        powers.values().removeIf(power -> power == 0);
        return new Unit(scale.pow(exponent), powers);
    }
}
