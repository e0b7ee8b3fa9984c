package dev.tramontane.langchain4j;

import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatStream;

import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// An answer that somebody subscribed to (Reactive Streams 1.0.4): told on a virtual thread of its
/// own, an event for each that is asked for. What waits meanwhile is bounded by the tokens that the
/// request may generate.
final class SubscribedAnswer implements Flow.Subscription {
    private static final System.Logger LOG = System.getLogger(SubscribedAnswer.class.getName());

    private final AdaptedModel model;
    private final AdaptedModel.Asked asked;
    private final Flow.Subscriber<? super ChatModelStreamingEvent> subscriber;
    private final Cancellation cancellation = new Cancellation();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long demand;
    private boolean isWrong;

    SubscribedAnswer(
            AdaptedModel model,
            AdaptedModel.Asked asked,
            Flow.Subscriber<? super ChatModelStreamingEvent> subscriber) {
        this.model = model;
        this.asked = asked;
        this.subscriber = subscriber;
    }

    void start() {
        subscriber.onSubscribe(this);
        AdaptedModel.onThread(this::tell);
    }

    /// The outermost frame of its thread.
    private void tell() {
        var builder = new AnswerBuilder(model.name());
        try (ChatStream answer = model.open(asked)) {
            cancellation.over(answer);
            for (ChatEvent event : answer) {
                Optional<ChatModelStreamingEvent> told = builder.take(event);
                if (told.isPresent() && !(awaitDemand() && give(told.get()))) {
                    return;
                }
            }
            if (!cancellation.isCancelled()) {
                subscriber.onComplete();
            }
        } catch (RuntimeException | Error failure) {
            if (!cancellation.isCancelled()) {
                cancellation.cancel();
                subscriber.onError(Failures.of(failure));
            }
        }
    }

    /// @return false when the subscriber threw, which it must not: it is told nothing more (rule
    ///   2.13)
    private boolean give(ChatModelStreamingEvent event) {
        try {
            subscriber.onNext(event);
            return true;
        } catch (RuntimeException wrong) {
            LOG.log(System.Logger.Level.WARNING, "onNext of a subscriber threw", wrong);
            cancellation.cancel();
            return false;
        }
    }

    /// @return false when nobody wants to hear more
    private boolean awaitDemand() {
        lock.lock();
        try {
            while (demand == 0 && !isWrong && !cancellation.isCancelled()) {
                changed.awaitUninterruptibly();
            }
            if (isWrong) { // rule 3.9
                throw new IllegalArgumentException(
                        "a subscriber asked for less than one event, expected one at least");
            }
            if (demand < Long.MAX_VALUE) {
                demand--;
            }
            return !cancellation.isCancelled();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void request(long events) {
        lock.lock();
        try {
            isWrong |= events <= 0;
            demand =
                    demand + Math.max(0, events) < 0
                            ? Long.MAX_VALUE
                            : demand + Math.max(0, events);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void cancel() {
        cancellation.cancel();
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
