package dev.tramontane.cluster;

import org.apache.pekko.actor.typed.ActorSystem;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The end of actor systems.
///
/// A system that has left its cluster and stopped its actors may wait for ever for a stream of its
/// remoting (Pekko 1.7.0; apache/pekko pull request 3317 gives it a limit), so nobody waits for the
/// last of it without one. What stays then is a port and threads that keep no process alive.
final class Systems {
    /// For leaving, stopping and closing; Pekko's own limit for the last of these is 10 s.
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final System.Logger LOG = System.getLogger(Systems.class.getName());

    private Systems() {}

    /// Leaves the cluster and waits until all is stopped, {@link #PATIENCE} at most.
    static void end(ActorSystem<?> system) {
        end(system, PATIENCE);
    }

    /// The same with a patience of one's own.
    static void end(ActorSystem<?> system, Duration patience) {
        system.terminate();
        awaitEnd(system, patience);
    }

    /// Waits for an end that has begun.
    static void awaitEnd(ActorSystem<?> system, Duration patience) {
        try {
            ended(system).get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} has not ended within {1} s; left to itself",
                    system.address(),
                    patience.toSeconds());
        } catch (ExecutionException e) {
            throw new IllegalStateException(system.address() + " ended by a failure", e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(system, e);
        }
    }

    /// Waits for an end that others bring about, however late. An interrupt brings it about, too;
    /// what the actor used is free when this returns or throws.
    ///
    /// @param stopped completed when the system's first actor is done with all it used
    static void awaitStop(ActorSystem<?> system, CompletableFuture<?> stopped) {
        CompletableFuture<?> end = CompletableFuture.anyOf(stopped, ended(system));
        try {
            end.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(system.address() + " ended by a failure", e.getCause());
        } catch (InterruptedException e) {
            system.terminate();
            end.join();
            throw interrupted(system, e);
        }
    }

    /// Completed when nothing of a system is left.
    static CompletableFuture<?> ended(ActorSystem<?> system) {
        return system.getWhenTerminated().toCompletableFuture();
    }

    private static IllegalStateException interrupted(
            ActorSystem<?> system, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException(
                "interrupted while waiting for the end of " + system.address(), e);
    }
}
