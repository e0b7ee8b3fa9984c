package dev.tramontane.cluster;

import dev.tramontane.cluster.Messages.ToWorker;
import dev.tramontane.engine.Engine;
import dev.tramontane.train.TrainableWeights;
import dev.tramontane.train.grpo.Problems;
import dev.tramontane.train.grpo.Verifier;

import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A machine that samples or grades for a trainer elsewhere.
///
/// {@link #run} stays with the trainer, and looks for it again where it was when it is gone: a
/// trainer that goes on from its last state finds its workers coming back. Each time everything is
/// opened anew, since the next trainer's weights may be older than those here.
public final class WorkerNode implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(WorkerNode.class.getName());

    private final Settings settings;
    private final Opener opener;
    private @Nullable ActorSystem<ToWorker> system;
    private boolean closed;

    /// Where a worker stands.
    ///
    /// @param run what it must have in common with the trainer
    /// @param trainer its address; the key is this worker's too
    /// @param here this worker's own address; with port 0 it is another one for each trainer, so
    ///   that what an end leaves behind is in nobody's way
    /// @param groups problems it samples at a time, 0 for none
    /// @param grades completions it grades at a time, 0 for none
    /// @param folder for weights; the trainer's, where both share it
    public record Settings(
            String run,
            ClusterAddress trainer,
            ClusterAddress here,
            int groups,
            int grades,
            Path folder,
            Timing timing) {
        public Settings {
            if (!trainer.key().equals(here.key())) {
                throw new IllegalArgumentException(
                        "the trainer at %s and this worker have different keys, expected one; give both the same file"
                                .formatted(trainer.host()));
            }
        }
    }

    /// What a worker works with; closed when its trainer is gone.
    public interface Tools extends AutoCloseable {
        /// The trainer's problems, made here anew.
        Problems problems();

        /// Samples through {@link #engine}.
        Generator generator();

        Verifier verifier();

        /// The engine whose weights are kept the newest; its own, shared with nobody.
        Engine engine();

        /// Memory for weights on their way to the engine.
        TrainableWeights landing();

        @Override
        void close();
    }

    /// Opens a model and all that goes with it.
    public interface Opener {
        Tools open();
    }

    public WorkerNode(Settings settings, Opener opener) {
        this.settings = settings;
        this.opener = opener;
    }

    /// Works until this is closed.
    ///
    /// @throws IllegalStateException when the trainer refuses this worker, with the reason
    public void run() {
        while (true) {
            try (Tools tools = opener.open()) {
                Optional<String> refusal = serve(tools);
                if (isClosed()) {
                    return;
                }
                if (refusal.isPresent()) {
                    throw new IllegalStateException("refused: " + refusal.get());
                }
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the trainer at {0} is gone; looking for it again",
                        settings.trainer.host() + ":" + settings.trainer.port());
            }
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /// Works for one trainer until either is gone.
    ///
    /// @return why the trainer wants nothing of this worker
    private Optional<String> serve(Tools tools) {
        var end = new CompletableFuture<Optional<String>>();
        ActorSystem<ToWorker> opened;
        synchronized (this) {
            if (closed) {
                return Optional.empty();
            }
            opened = start(tools, end);
            system = opened;
        }
        Systems.awaitStop(opened, end);
        Systems.awaitEnd(opened, Systems.PATIENCE);
        return end.getNow(Optional.empty());
    }

    private ActorSystem<ToWorker> start(Tools tools, CompletableFuture<Optional<String>> end) {
        var fetch = new WeightsFetch(settings.folder, settings.here.key());
        var parts =
                new WorkerParts(
                        settings.run,
                        new Ledger.Capacity(settings.groups, settings.grades),
                        tools.problems(),
                        tools.generator(),
                        tools.verifier(),
                        new EngineWeights(fetch, tools.landing(), tools.engine()));
        Address trainer = Nodes.address(settings.trainer);
        return ActorSystem.create(
                Worker.of(parts, trainer, settings.timing, end),
                Nodes.CLUSTER,
                Nodes.config(settings.here, settings.timing, Optional.of(trainer)));
    }

    /// Leaves the cluster; what it had in hand is others' at once.
    @Override
    public void close() {
        ActorSystem<ToWorker> last;
        synchronized (this) {
            closed = true;
            last = system;
        }
        if (last != null) {
            Systems.end(last);
        }
    }
}
