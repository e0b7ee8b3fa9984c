package dev.tramontane.train.grpo;

import java.util.List;

/// Where a trainer gets graded completions: sampled when it asks, or ahead of it.
///
/// One thread may call.
public interface RolloutSource extends AutoCloseable {
    /// The graded groups of some problems, in their order; waits for them.
    ///
    /// @param first number of the first problem: where the last call ended
    /// @param count of problems
    List<RolloutGroup> take(long first, int count);

    /// The weights are others now. What begins to be sampled from here on uses them.
    ///
    /// @param version updates made so far
    void publish(long version);

    /// Ends what is under way, and frees nothing that it was given.
    @Override
    void close();
}
