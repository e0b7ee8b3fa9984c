package dev.tramontane.cluster;

import dev.tramontane.train.grpo.Trajectory;

import java.util.List;

/// Samples the completions of a problem from the newest weights. Safe for any number of threads; an
/// interrupted one gives up.
public interface Generator {
    /// @param number of the problem
    List<Trajectory> sample(long number);
}
