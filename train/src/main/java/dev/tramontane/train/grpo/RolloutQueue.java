package dev.tramontane.train.grpo;

import dev.tramontane.train.TrainableWeights;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/// Completions sampled and graded beside the trainer (Magistral 2025, section 3): a generator keeps
/// the engine full, each group is graded as soon as it is complete, and both go on while the
/// trainer learns. The engine has a copy of the weights, which is written over between two of its
/// steps; sequences under way go on with what they have computed.
///
/// **The bound.** A group may begin when the trainer has asked for the batch that stands
/// `staleness` batches before the group's own. So no completion begins with weights that are more
/// than `staleness` updates older than those that learn from it, and with 0 everything is sampled
/// from the newest.
///
/// Groups are handed out in the order of their problems, not as they finish: which completions are
/// short has no say in what a batch is made of.
public final class RolloutQueue implements RolloutSource {
    private final Rollouts rollouts;
    private final Verifier verifier;
    private final TrainableWeights weights;
    private final int staleness;
    private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore mayBegin = new Semaphore(0);
    private final Semaphore underWay;
    private final BlockingQueue<Future<RolloutGroup>> groups = new LinkedBlockingQueue<>();
    private boolean started;
    private long next;
    private long admitted;

    /// @param rollouts through an engine over weights of its own
    /// @param weights that learn; copied to the engine's
    /// @param staleness batches that are sampled ahead
    public RolloutQueue(
            Rollouts rollouts, Verifier verifier, TrainableWeights weights, int staleness) {
        if (staleness < 0) {
            throw new IllegalArgumentException(
                    "a staleness of %d, expected 0 or more batches".formatted(staleness));
        }
        this.rollouts = rollouts;
        this.verifier = verifier;
        this.weights = weights;
        this.staleness = staleness;
        underWay = new Semaphore(rollouts.mostGroups());
    }

    @Override
    public List<RolloutGroup> take(long first, int count) {
        if (!started) {
            started = true;
            next = first;
            admitted = first;
            tasks.execute(() -> generate(first));
        }
        if (first != next) {
            throw new IllegalArgumentException(
                    "problems from %d on were asked for, expected from %d on, where the last ended"
                            .formatted(first, next));
        }
        admitTo(first + (1L + staleness) * count);
        List<RolloutGroup> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(await());
        }
        next += count;
        return taken;
    }

    private void admitTo(long end) {
        if (end > admitted) {
            mayBegin.release(Math.toIntExact(end - admitted));
            admitted = end;
        }
    }

    private RolloutGroup await() {
        try {
            return groups.take().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for completions", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause
                    ? cause
                    : new IllegalStateException(
                            "a completion failed: " + e.getCause(), e.getCause());
        }
    }

    /// Begins groups as soon as they may, until the thread is interrupted.
    private void generate(long first) {
        try {
            for (long number = first; ; number++) {
                mayBegin.acquire();
                underWay.acquire();
                groups.add(begun(number));
            }
        } catch (InterruptedException _) { // this is closed
            Thread.currentThread().interrupt();
        }
    }

    private Future<RolloutGroup> begun(long number) {
        try {
            Rollouts.Pending pending = rollouts.submit(number);
            return tasks.submit(() -> finish(pending));
        } catch (RuntimeException | Error refused) { // told to who asks for the group
            return CompletableFuture.failedFuture(refused);
        }
    }

    private RolloutGroup finish(Rollouts.Pending pending) {
        try {
            return pending.graded(verifier);
        } finally {
            pending.cancel();
            underWay.release();
        }
    }

    @Override
    public void publish(long version) {
        rollouts.engine().publish(weights.model(), version);
    }

    @Override
    public void close() {
        tasks.shutdownNow();
        tasks.close();
    }
}
