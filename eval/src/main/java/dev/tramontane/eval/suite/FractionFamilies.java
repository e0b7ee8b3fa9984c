package dev.tramontane.eval.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Fractions of numbers, in lowest terms, and added.
enum FractionFamilies implements ProblemFamily {
    /// `3/4` of a number: divided by what is below the line, times what is above.
    PART {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int below = Digits.between(random, 2, level == 1 ? 6 : 9);
            int above = below == 2 ? 1 : Digits.between(random, 1, below - 1);
            int one = Digits.between(random, 2, level == 1 ? 9 : level == 2 ? 49 : 99);
            Worked part = Worked.quotient(one * below, below);
            String fraction = above + "/" + below;
            List<Line> steps = new ArrayList<>();
            steps.add(Line.of("fraction.of.plan"));
            steps.addAll(part.said("fraction.of.one"));
            if (above > 1) {
                steps.addAll(Worked.product(one, above).said("fraction.of.all"));
            }
            return new Draft(
                    "part %s %d".formatted(fraction, one * below),
                    Line.of("fraction.of.q", "f", fraction, "n", one * below),
                    steps,
                    new Line.Word.Plain(String.valueOf(one * above)));
        }
    },
    /// Divided by as many primes as the level is. No number is beyond what tables of multiples
    /// hold, and none is divided before its remainder is seen.
    LOWEST_TERMS {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int most = level == 1 ? 99 : level == 2 ? 150 : 198;
            int above;
            int below;
            int divisor;
            do {
                above = Digits.between(random, 2, most);
                below = Digits.between(random, 2, most);
                divisor = gcd(above, below);
            } while (divisor == below || !isOfPrimes(divisor, level));
            String fraction = above + "/" + below;
            List<Line> steps = new ArrayList<>();
            steps.add(Line.of("fraction.reduce.plan"));
            steps.addAll(reduced(above, below));
            return new Draft(
                    "lowest " + fraction,
                    Line.of("fraction.reduce.q", "f", fraction),
                    steps,
                    new Line.Word.Plain(above / divisor + "/" + below / divisor));
        }
    },
    /// Over the same number at level 1, over a multiple at level 2, over any two at level 3.
    SUM {
        @Override
        public Draft draw(RandomGenerator random, int level) {
            int below = Digits.between(random, 2, level == 1 ? 19 : level == 2 ? 9 : 10);
            int below2 =
                    switch (level) {
                        case 1 -> below;
                        case 2 -> below * Digits.between(random, 2, Math.min(9, 45 / below));
                        default -> Digits.between(random, 2, 10);
                    };
            int above = Digits.between(random, 1, below - 1);
            int above2 = Digits.between(random, 1, below2 - 1);
            int common = below2 % below == 0 ? below2 : below * below2;
            int sum = above * (common / below) + above2 * (common / below2);
            boolean isSeen = level == 3 && (below2 % below == 0 || below % below2 == 0);
            if (isSeen || sum % common == 0) {
                return draw(random, level);
            }
            String expression = "%d/%d + %d/%d".formatted(above, below, above2, below2);
            List<Line> steps = new ArrayList<>();
            steps.add(Line.of("fraction.sum.plan"));
            widen(above, below, common, steps);
            widen(above2, below2, common, steps);
            String added =
                    "(%d+%d)/%d"
                            .formatted(
                                    above * (common / below), above2 * (common / below2), common);
            steps.add(Line.of("fraction.sum.total", "q", added + "=" + sum + "/" + common));
            steps.addAll(reduced(sum, common));
            int divisor = gcd(sum, common);
            return new Draft(
                    "fractions " + expression,
                    Line.of("fraction.sum.q", "e", expression),
                    steps,
                    new Line.Word.Plain(sum / divisor + "/" + common / divisor));
        }
    };

    private static final List<Integer> PRIMES = List.of(2, 3, 5, 7);

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /// Whether a number is the product of so many of the primes.
    private static boolean isOfPrimes(int number, int factors) {
        int rest = number;
        int found = 0;
        for (int prime : PRIMES) {
            while (rest % prime == 0) {
                rest /= prime;
                found++;
            }
        }
        return rest == 1 && found == factors;
    }

    /// `1/4=(1×3)/(4×3)=3/12`; nothing where it has that denominator already.
    private static void widen(int above, int below, int common, List<Line> steps) {
        int times = common / below;
        if (times > 1) {
            steps.add(
                    Line.of(
                            "fraction.sum.same",
                            "q",
                            "%d/%d=(%d×%d)/(%d×%d)=%d/%d"
                                    .formatted(
                                            above,
                                            below,
                                            above,
                                            times,
                                            below,
                                            times,
                                            above * times,
                                            common)));
        }
    }

    /// One prime a line, the least first: `2: 12=2×6+0, 18=2×9+0 → 6/9` divides, `2: 6=2×3+0,
    /// 9=2×4+1` and `2: 9=2×4+1` do not, and the next one is tried.
    private static List<Line> reduced(int above, int below) {
        List<Line> lines = new ArrayList<>();
        int top = above;
        int bottom = below;
        for (int prime : PRIMES) {
            boolean divides = true;
            while (divides) {
                divides = top % prime == 0 && bottom % prime == 0;
                String line = prime + ": " + divided(top, prime);
                if (top % prime == 0) {
                    line += ", " + divided(bottom, prime);
                }
                if (divides) {
                    top /= prime;
                    bottom /= prime;
                    line += " → " + top + "/" + bottom;
                }
                lines.add(Line.bare(line));
            }
        }
        return lines;
    }

    /// `9=2×4+1`
    private static String divided(int number, int prime) {
        return "%d=%d×%d+%d".formatted(number, prime, number / prime, number % prime);
    }

    @Override
    public String key() {
        return switch (this) {
            case PART -> "part";
            case LOWEST_TERMS -> "lowest-terms";
            case SUM -> "fractions";
        };
    }
}
