package dev.tramontane.cluster;

import org.apache.pekko.actor.typed.ActorSystem;

/// The end of actor systems.
final class Systems {
    private Systems() {}

    /// Leaves the cluster and waits until all is stopped.
    static void end(ActorSystem<?> system) {
        system.terminate();
        awaitEnd(system);
    }

    /// Waits for an end that others bring about.
    static void awaitEnd(ActorSystem<?> system) {
        system.getWhenTerminated().toCompletableFuture().join();
    }
}
