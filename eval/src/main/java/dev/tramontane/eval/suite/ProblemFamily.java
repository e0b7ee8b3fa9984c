package dev.tramontane.eval.suite;

import java.util.List;
import java.util.random.RandomGenerator;

/// Problems of one kind. A family draws operands that suit a level and computes: the answer, and
/// the steps to it. Words are none of its business.
public sealed interface ProblemFamily
        permits ArithmeticFamilies,
                WordFamilies,
                ListFamilies,
                CalendarFamily,
                UnitFamily,
                LogicFamilies,
                TextFamilies,
                EquationFamily,
                PercentFamily,
                FractionFamilies,
                SharingFamilies {
    /// Levels count from 1, the easiest.
    int LEVELS = 3;

    /// As it stands in ids and phrase files.
    String key();

    Draft draw(RandomGenerator random, int level);

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
                ListFamilies.SEQUENCE,
                ArithmeticFamilies.REMAINDER,
                LogicFamilies.ORDER,
                LogicFamilies.TRUTH,
                TextFamilies.LETTERS,
                TextFamilies.REVERSAL,
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
