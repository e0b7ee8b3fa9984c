package dev.tramontane.engine;

import dev.tramontane.sampling.Intervention;

import java.util.EnumMap;
import java.util.Map;

/// How often control stepped in since the start, by what it did. Written by the engine's thread,
/// read by any.
final class InterventionCounts {
    private volatile Map<Intervention, Long> counts = none();

    private static Map<Intervention, Long> none() {
        Map<Intervention, Long> none = new EnumMap<>(Intervention.class);
        for (Intervention what : Intervention.values()) {
            none.put(what, 0L);
        }
        return none;
    }

    void count(Intervention what) {
        Map<Intervention, Long> more = new EnumMap<>(counts);
        more.merge(what, 1L, Long::sum);
        counts = more;
    }

    /// All kinds, those that never happened too; shared, not changed.
    Map<Intervention, Long> all() {
        return counts;
    }
}
