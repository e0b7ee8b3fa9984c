package dev.tramontane.tools.sandbox;

import java.util.ArrayList;

/// Finds the best sandbox that a machine allows.
public final class Sandboxes {
    private Sandboxes() {}

    /// Opens a sandbox that has passed its self-test: the first of {@link BubblewrapSandbox} and
    /// {@link LandlockSandbox} that does.
    ///
    /// @throws SandboxUnavailableException if there is none; says why, for each kind
    public static Sandbox open(SandboxOptions options) throws InterruptedException {
        var refused = new ArrayList<String>();
        try {
            return BubblewrapSandbox.open(options);
        } catch (SandboxUnavailableException no) {
            refused.add(no.getMessage());
        }
        try {
            return LandlockSandbox.open(options);
        } catch (SandboxUnavailableException no) {
            refused.add(no.getMessage());
        }
        throw new SandboxUnavailableException(
                "no program is run, because no sandbox can be had: " + String.join("; ", refused));
    }
}
