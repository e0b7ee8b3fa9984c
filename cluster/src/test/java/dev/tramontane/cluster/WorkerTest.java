package dev.tramontane.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.cluster.Messages.Failed;
import dev.tramontane.cluster.Messages.Hello;
import dev.tramontane.cluster.Messages.NewWeights;
import dev.tramontane.cluster.Messages.Report;
import dev.tramontane.cluster.Messages.Sample;
import dev.tramontane.cluster.Messages.Sampled;
import dev.tramontane.cluster.Messages.ToCoordinator;
import dev.tramontane.cluster.Messages.ToWorker;
import dev.tramontane.cluster.Messages.Welcome;
import dev.tramontane.train.grpo.Trajectory;

import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// A worker alone, in front of a trainer's side that keeps what it is told.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class WorkerTest {
    private static final Timing TIMING =
            new Timing(Duration.ofMillis(20), Duration.ofSeconds(5), Duration.ofSeconds(1));

    /// What the trainer is told, and each notice of weights that the worker tries to have.
    private final BlockingQueue<Object> told = new LinkedBlockingQueue<>();

    private final ActorSystem<ToCoordinator> trainer =
            ActorSystem.create(
                    Behaviors.<ToCoordinator>receiveMessage(
                            message -> {
                                told.add(message);
                                return Behaviors.same();
                            }),
                    Nodes.CLUSTER,
                    Nodes.config(ClusterAddress.loopback(0), TIMING, Optional.empty()));

    private final AtomicBoolean hasRoom = new AtomicBoolean(true);

    @AfterEach
    void end() {
        Systems.end(trainer);
    }

    private static WeightsNotice notice(long version) {
        return new WeightsNotice(version, WeightsFile.name(version), 1, "", "127.0.0.1", 1);
    }

    private static Trajectory completion(int tokens) {
        return new Trajectory(
                new int[] {1}, new int[tokens], new float[tokens], new boolean[tokens]);
    }

    /// A worker that has been welcomed.
    private ActorRef<ToWorker> worker(Generator generator) throws InterruptedException {
        WeightsReceiver weights =
                notice -> {
                    told.add(notice);
                    if (!hasRoom.get()) {
                        throw new IOException("no room");
                    }
                };
        var parts =
                new WorkerParts(
                        "run",
                        new Ledger.Capacity(9, 0),
                        TinyPolicy.PROBLEMS,
                        generator,
                        TinyPolicy.VERIFIER,
                        weights);
        trainer.systemActorOf(
                Worker.of(
                        parts,
                        Cluster.get(trainer).selfAddress(),
                        TIMING,
                        new CompletableFuture<>()),
                "worker",
                Props.empty());
        ActorRef<ToWorker> worker = next(Hello.class).worker();
        worker.tell(new Welcome(trainer, Optional.of(notice(0))));
        return worker;
    }

    /// The next that is told of a kind; what comes before is passed over.
    private <T> T next(Class<T> kind) throws InterruptedException {
        Object message = told.take();
        while (!kind.isInstance(message)) {
            message = told.take();
        }
        return kind.cast(message);
    }

    @Test
    void one_that_cannot_have_weights_gives_back_what_waits_and_works_once_it_has_them()
            throws InterruptedException {
        hasRoom.set(false);
        ActorRef<ToWorker> worker = worker(_ -> List.of(completion(3)));
        worker.tell(new Sample(7, 0, 0));
        worker.tell(new Sample(8, 1, 0));
        assertEquals(new Failed(7, "weights 0: no room"), next(Failed.class));
        assertEquals(new Failed(8, "weights 0: no room"), next(Failed.class));
        hasRoom.set(true);
        worker.tell(new NewWeights(notice(1)));
        worker.tell(new Sample(9, 2, 1));
        assertEquals(9, next(Sampled.class).task());
    }

    @Test
    void weights_that_cannot_be_had_are_tried_again_ever_less_often() throws InterruptedException {
        hasRoom.set(false);
        worker(_ -> List.of());
        int loads = 0;
        for (int beats = 0; beats < 40; ) {
            switch (told.take()) {
                case WeightsNotice _ -> loads++;
                case Report _ -> beats++;
                default -> {} // that it is there
            }
        }
        // At once, and 1, 3, 7, 15 and 31 beats later.
        assertTrue(loads > 1 && loads <= 7, "%d loads".formatted(loads));
    }

    @Test
    void a_completion_too_long_for_a_message_is_a_failure_with_the_reason()
            throws InterruptedException {
        worker(_ -> List.of(completion(3), completion(120_000))).tell(new Sample(7, 0, 0));
        assertEquals(
                new Failed(
                        7,
                        "a completion of 120000 tokens behind a prompt of 1 takes 1080004 bytes, expected at most 1047576 in a message; allow shorter completions"),
                next(Failed.class));
    }
}
