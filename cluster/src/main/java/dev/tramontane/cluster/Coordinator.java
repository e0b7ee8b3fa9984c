package dev.tramontane.cluster;

import dev.tramontane.cluster.Messages.Drop;
import dev.tramontane.cluster.Messages.Failed;
import dev.tramontane.cluster.Messages.Gone;
import dev.tramontane.cluster.Messages.Grade;
import dev.tramontane.cluster.Messages.Graded;
import dev.tramontane.cluster.Messages.Hello;
import dev.tramontane.cluster.Messages.NewWeights;
import dev.tramontane.cluster.Messages.Published;
import dev.tramontane.cluster.Messages.Refused;
import dev.tramontane.cluster.Messages.Removed;
import dev.tramontane.cluster.Messages.Report;
import dev.tramontane.cluster.Messages.Sample;
import dev.tramontane.cluster.Messages.Sampled;
import dev.tramontane.cluster.Messages.Take;
import dev.tramontane.cluster.Messages.ToCoordinator;
import dev.tramontane.cluster.Messages.ToWorker;
import dev.tramontane.cluster.Messages.Welcome;
import dev.tramontane.train.grpo.Problems;
import dev.tramontane.train.grpo.RolloutGroup;

import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// The trainer's side: gives work to whoever is there, keeps the {@link Ledger}, and hands groups
/// out in the order of their problems.
final class Coordinator extends AbstractBehavior<ToCoordinator> {
    private final String run;
    private final Problems problems;
    private final CompletableFuture<Void> stopped;
    private final Ledger<ActorRef<ToWorker>> ledger = new Ledger<>();
    private final Set<ActorRef<ToWorker>> workers = new HashSet<>();
    private final List<RolloutGroup> ready = new ArrayList<>();
    private Optional<WeightsNotice> weights = Optional.empty();
    private @Nullable Take wanted;
    private long admitted;

    private Coordinator(
            ActorContext<ToCoordinator> context,
            String run,
            Problems problems,
            CompletableFuture<Void> stopped) {
        super(context);
        this.run = run;
        this.problems = problems;
        this.stopped = stopped;
        Nodes.tellRemovals(context, Removed::new);
    }

    /// @param run what workers must have in common with this
    /// @param stopped completed when this has stopped and answers nobody any more
    static Behavior<ToCoordinator> of(
            String run, Problems problems, CompletableFuture<Void> stopped) {
        return Behaviors.setup(context -> new Coordinator(context, run, problems, stopped));
    }

    @Override
    public Receive<ToCoordinator> createReceive() {
        return newReceiveBuilder()
                .onAnyMessage(this::receive)
                .onSignal(PostStop.class, _ -> stop())
                .build();
    }

    private Behavior<ToCoordinator> receive(ToCoordinator message) {
        switch (message) {
            case Hello hello -> welcome(hello);
            case Report(ActorRef<ToWorker> worker, Set<Long> inHand) -> {
                List<Long> unwanted = ledger.report(worker, inHand);
                if (!unwanted.isEmpty()) {
                    worker.tell(new Drop(Set.copyOf(unwanted)));
                }
            }
            case Sampled(long task, int index, int count, var trajectory) ->
                    ledger.sampled(task, index, count, trajectory);
            case Graded(long task, var reward) -> ledger.graded(task, reward);
            case Failed(long task, String why) -> {
                getContext().getLog().warn("a worker failed: {}", why);
                ledger.failed(task, why);
            }
            case Take take -> {
                wanted = take;
                ledger.admit(Math.max(take.first(), admitted), take.admitted());
                admitted = Math.max(admitted, take.admitted());
            }
            case Published(WeightsNotice notice) -> {
                weights = Optional.of(notice);
                workers.forEach(worker -> worker.tell(new NewWeights(notice)));
            }
            case Gone(ActorRef<ToWorker> worker) -> gone(worker);
            case Removed(Address address) ->
                    workers.stream()
                            .filter(worker -> worker.path().address().equals(address))
                            .toList()
                            .forEach(this::gone);
        }
        giveWork();
        answer();
        return this;
    }

    private void welcome(Hello hello) {
        ActorRef<ToWorker> worker = hello.worker();
        if (!hello.run().equals(run)) {
            worker.tell(
                    new Refused(
                            "this trainer's run is %s, the worker's %s; expected one: start both with the same settings, problems and model"
                                    .formatted(run, hello.run())));
            return;
        }
        if (!Nodes.isMember(getContext(), worker.path().address())) {
            return; // it says so again, when its end would be noticed
        }
        if (workers.add(worker)) {
            getContext().watchWith(worker, new Gone(worker));
            ledger.join(worker, hello.capacity());
            getContext().getLog().info("{} works with {}", worker.path(), hello.capacity());
        }
        worker.tell(new Welcome(getContext().getSelf(), weights));
    }

    private void gone(ActorRef<ToWorker> worker) {
        if (workers.remove(worker)) {
            getContext().getLog().warn("{} is gone; others do its work", worker.path());
            ledger.leave(worker);
        }
    }

    /// Nobody samples before there are weights.
    private void giveWork() {
        if (weights.isEmpty()) {
            return;
        }
        long version = weights.get().version();
        for (Ledger.Given<ActorRef<ToWorker>> given : ledger.give()) {
            given.worker()
                    .tell(
                            switch (given.task()) {
                                case Ledger.Task.Sample(long id, long number) ->
                                        new Sample(id, number, version);
                                case Ledger.Task.Grade(long id, long number, _, var trajectory) ->
                                        new Grade(id, number, trajectory);
                            });
        }
    }

    /// Hands over what the trainer waits for, once all of it is there.
    private void answer() {
        Take take = wanted;
        if (take == null) {
            return;
        }
        try {
            while (ready.size() < take.count()) {
                long number = take.first() + ready.size();
                Optional<Ledger.Done> done = ledger.take(number);
                if (done.isEmpty()) {
                    return;
                }
                ready.add(
                        new RolloutGroup(
                                number,
                                problems.at(number),
                                done.get().trajectories(),
                                done.get().rewards()));
            }
            take.answer().complete(List.copyOf(ready));
        } catch (RuntimeException givenUp) { // told to the trainer, whose run it ends
            take.answer().completeExceptionally(givenUp);
        }
        ready.clear();
        wanted = null;
    }

    private Behavior<ToCoordinator> stop() {
        stopped.complete(null);
        return this;
    }
}
