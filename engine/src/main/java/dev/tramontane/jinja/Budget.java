package dev.tramontane.jinja;

import java.util.function.LongSupplier;

/// What one rendering has left. Every loop of ours that a template can make long goes through
/// {@link #charge}.
final class Budget {
    /// Steps between two looks at the clock.
    private static final int CLOCK_EVERY = 256;

    /// Characters that cost a step.
    private static final int CHARACTERS_A_STEP = 256;

    /// Expressions and blocks within one another, whatever the macros, for the Java stack's sake.
    private static final int DEEPEST_NESTING = 1000;

    private final Limits limits;
    private final LongSupplier nanoTime;
    private final long start;
    private long steps;
    private long nextLook = CLOCK_EVERY;
    private int depth;
    private int nesting;

    Budget(Limits limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    void step() {
        charge(1);
    }

    /// Spends steps.
    void charge(long more) {
        steps += more;
        if (steps > limits.steps()) {
            throw spent(limits.steps() + " steps");
        }
        if (steps >= nextLook) {
            nextLook = steps + CLOCK_EVERY;
            look();
        }
    }

    void look() {
        if (nanoTime.getAsLong() - start > limits.time().toNanos()) {
            throw spent(limits.time().toMillis() + " ms");
        }
    }

    /// Spends the steps of a text this long.
    void chargeText(long characters) {
        charge(1 + characters / CHARACTERS_A_STEP);
    }

    /// Spends the steps of a search: at worst each place of a text is compared with all that is
    /// sought.
    void chargeSearch(Text text, Text sought) {
        long places = Math.max(0, text.length() - sought.length() + 1L);
        chargeText(places * sought.length());
    }

    /// A builder for a text that the template makes.
    TextBuilder builder() {
        return new TextBuilder(limits.outputBytes());
    }

    void enterCall() {
        if (++depth > limits.depth()) {
            throw spent("calls " + limits.depth() + " deep");
        }
    }

    void leaveCall() {
        depth--;
    }

    void enter() {
        if (++nesting > DEEPEST_NESTING) {
            throw spent("blocks and expressions " + DEEPEST_NESTING + " deep");
        }
    }

    void leave() {
        nesting--;
    }

    /// Refuses a result that is too long in UTF-8.
    void checkOutput(Text text) {
        long bytes = 0;
        String chars = text.chars();
        for (int i = 0; i < chars.length(); i++) {
            char c = chars.charAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        if (bytes > limits.outputBytes()) {
            throw spent(limits.outputBytes() + " bytes of output");
        }
    }

    private static Fault spent(String what) {
        return new Fault(
                Fault.Kind.BUDGET,
                "the template needs more than "
                        + what
                        + "; shorten the conversation, or use a"
                        + " simpler template");
    }
}
