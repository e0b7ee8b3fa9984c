package dev.tramontane.langchain4j;

import static dev.tramontane.langchain4j.Asking.END;
import static dev.tramontane.langchain4j.Asking.question;
import static dev.tramontane.langchain4j.Asking.streaming;
import static dev.tramontane.langchain4j.Asking.thinker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.Usage;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.server.Script;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

class TramontaneStreamingChatModelTest {
    private static final ChatRequestParameters OPEN = ChatRequestParameters.builder().build();

    /// Notes what it is told, and may do something with each piece of the text.
    private static final class Noting implements StreamingChatResponseHandler {
        final BlockingQueue<String> told = new LinkedBlockingQueue<>();
        final BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
        final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
        final BlockingQueue<ChatResponse> ends = new LinkedBlockingQueue<>();

        @Override
        public void onPartialThinking(PartialThinking part) {
            note("thinks " + part.text());
        }

        @Override
        public void onPartialResponse(String part) {
            note("says " + part);
        }

        @Override
        public void onCompleteToolCall(CompleteToolCall call) {
            note("calls " + call.index() + " " + call.toolExecutionRequest().name());
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            note("ends");
            ends.add(response);
        }

        @Override
        public void onError(Throwable failure) {
            note("fails");
            failures.add(failure);
        }

        private void note(String what) {
            threads.add(Thread.currentThread());
            told.add(what);
        }
    }

    @Test
    void thinking_and_text_are_told_as_they_come_then_the_whole() throws InterruptedException {
        var handler = new Noting();
        streaming(thinker()).chat(question(OPEN), handler);
        ChatResponse whole = handler.ends.take();
        assertEquals(
                List.of("thinks Two", "thinks  and one.", "says Th", "says ree.", "ends"),
                List.copyOf(handler.told));
        assertEquals("Two and one.", whole.aiMessage().thinking());
        assertEquals("Three.", whole.aiMessage().text());
        assertEquals(16, whole.tokenUsage().totalTokenCount());
        assertEquals(1, handler.threads.stream().distinct().count());
        assertTrue(handler.threads.take().isVirtual());
    }

    @Test
    void a_call_is_told_whole_with_its_place() throws InterruptedException {
        Script model =
                Script.of(
                        called("a"),
                        called("b"),
                        new ChatEvent.Finished(FinishReason.TOOL_CALLS, new Usage(1, 1, 0)));
        var handler = new Noting();
        streaming(model).chat(question(OPEN), handler);
        assertEquals(2, handler.ends.take().aiMessage().toolExecutionRequests().size());
        assertEquals(List.of("calls 0 a", "calls 1 b", "ends"), List.copyOf(handler.told));
    }

    private static ChatEvent called(String name) {
        return new ChatEvent.ToolCalled(new ToolCall(Optional.of(name), name, "{}"));
    }

    /// Cancels at the first piece of the text.
    private static final class Cancelling implements StreamingChatResponseHandler {
        final BlockingQueue<String> told = new LinkedBlockingQueue<>();
        final BlockingQueue<Boolean> states = new LinkedBlockingQueue<>();

        @Override
        public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
            told.add(part.text());
            states.add(context.streamingHandle().isCancelled());
            context.streamingHandle().cancel();
            context.streamingHandle().cancel();
            states.add(context.streamingHandle().isCancelled());
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            told.add("ends");
        }

        @Override
        public void onError(Throwable failure) {
            told.add("fails");
        }
    }

    @Test
    void a_cancelled_handle_ends_the_answer() throws InterruptedException {
        Script model = Script.holding(new ChatEvent.Text("Once"), new ChatEvent.Text(" upon"));
        var handler = new Cancelling();
        streaming(model).chat(question(OPEN), handler);
        model.running.take().closed.await();
        assertEquals("Once", handler.told.take());
        assertEquals(false, handler.states.take());
        assertEquals(true, handler.states.take());
    }

    @Test
    void after_it_is_cancelled_nothing_is_told() throws InterruptedException {
        var teller = new LinkedBlockingQueue<Thread>();
        Script model =
                Script.of(
                        _ -> {
                            teller.add(Thread.currentThread());
                            return List.of(
                                    new ChatEvent.Text("Once"), new ChatEvent.Text(" upon"), END);
                        });
        var handler = new Cancelling();
        streaming(model).chat(question(OPEN), handler);
        teller.take().join();
        assertEquals(List.of("Once"), List.copyOf(handler.told));
    }

    @Test
    void what_a_handler_throws_is_told_to_it_and_the_answer_goes_on() throws InterruptedException {
        var wrong = new IllegalStateException("the handler's own");
        var failures = new LinkedBlockingQueue<Throwable>();
        var ends = new LinkedBlockingQueue<ChatResponse>();
        var handler =
                new StreamingChatResponseHandler() {
                    @Override
                    public void onPartialResponse(String part) {
                        throw wrong;
                    }

                    @Override
                    public void onCompleteResponse(ChatResponse response) {
                        ends.add(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        failures.add(failure);
                        throw new IllegalStateException("again");
                    }
                };
        streaming(thinker()).chat(question(OPEN), handler);
        assertEquals("Three.", ends.take().aiMessage().text());
        assertSame(wrong, failures.take());
        assertSame(wrong, failures.take());
    }

    @Test
    void a_models_refusal_is_told_to_the_handler_and_a_feature_that_lacks_is_thrown()
            throws InterruptedException {
        var full = new EngineOverloadedException("full", Duration.ofSeconds(1));
        Script failing =
                Script.of(
                        _ -> {
                            throw full;
                        });
        var handler = new Noting();
        streaming(failing).chat(question(OPEN), handler);
        assertInstanceOf(RateLimitException.class, handler.failures.take());
        ChatRequestParameters another = ChatRequestParameters.builder().modelName("gpt").build();
        assertThrows(
                UnsupportedFeatureException.class,
                () -> streaming(thinker()).chat(question(another), handler));
        assertEquals(List.of("fails"), List.copyOf(handler.told));
    }
}
