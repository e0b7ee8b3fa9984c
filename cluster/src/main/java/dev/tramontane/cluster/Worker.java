package dev.tramontane.cluster;

import dev.tramontane.cluster.Messages.Abandoned;
import dev.tramontane.cluster.Messages.Beat;
import dev.tramontane.cluster.Messages.Broken;
import dev.tramontane.cluster.Messages.Completed;
import dev.tramontane.cluster.Messages.Drop;
import dev.tramontane.cluster.Messages.Failed;
import dev.tramontane.cluster.Messages.Grade;
import dev.tramontane.cluster.Messages.Graded;
import dev.tramontane.cluster.Messages.Hello;
import dev.tramontane.cluster.Messages.Left;
import dev.tramontane.cluster.Messages.Loaded;
import dev.tramontane.cluster.Messages.NewWeights;
import dev.tramontane.cluster.Messages.NotLoaded;
import dev.tramontane.cluster.Messages.Refused;
import dev.tramontane.cluster.Messages.Report;
import dev.tramontane.cluster.Messages.Sample;
import dev.tramontane.cluster.Messages.Sampled;
import dev.tramontane.cluster.Messages.ToCoordinator;
import dev.tramontane.cluster.Messages.ToWorker;
import dev.tramontane.cluster.Messages.Verified;
import dev.tramontane.cluster.Messages.Welcome;
import dev.tramontane.train.grpo.Trajectory;

import org.apache.pekko.actor.ActorSelection;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// A worker's side: finds the trainer, keeps its engine's weights the newest, samples and grades.
/// What takes time runs on virtual threads; this only tells.
///
/// Weights that cannot be had are tried again, ever less often; problems that wait for them are
/// given back meanwhile, with the reason.
final class Worker extends AbstractBehavior<ToWorker> {
    /// Failures in a row to have weights, after which what waits for them is given back.
    private static final int PATIENT_LOADS = 3;

    /// How often the pause between two such attempts doubles: from one beat to 16.
    private static final int PAUSE_DOUBLINGS = 4;

    private final WorkerParts parts;
    private final Address trainer;
    private final ActorSelection coordinators;
    private final CompletableFuture<Optional<String>> end;
    private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<Long, Future<?>> inHand = new HashMap<>();
    private final List<Sample> waiting = new ArrayList<>();
    private @Nullable ActorRef<ToCoordinator> coordinator;
    private Optional<WeightsNotice> newest = Optional.empty();
    private Optional<String> refusal = Optional.empty();
    private long loaded = -1;
    private boolean isLoading;
    private int failedLoads;
    private int pauseBeats;

    private Worker(
            ActorContext<ToWorker> context,
            TimerScheduler<ToWorker> timers,
            WorkerParts parts,
            Address trainer,
            Timing timing,
            CompletableFuture<Optional<String>> end) {
        super(context);
        this.parts = parts;
        this.end = end;
        this.trainer = trainer;
        coordinators =
                Adapter.toClassic(context.getSystem()).actorSelection(trainer + Nodes.FIRST_ACTOR);
        timers.startTimerWithFixedDelay(new Beat(), timing.beat());
        Nodes.tellRemovals(context, Left::new);
    }

    /// @param trainer whose first actor is a {@link Coordinator}
    /// @param end completed when this has stopped and uses nothing of its parts any more, with the
    ///   reason where the trainer wants nothing of this worker
    static Behavior<ToWorker> of(
            WorkerParts parts,
            Address trainer,
            Timing timing,
            CompletableFuture<Optional<String>> end) {
        return Behaviors.setup(
                context ->
                        Behaviors.withTimers(
                                timers ->
                                        new Worker(context, timers, parts, trainer, timing, end)));
    }

    @Override
    public Receive<ToWorker> createReceive() {
        return newReceiveBuilder()
                .onAnyMessage(this::receive)
                .onSignal(PostStop.class, _ -> stop())
                .build();
    }

    private Behavior<ToWorker> receive(ToWorker message) {
        return switch (message) {
            case Beat _ -> beat();
            case Welcome welcome -> welcomed(welcome);
            case Refused(String why) -> {
                refusal = Optional.of(why);
                yield Behaviors.stopped();
            }
            case Abandoned _ -> Behaviors.stopped();
            case Left(Address address) -> address.equals(trainer) ? Behaviors.stopped() : this;
            case NewWeights(WeightsNotice notice) -> offered(notice);
            case Loaded(long version) -> loaded(version);
            case NotLoaded(String why) -> notLoaded(why);
            case Sample sample -> {
                waiting.add(sample);
                yield begin();
            }
            case Grade(long task, long number, Trajectory trajectory) -> {
                run(
                        task,
                        () ->
                                new Verified(
                                        task,
                                        parts.verifier()
                                                .verify(parts.problems().at(number), trajectory)));
                yield this;
            }
            case Drop(Set<Long> unwanted) -> dropped(unwanted);
            case Completed(long task, List<Trajectory> trajectories) -> {
                for (int i = 0; i < trajectories.size(); i++) {
                    answer(new Sampled(task, i, trajectories.size(), trajectories.get(i)), task);
                }
                yield done(task);
            }
            case Verified(long task, var reward) -> {
                answer(new Graded(task, reward), task);
                yield done(task);
            }
            case Broken(long task, String why) -> {
                answer(new Failed(task, why), task);
                yield done(task);
            }
        };
    }

    /// Repeated until the trainer has heard that this machine is a member.
    private void hello() {
        var hello = new Hello(getContext().getSelf(), parts.run(), parts.capacity());
        coordinators.tell(hello, org.apache.pekko.actor.ActorRef.noSender());
    }

    private Behavior<ToWorker> beat() {
        ActorRef<ToCoordinator> known = coordinator;
        if (known == null) {
            hello();
            return this;
        }
        Set<Long> all = new HashSet<>(inHand.keySet());
        waiting.forEach(sample -> all.add(sample.task()));
        known.tell(new Report(getContext().getSelf(), all));
        if (pauseBeats > 0) {
            pauseBeats--;
        }
        return pauseBeats > 0 ? this : load();
    }

    private Behavior<ToWorker> welcomed(Welcome welcome) {
        if (coordinator == null) {
            coordinator = welcome.coordinator();
            getContext().watchWith(welcome.coordinator(), new Abandoned());
            welcome.weights().ifPresent(this::offered);
        }
        return this;
    }

    private Behavior<ToWorker> offered(WeightsNotice notice) {
        if (newest.isEmpty() || notice.version() > newest.get().version()) {
            newest = Optional.of(notice);
        }
        return load();
    }

    private Behavior<ToWorker> load() {
        if (isLoading || newest.isEmpty() || newest.get().version() <= loaded) {
            return this;
        }
        isLoading = true;
        WeightsNotice notice = newest.get();
        ActorRef<ToWorker> self = getContext().getSelf();
        tasks.execute(
                () -> {
                    try {
                        parts.weights().load(notice);
                        self.tell(new Loaded(notice.version()));
                    } catch (IOException | RuntimeException | Error e) { // a task's outermost frame
                        self.tell(
                                new NotLoaded(
                                        "weights %d: %s".formatted(notice.version(), told(e))));
                    }
                });
        return this;
    }

    private Behavior<ToWorker> loaded(long version) {
        isLoading = false;
        failedLoads = 0;
        pauseBeats = 0;
        loaded = version;
        begin();
        return load();
    }

    private Behavior<ToWorker> notLoaded(String why) {
        isLoading = false;
        failedLoads++;
        pauseBeats = 1 << Math.min(failedLoads - 1, PAUSE_DOUBLINGS);
        getContext().getLog().warn("{}; tried again {} beats later", why, pauseBeats);
        if (failedLoads >= PATIENT_LOADS) {
            waiting.forEach(sample -> tell(new Failed(sample.task(), why)));
            waiting.clear();
        }
        return this;
    }

    /// Begins what waits for weights that have come.
    private Behavior<ToWorker> begin() {
        waiting.removeIf(
                sample -> {
                    if (sample.version() > loaded) {
                        return false;
                    }
                    long task = sample.task();
                    run(task, () -> new Completed(task, sampled(sample.number())));
                    return true;
                });
        return this;
    }

    /// Completions that messages can carry, or else a failure that says so.
    private List<Trajectory> sampled(long number) {
        List<Trajectory> trajectories = parts.generator().sample(number);
        trajectories.forEach(MessageCodec::checkLength);
        return trajectories;
    }

    /// What takes time, and says in the end what came of it.
    private interface Work {
        ToWorker result();
    }

    private void run(long task, Work work) {
        ActorRef<ToWorker> self = getContext().getSelf();
        inHand.put(
                task,
                tasks.submit(
                        () -> {
                            try {
                                self.tell(work.result());
                            } catch (RuntimeException | Error e) { // a task's outermost frame
                                self.tell(new Broken(task, told(e)));
                            }
                        }));
    }

    private static String told(Throwable e) {
        return e instanceof Error ? e.toString() : String.valueOf(e.getMessage());
    }

    private Behavior<ToWorker> dropped(Set<Long> unwanted) {
        waiting.removeIf(sample -> unwanted.contains(sample.task()));
        for (long task : unwanted) {
            Future<?> running = inHand.remove(task);
            if (running != null) {
                running.cancel(true);
            }
        }
        return this;
    }

    /// Nobody is told of what was dropped.
    private void answer(ToCoordinator message, long task) {
        if (inHand.containsKey(task)) {
            tell(message);
        }
    }

    private void tell(ToCoordinator message) {
        ActorRef<ToCoordinator> known = coordinator;
        if (known != null) {
            known.tell(message);
        }
    }

    private Behavior<ToWorker> done(long task) {
        inHand.remove(task);
        return this;
    }

    /// Whoever opened what tasks work with may close it then.
    private Behavior<ToWorker> stop() {
        tasks.shutdownNow();
        tasks.close();
        end.complete(refusal);
        return this;
    }
}
