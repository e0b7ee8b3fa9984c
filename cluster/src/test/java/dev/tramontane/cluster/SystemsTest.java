package dev.tramontane.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class SystemsTest {
    private static final Timing TIMING =
            new Timing(Duration.ofMillis(200), Duration.ofSeconds(5), Duration.ofSeconds(1));

    private final CountDownLatch hold = new CountDownLatch(1);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    /// A system whose first actor does not stop before it may.
    private ActorSystem<String> held() throws InterruptedException {
        ActorSystem<String> system =
                ActorSystem.create(
                        Behaviors.<String>setup(
                                _ -> {
                                    begun.countDown();
                                    return Behaviors.receive(String.class)
                                            .onMessageEquals("stop", Behaviors::stopped)
                                            .onSignal(
                                                    PostStop.class,
                                                    _ -> {
                                                        hold.await();
                                                        return Behaviors.same();
                                                    })
                                            .build();
                                }),
                        Nodes.CLUSTER,
                        Nodes.config(ClusterAddress.loopback(0), TIMING, Optional.empty()));
        begun.await();
        return system;
    }

    @Test
    void a_system_that_never_ends_is_left_to_itself() throws InterruptedException {
        ActorSystem<String> system = held();
        Systems.end(system, Duration.ofMillis(500));
        assertFalse(system.getWhenTerminated().toCompletableFuture().isDone());
        hold.countDown();
        Systems.end(system);
        assertTrue(system.getWhenTerminated().toCompletableFuture().isDone());
    }

    @Test
    void a_stop_is_waited_for_however_late() throws InterruptedException {
        ActorSystem<String> system = held();
        Thread waiting = Thread.ofVirtual().start(() -> Systems.awaitStop(system, stopped));
        system.tell("stop");
        assertFalse(waiting.join(Duration.ofMillis(500)));
        stopped.complete(null);
        waiting.join();
        assertFalse(system.getWhenTerminated().toCompletableFuture().isDone());
        hold.countDown();
        Systems.awaitEnd(system, Systems.PATIENCE);
    }
}
