package dev.tramontane.server;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.engine.Drafts;
import dev.tramontane.server.telemetry.Observation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// The answers to one request, side by side: their events in the order in which they come.
///
/// Each answer is read by a virtual thread of its own, since whoever tells them must be able to
/// wait for a time, and for several. What waits to be told is bounded by the tokens that the
/// request may generate.
final class Answers implements AutoCloseable {
    private final List<ChatStream> streams;
    private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    private final Observation observation;
    private final long start = System.nanoTime();
    private volatile boolean isGivenUp;

    /// What a reader tells.
    sealed interface Told {}

    /// @param choice which of the answers
    record Event(int choice, ChatEvent event) implements Told {}

    record Failed(Throwable cause) implements Told {}

    /// What reading an answer failed of.
    static final class BrokenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BrokenException(Throwable cause) {
            super(cause);
        }
    }

    private Answers(List<ChatStream> streams, Observation observation) {
        this.streams = streams;
        this.observation = observation;
        observation.awaits(streams.size());
        for (int i = 0; i < streams.size(); i++) {
            int choice = i;
            Thread.ofVirtual().name("tramontane-answer").start(() -> read(choice));
        }
    }

    /// Starts answers, in their order.
    ///
    /// @param observation is told of their events as they come
    static Answers start(List<Supplier<ChatStream>> starts, Observation observation) {
        List<ChatStream> streams = new ArrayList<>(starts.size());
        try {
            starts.forEach(start -> streams.add(start.get()));
        } catch (RuntimeException | Error failure) {
            streams.forEach(ChatStream::close);
            throw failure;
        }
        return new Answers(streams, observation);
    }

    private void read(int choice) {
        try {
            for (ChatEvent event : streams.get(choice)) {
                observation.take(choice, event);
                told.add(new Event(choice, event));
            }
        } catch (Throwable failure) { // the thread's outermost frame: who waits must learn of it
            told.add(new Failed(failure));
        } finally {
            observation.isRead();
        }
    }

    /// The next event; empty when none came for so long.
    ///
    /// @throws RuntimeException what reading an answer threw
    Optional<Event> next(Duration longest) {
        try {
            Told next = told.poll(longest.toNanos(), TimeUnit.NANOSECONDS);
            return next == null ? Optional.empty() : Optional.of(event(next));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new BrokenException(stopped);
        }
    }

    /// An event that is there already.
    Optional<Event> nextNow() {
        Told next = told.poll();
        return next == null ? Optional.empty() : Optional.of(event(next));
    }

    private static Event event(Told told) {
        return switch (told) {
            case Event event -> event;
            case Failed(RuntimeException failure) -> throw failure;
            case Failed(Throwable failure) -> throw new BrokenException(failure);
        };
    }

    /// Ends the thinking of all of them.
    void answerNow() {
        streams.forEach(ChatStream::answerNow);
    }

    /// Gives the thinking of all of them so many tokens more.
    void thinkLonger(int tokens) {
        streams.forEach(stream -> stream.thinkLonger(tokens));
    }

    /// What guessing ahead came to, in all of them.
    Drafts drafts() {
        return streams.stream().map(ChatStream::drafts).reduce(Drafts.NONE, Drafts::plus);
    }

    /// When they were asked for, of `System.nanoTime()`.
    long start() {
        return start;
    }

    /// Nobody is there to be answered: what runs is cancelled. Any thread may call.
    void giveUp() {
        isGivenUp = true;
        close();
    }

    boolean isGivenUp() {
        return isGivenUp;
    }

    /// Cancels what still runs. Any thread may call.
    @Override
    public void close() {
        streams.forEach(ChatStream::close);
    }
}
