package dev.tramontane.browser;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.EventQueue;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.Usage;
import dev.tramontane.engine.Drafts;
import dev.tramontane.engine.Priority;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.server.Offer;
import dev.tramontane.server.ServedModel;
import dev.tramontane.server.Terms;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A model whose answers a test writes, word by word, while the page looks on. Titles it gives by
/// itself.
final class Stage implements ChatModel {
    static final String TITLE = "A short title";

    private static final SamplingParams SAMPLING =
            new SamplingParams(0.7f, 0, 0.95f, 0, 0, 1000, -1);
    private static final long LONGEST_MINUTES = 2;

    private final BlockingQueue<Scene> scenes = new LinkedBlockingQueue<>();
    private volatile String title = TITLE;
    private volatile boolean holdsTitles;

    /// What it is for the page's lists of models.
    Offer served(String id, String name, boolean thinks, boolean sees, Terms terms) {
        var nature = new ServedModel.Nature(name, 4096, SAMPLING, true, thinks, sees);
        return new ServedModel(id, List.of(), 1700000000, this, nature, Optional.empty(), terms);
    }

    @Override
    public ChatStream chat(ChatRequest request) {
        var scene = new Scene(request);
        if (request.client().priority() == Priority.BACKGROUND && !holdsTitles) {
            return scene.text(title).finish();
        }
        scenes.add(scene);
        return scene;
    }

    /// The next answer that somebody asked for.
    Scene next() {
        try {
            Scene scene = scenes.poll(LONGEST_MINUTES, TimeUnit.MINUTES);
            if (scene == null) {
                throw new AssertionError("the page asked for no answer");
            }
            return scene;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What it calls the conversations that follow.
    void entitle(String next) {
        title = next;
    }

    /// From here on titles are scenes like all others.
    void holdTitles() {
        holdsTitles = true;
    }

    /// Whether nobody waits for an answer.
    boolean isIdle() {
        return scenes.isEmpty();
    }

    @Override
    public void close() {}

    /// One answer.
    static final class Scene implements ChatStream {
        final ChatRequest request;
        private final BlockingQueue<ChatEvent> said = new LinkedBlockingQueue<>();
        private final EventQueue events = new EventQueue();
        private final AtomicInteger thoughts = new AtomicInteger();
        private final AtomicInteger words = new AtomicInteger();
        private volatile Optional<RuntimeException> failure = Optional.empty();
        private volatile Drafts drafts = Drafts.NONE;
        private final CountDownLatch closed = new CountDownLatch(1);

        private Scene(ChatRequest request) {
            this.request = request;
        }

        Scene say(ChatEvent event) {
            said.add(event);
            return this;
        }

        Scene think(String text) {
            thoughts.incrementAndGet();
            return say(new ChatEvent.Thinking(text));
        }

        /// Thinks word by word.
        Scene ponder(String text) {
            for (String word : text.split("(?<= )")) {
                think(word);
            }
            return this;
        }

        Scene text(String text) {
            words.incrementAndGet();
            return say(new ChatEvent.Text(text));
        }

        /// Waits in a queue, or reads its prompt.
        Scene progress(int queue, int computed, int total) {
            return say(new ChatEvent.Progress(queue, computed, total));
        }

        /// Calls a tool.
        Scene call(String name, String arguments) {
            return say(new ChatEvent.ToolCalled(new ToolCall(Optional.of("1"), name, arguments)));
        }

        /// Guesses ahead.
        Scene draft(Drafts what) {
            drafts = what;
            return this;
        }

        @Override
        public Drafts drafts() {
            return drafts;
        }

        /// Breaks off.
        Scene fail(RuntimeException why) {
            failure = Optional.of(why);
            return finish();
        }

        Scene finish() {
            return finish(FinishReason.STOP);
        }

        /// Ends in a circle: its last characters only repeat what stands before them.
        Scene finishRepeating(int chars) {
            return say(
                    new ChatEvent.Finished(
                            FinishReason.REPETITION,
                            new Usage(
                                    12,
                                    0,
                                    1,
                                    0,
                                    List.of(),
                                    false,
                                    new Usage.Repetition(1, chars),
                                    Set.of(),
                                    Optional.empty())));
        }

        private Scene finish(FinishReason why) {
            int reasoning = thoughts.get();
            return say(
                    new ChatEvent.Finished(why, new Usage(12, reasoning + words.get(), reasoning)));
        }

        @Override
        public Iterator<ChatEvent> iterator() {
            return events.read(this::advance);
        }

        private void advance() {
            try {
                ChatEvent next = said.take();
                if (next instanceof ChatEvent.Finished && failure.isPresent()) {
                    throw failure.get();
                }
                events.add(next);
                if (next instanceof ChatEvent.Finished) {
                    events.end();
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void answerNow() {
            say(new ChatEvent.Intervened(Intervention.ANSWER_ASKED));
            text("An answer at once.").finish();
        }

        @Override
        public void thinkLonger(int tokens) {
            say(new ChatEvent.Intervened(Intervention.LED_ON)).think("Longer by " + tokens + ".");
        }

        @Override
        public void close() {
            finish(FinishReason.CANCELLED);
            closed.countDown();
        }

        /// Waits until nobody wants it any more.
        void awaitClosed() {
            try {
                if (!closed.await(LONGEST_MINUTES, TimeUnit.MINUTES)) {
                    throw new AssertionError("the answer is still wanted");
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
