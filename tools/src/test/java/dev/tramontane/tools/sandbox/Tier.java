package dev.tramontane.tools.sandbox;

import org.junit.jupiter.api.Assumptions;

import java.util.EnumMap;
import java.util.Map;

/// The kinds of sandbox, opened once for all tests.
enum Tier {
    LANDLOCK,
    BUBBLEWRAP;

    private static final SandboxOptions TWO = SandboxOptions.USUAL.withPlaces(2);

    private sealed interface Found {}

    private record Opened(Sandbox sandbox) implements Found {}

    private record Lacking(String why) implements Found {}

    private static final Map<Tier, Found> FOUND = new EnumMap<>(Tier.class);

    /// Skips the test where the machine lacks what this kind needs; a hole in its walls is a
    /// failure.
    Sandbox open() throws InterruptedException {
        synchronized (FOUND) {
            Found found = FOUND.get(this);
            if (found == null) {
                found = find();
                FOUND.put(this, found);
            }
            return switch (found) {
                case Opened(Sandbox sandbox) -> sandbox;
                case Lacking(String why) ->
                        Assumptions.abort("skipped: no " + this + " sandbox here: " + why);
            };
        }
    }

    private Found find() throws InterruptedException {
        try {
            Sandbox sandbox = fresh(TWO);
            Runtime.getRuntime().addShutdownHook(new Thread(sandbox::close));
            return new Opened(sandbox);
        } catch (SandboxUnavailableException no) {
            if (no.toString().contains("not safe") || no.toString().contains("self-test")) {
                throw no;
            }
            return new Lacking(no.toString());
        }
    }

    /// Another one, for a test that closes it.
    Sandbox fresh(SandboxOptions options) throws InterruptedException {
        return switch (this) {
            case LANDLOCK -> LandlockSandbox.open(options);
            case BUBBLEWRAP -> BubblewrapSandbox.open(options);
        };
    }
}
