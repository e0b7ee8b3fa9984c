package dev.tramontane.cluster;

import dev.tramontane.cluster.Messages.Published;
import dev.tramontane.cluster.Messages.Take;
import dev.tramontane.cluster.Messages.ToCoordinator;
import dev.tramontane.train.TrainableWeights;
import dev.tramontane.train.grpo.Problems;
import dev.tramontane.train.grpo.RolloutGroup;
import dev.tramontane.train.grpo.RolloutSource;

import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.Cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Completions sampled and graded on other machines, beside the trainer (Magistral 2025, section
/// 3): what {@link dev.tramontane.train.grpo.RolloutQueue} is on one.
///
/// The bound on staleness is the queue's: a group may begin when the trainer has asked for the
/// batch that stands `staleness` batches before the group's own, and it begins with the newest
/// weights of that moment or later. A machine that goes away costs what it had in hand, which
/// others do again; one that comes gets the newest weights and its share of the work. While nobody
/// is there, the trainer waits.
///
/// One thread at a time may call.
public final class ClusterRollouts implements RolloutSource {
    private final ActorSystem<ToCoordinator> system;
    private final CompletableFuture<?> end;
    private final WeightsServer server;
    private final TrainableWeights weights;
    private final int staleness;
    private long next = -1;

    /// How a trainer opens a cluster.
    ///
    /// @param run what workers must have in common with it: a hash of settings and problems
    /// @param address of the trainer
    /// @param weightsPort where weights are served, 0 for any that is free
    /// @param folder for the files of weights
    /// @param staleness batches that are sampled ahead
    public record Settings(
            String run,
            ClusterAddress address,
            int weightsPort,
            Path folder,
            int staleness,
            Timing timing) {
        public Settings {
            if (staleness < 0) {
                throw new IllegalArgumentException(
                        "a staleness of %d, expected 0 or more batches".formatted(staleness));
            }
        }
    }

    private ClusterRollouts(
            ActorSystem<ToCoordinator> system,
            CompletableFuture<?> end,
            WeightsServer server,
            TrainableWeights weights,
            int staleness) {
        this.system = system;
        this.end = end;
        this.server = server;
        this.weights = weights;
        this.staleness = staleness;
    }

    /// Begins a cluster of one, which workers join.
    ///
    /// @param problems those of the workers
    /// @param weights that learn; published as files
    public static ClusterRollouts open(
            Settings settings, Problems problems, TrainableWeights weights) throws IOException {
        WeightsServer server =
                WeightsServer.open(settings.folder, settings.address, settings.weightsPort);
        try {
            var stopped = new CompletableFuture<Void>();
            ActorSystem<ToCoordinator> system =
                    ActorSystem.create(
                            Coordinator.of(settings.run, problems, stopped),
                            Nodes.CLUSTER,
                            Nodes.config(settings.address, settings.timing, Optional.empty()));
            Cluster cluster = Cluster.get(system);
            cluster.join(cluster.selfAddress());
            var end = CompletableFuture.anyOf(stopped, Systems.ended(system));
            return new ClusterRollouts(system, end, server, weights, settings.staleness);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /// Where workers find this.
    ///
    /// @return host and port
    public String address() {
        Address self = Cluster.get(system).selfAddress();
        return self.host().get() + ":" + self.port().get();
    }

    ActorSystem<ToCoordinator> system() {
        return system;
    }

    @Override
    public List<RolloutGroup> take(long first, int count) {
        if (next >= 0 && first != next) {
            throw new IllegalArgumentException(
                    "problems from %d on were asked for, expected from %d on, where the last ended"
                            .formatted(first, next));
        }
        next = first;
        var answer = new CompletableFuture<List<RolloutGroup>>();
        system.tell(new Take(first, count, first + (1L + staleness) * count, answer));
        List<RolloutGroup> groups = await(answer);
        next = first + count;
        return groups;
    }

    /// Who has stopped answers nothing.
    private List<RolloutGroup> await(CompletableFuture<List<RolloutGroup>> answer) {
        try {
            CompletableFuture.anyOf(answer, end).get();
            if (!answer.isDone()) {
                throw new IllegalStateException(
                        "the cluster of %s has ended, expected completions from problem %d on; the log says why: go on from the last state"
                                .formatted(system.address(), next));
            }
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for completions", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause
                    ? cause
                    : new IllegalStateException("completions failed", e.getCause());
        }
    }

    @Override
    public void publish(long version) {
        try {
            system.tell(new Published(server.publish(weights, version)));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "weights %d could not be written: %s".formatted(version, e.getMessage()), e);
        }
    }

    /// Leaves the cluster, which ends with it; the workers look for the next one.
    @Override
    public void close() {
        try {
            Systems.end(system);
        } finally {
            closeServer();
        }
    }

    private void closeServer() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
