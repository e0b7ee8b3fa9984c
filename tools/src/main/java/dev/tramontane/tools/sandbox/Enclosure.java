package dev.tramontane.tools.sandbox;

import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;

/// Makes the walls around a driver: what the tiers differ in.
@FunctionalInterface
interface Enclosure {
    /// @param uid the user the driver is to be; absent where it stays ours
    /// @param command the driver and its arguments
    Confinement around(RunFolder folder, OptionalInt uid, List<String> command) throws IOException;
}
