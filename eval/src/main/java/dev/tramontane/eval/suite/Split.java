package dev.tramontane.eval.suite;

/// What a problem may be used for. Operands and phrasings of the test never occur in training.
public enum Split {
    TRAIN,
    TEST;

    /// One in so many operands is the test's.
    private static final int TEST_SHARE = 5;

    /// Whose some operands are, in every language and at every level.
    static Split of(String operands) {
        return Math.floorMod(Hash.of(operands), TEST_SHARE) == 0 ? TEST : TRAIN;
    }
}
