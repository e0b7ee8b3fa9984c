package dev.tramontane.grammar;

/// What compiling one grammar has left of its time and states.
final class Effort {
    /// Steps between two looks at the clock.
    private static final int CLOCK_EVERY = 1024;

    /// States on the way through a fixed text that count as one.
    private static final int LINKS_A_STATE = 10;

    private final Limits limits;
    private final long start = System.nanoTime();
    private long steps;
    private long nextLook = CLOCK_EVERY;
    private long links;

    Effort(Limits limits) {
        this.limits = limits;
    }

    Limits limits() {
        return limits;
    }

    /// Spends steps of about the same length.
    void spend(long more) {
        steps += more;
        if (steps > limits.steps()) {
            throw tooMuch("more than %d steps of work".formatted(limits.steps()));
        }
        if (steps >= nextLook) {
            nextLook = steps + CLOCK_EVERY;
            if (System.nanoTime() - start > limits.time().toNanos()) {
                throw tooMuch("more than %d ms".formatted(limits.time().toMillis()));
            }
        }
    }

    /// Adds a state to the automaton.
    ///
    /// @param branches whether a text can go on in more than one way there
    void addState(boolean branches) {
        links += branches ? LINKS_A_STATE : 1;
        if (links > (long) LINKS_A_STATE * limits.states()) {
            throw tooMuch("an automaton of more than %d states".formatted(limits.states()));
        }
    }

    private static InvalidGrammarException tooMuch(String what) {
        return new InvalidGrammarException(
                "the grammar",
                "it needs " + what + "; use fewer alternatives, or shorter repetitions");
    }
}
