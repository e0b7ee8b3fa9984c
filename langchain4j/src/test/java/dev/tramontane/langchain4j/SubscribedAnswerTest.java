package dev.tramontane.langchain4j;

import static dev.tramontane.langchain4j.Asking.question;
import static dev.tramontane.langchain4j.Asking.streaming;
import static dev.tramontane.langchain4j.Asking.thinker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.CompleteResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatModel;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.server.Script;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;

/// Answers as reactive streams.
class SubscribedAnswerTest {
    /// Asks for nothing by itself.
    private static final class Reader implements Flow.Subscriber<ChatModelStreamingEvent> {
        final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
        final BlockingQueue<Object> signals = new LinkedBlockingQueue<>();

        @Override
        public void onSubscribe(Flow.Subscription told) {
            subscription.complete(told);
        }

        @Override
        public void onNext(ChatModelStreamingEvent event) {
            signals.add(event);
        }

        @Override
        public void onError(Throwable failure) {
            signals.add(failure);
        }

        @Override
        public void onComplete() {
            signals.add("complete");
        }
    }

    private static Reader subscribed(ChatModel model) {
        var reader = new Reader();
        streaming(model).chat(question(ChatRequestParameters.builder().build())).subscribe(reader);
        return reader;
    }

    @Test
    void nothing_is_told_that_was_not_asked_for() throws InterruptedException {
        Reader reader = subscribed(thinker());
        Flow.Subscription subscription = reader.subscription.join();
        assertTrue(reader.signals.isEmpty());
        subscription.request(1);
        assertEquals(new PartialThinking("Two"), reader.signals.take());
        subscription.request(2);
        assertEquals(new PartialThinking(" and one."), reader.signals.take());
        assertEquals(new PartialResponse("Th"), reader.signals.take());
        assertTrue(reader.signals.isEmpty(), "there is more, and nobody asked");
        subscription.request(Long.MAX_VALUE);
        subscription.request(Long.MAX_VALUE);
        assertEquals(new PartialResponse("ree."), reader.signals.take());
        var end = assertInstanceOf(CompleteResponse.class, reader.signals.take());
        assertEquals("Three.", end.chatResponse().aiMessage().text());
        assertEquals("complete", reader.signals.take());
    }

    @Test
    void every_subscriber_has_an_answer_of_its_own() throws InterruptedException {
        Script model = thinker();
        var publisher = streaming(model).chat(question(ChatRequestParameters.builder().build()));
        assertTrue(model.asked.isEmpty(), "nothing is asked before somebody subscribes");
        for (int i = 0; i < 2; i++) {
            var reader = new Reader();
            publisher.subscribe(reader);
            reader.subscription.join().request(1);
            assertEquals(new PartialThinking("Two"), reader.signals.take());
            model.asked.take();
        }
    }

    @Test
    void cancelling_ends_the_answer_also_while_nothing_is_asked_for() throws InterruptedException {
        Script model = Script.holding(new ChatEvent.Text("Once"), new ChatEvent.Text(" upon"));
        Reader reader = subscribed(model);
        Script.Running answer = model.running.take();
        reader.subscription.join().cancel();
        answer.closed.await();
        assertTrue(reader.signals.isEmpty());
    }

    @Test
    void asking_for_less_than_one_event_is_an_error() throws InterruptedException {
        Reader reader = subscribed(thinker());
        reader.subscription.join().request(0);
        assertInstanceOf(IllegalArgumentException.class, reader.signals.take());
    }

    @Test
    void a_failure_is_told_whether_something_was_asked_for_or_not() throws InterruptedException {
        Reader reader =
                subscribed(
                        Script.of(
                                _ -> {
                                    throw new EngineOverloadedException(
                                            "full", Duration.ofSeconds(1));
                                }));
        assertInstanceOf(RateLimitException.class, reader.signals.take());
    }

    @Test
    void a_subscriber_that_throws_ends_its_answer() throws InterruptedException {
        Script model = Script.holding(new ChatEvent.Text("Once"));
        streaming(model)
                .chat(question(ChatRequestParameters.builder().build()))
                .subscribe(
                        new Flow.Subscriber<>() {
                            @Override
                            public void onSubscribe(Flow.Subscription told) {
                                told.request(Long.MAX_VALUE);
                            }

                            @Override
                            public void onNext(ChatModelStreamingEvent event) {
                                throw new IllegalStateException("the subscriber's own");
                            }

                            @Override
                            public void onError(Throwable failure) {}

                            @Override
                            public void onComplete() {}
                        });
        model.running.take().closed.await();
    }
}
