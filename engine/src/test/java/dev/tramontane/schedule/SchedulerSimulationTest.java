package dev.tramontane.schedule;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// `-Dtramontane.simulations=N` runs more seeds than the build's, `-Dtramontane.simulation=SEED`
/// one of them.
class SchedulerSimulationTest {
    private static final int SEEDS = Integer.getInteger("tramontane.simulations", 10_000);
    private static final Long ONE_SEED = Long.getLong("tramontane.simulation");

    private static Simulation.Shown simulate(long seed) {
        try {
            return new Simulation(seed).run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "seed " + seed + ": run it alone with -Dtramontane.simulation=" + seed, e);
        }
    }

    @Test
    void whatever_runs_beside_it_each_request_gets_what_it_gets_alone_and_no_block_is_lost() {
        if (ONE_SEED != null) {
            simulate(ONE_SEED);
            return;
        }
        var shown = Simulation.Shown.NOTHING;
        for (long seed = 0; seed < SEEDS; seed++) {
            shown = shown.plus(simulate(seed));
        }
        assertTrue(shown.setBacks() > SEEDS / 10, "too few sequences set back: " + shown);
        assertTrue(shown.waitsAgain() > SEEDS / 20, "too few wait again: " + shown);
        assertTrue(shown.cachedTokens() > SEEDS, "too few tokens reused: " + shown);
        assertTrue(shown.refused() > SEEDS / 10, "too few requests refused: " + shown);
        assertTrue(shown.cancelled() > SEEDS / 10, "too few requests cancelled: " + shown);
        assertTrue(shown.drafts().accepted() > 5L * SEEDS, "too few drafts kept: " + shown);
        assertTrue(
                shown.drafts().drafted() > 2 * shown.drafts().accepted(),
                "too few drafts refused: " + shown);
    }
}
