package dev.tramontane.eval.suite;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Problems of one kind. A family draws operands that suit a level and computes: the answer, and
/// the steps to it. Words are none of its business.
public sealed interface ProblemFamily
        permits ArithmeticFamilies,
                WordFamilies,
                ListFamilies,
                CalendarFamily,
                ClockFamilies,
                UnitFamily,
                LogicFamilies,
                DeductionFamilies,
                PassageFamilies,
                TextFamilies,
                EquationFamily,
                PercentFamily,
                FractionFamilies,
                SharingFamilies {
    /// Levels count from 1, the easiest.
    int LEVELS = 3;

    /// As it stands in ids and phrase files.
    String key();

    /// Whether answers are texts that are given as they are, without a sentence around them.
    default boolean isVerbatim() {
        return false;
    }

    /// Whether questions may have their calculation in words: not where words around it would say
    /// another order, as in *divide 7 times 8 plus 5 by 4*.
    default boolean isSpoken() {
        return false;
    }

    Draft draw(RandomGenerator random, int level);

    /// The same for training, which may ask for more than the test does: what people ask for.
    ///
    /// @param words of the language, in small letters; may be none
    default Draft drawTaught(RandomGenerator random, int level, List<String> words) {
        return draw(random, level);
    }

    /// By its key; empty where it is none of these.
    static Optional<ProblemFamily> of(String key) {
        return all().stream().filter(family -> family.key().equals(key)).findFirst();
    }

    /// All families, in the order in which the suite goes through them.
    static List<ProblemFamily> all() {
        return List.of(
                ArithmeticFamilies.CALCULATE,
                ArithmeticFamilies.CHAIN,
                WordFamilies.SHOPPING,
                WordFamilies.AGES,
                WordFamilies.TRAVEL,
                ListFamilies.COMPARISON,
                ListFamilies.EXTREMES,
                new CalendarFamily(),
                new UnitFamily(),
                ClockFamilies.DURATION,
                ClockFamilies.ARRIVAL,
                ClockFamilies.SHIFT,
                ListFamilies.SEQUENCE,
                ArithmeticFamilies.REMAINDER,
                LogicFamilies.ORDER,
                LogicFamilies.TRUTH,
                DeductionFamilies.LAMPS,
                DeductionFamilies.PROPOSITIONS,
                DeductionFamilies.SYLLOGISM,
                TextFamilies.LETTERS,
                TextFamilies.REVERSAL,
                PassageFamilies.COPY,
                PassageFamilies.EDIT,
                PassageFamilies.PICK,
                PassageFamilies.BACKWARDS,
                ListFamilies.SETS,
                new EquationFamily(),
                ListFamilies.SORT,
                new PercentFamily(),
                FractionFamilies.PART,
                FractionFamilies.LOWEST_TERMS,
                FractionFamilies.SUM,
                SharingFamilies.SHARING,
                SharingFamilies.RATE);
    }
}
