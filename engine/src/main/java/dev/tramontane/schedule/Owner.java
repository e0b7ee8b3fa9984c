package dev.tramontane.schedule;

/// One of those among whom the engine is shared: what it was served, and how many of its sequences
/// run.
final class Owner {
    /// Before a sequence meets the scheduler.
    static final Owner NOBODY = new Owner("");

    private final String name;
    private long served;
    private int sequences;
    private int running;
    private int runningFirst;

    Owner(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    /// Tokens computed for it, but for those computed again. Who comes back after a pause is as far
    /// as the least served of those that were there, so that nobody saves up for later (the virtual
    /// token counter of Sheng et al. 2024, section 4.1).
    long served() {
        return served;
    }

    void serve(int tokens) {
        served += tokens;
    }

    /// A sequence of its arrived.
    ///
    /// @param least what the least served of the others has
    void arrive(long least) {
        if (sequences++ == 0) {
            served = Math.max(served, least);
        }
    }

    /// A sequence of its ended.
    void leave() {
        sequences--;
    }

    boolean isActive() {
        return sequences > 0;
    }

    void countNone() {
        running = 0;
        runningFirst = 0;
    }

    /// Counts a running sequence.
    ///
    /// @return how many of the owner's stand before it, if those that yield are counted last
    int count(boolean yields) {
        runningFirst += yields ? 0 : 1;
        return running++;
    }

    /// Its running sequences that stand before one that would start now.
    int before(boolean yields) {
        return yields ? running : runningFirst;
    }
}
