package dev.tramontane.cluster;

import dev.tramontane.train.grpo.Reward;
import dev.tramontane.train.grpo.RolloutGroup;
import dev.tramontane.train.grpo.Trajectory;

import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// What trainer and workers tell each other, and themselves.
final class Messages {
    private Messages() {}

    /// Travels between machines ({@link MessageCodec}).
    sealed interface Remote {}

    /// To the trainer's side.
    sealed interface ToCoordinator {}

    /// To a worker.
    sealed interface ToWorker {}

    /// I am here; repeated until it is answered.
    ///
    /// @param run what both sides must have in common: a hash of settings and problems
    record Hello(ActorRef<ToWorker> worker, String run, Ledger.Capacity capacity)
            implements ToCoordinator, Remote {}

    /// What a worker has in hand, at every beat.
    record Report(ActorRef<ToWorker> worker, Set<Long> inHand) implements ToCoordinator, Remote {}

    /// One completion of a problem.
    ///
    /// @param task the number it was given out under
    record Sampled(long task, int index, int count, Trajectory trajectory)
            implements ToCoordinator, Remote {
        private static final int MOST = 1 << 16;

        Sampled {
            if (index < 0 || index >= count || count > MOST) {
                throw new IllegalArgumentException(
                        "completion %d of %d, expected one of at most %d; mend the generator"
                                .formatted(index, count, MOST));
            }
        }
    }

    record Graded(long task, Reward reward) implements ToCoordinator, Remote {}

    record Failed(long task, String why) implements ToCoordinator, Remote {}

    /// The trainer wants the groups of some problems.
    ///
    /// @param admitted end of the problems that may begin now
    record Take(long first, int count, long admitted, CompletableFuture<List<RolloutGroup>> answer)
            implements ToCoordinator {}

    /// The trainer has written weights.
    record Published(WeightsNotice weights) implements ToCoordinator {}

    /// A worker's machine or program is gone.
    record Gone(ActorRef<ToWorker> worker) implements ToCoordinator {}

    /// A machine is no member any more.
    record Removed(Address address) implements ToCoordinator {}

    /// Welcome.
    ///
    /// @param weights none where the trainer has published none yet
    record Welcome(ActorRef<ToCoordinator> coordinator, Optional<WeightsNotice> weights)
            implements ToWorker, Remote {}

    /// The two do not belong together.
    record Refused(String why) implements ToWorker, Remote {}

    record NewWeights(WeightsNotice weights) implements ToWorker, Remote {}

    /// @param version of the weights, at least
    record Sample(long task, long number, long version) implements ToWorker, Remote {}

    record Grade(long task, long number, Trajectory trajectory) implements ToWorker, Remote {}

    /// No longer wanted.
    record Drop(Set<Long> tasks) implements ToWorker, Remote {}

    /// To itself: time for a report.
    record Beat() implements ToWorker {}

    /// To itself: a problem's completions are there.
    record Completed(long task, List<Trajectory> trajectories) implements ToWorker {}

    /// To itself: a completion is graded.
    record Verified(long task, Reward reward) implements ToWorker {}

    /// To itself: it went wrong.
    record Broken(long task, String why) implements ToWorker {}

    /// To itself: weights are in place.
    record Loaded(long version) implements ToWorker {}

    /// To itself: weights could not be had.
    record NotLoaded(String why) implements ToWorker {}

    /// To itself: the trainer is gone.
    record Abandoned() implements ToWorker {}

    /// To itself: a machine is no member any more.
    record Left(Address address) implements ToWorker {}
}
