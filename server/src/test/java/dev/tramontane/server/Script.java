package dev.tramontane.server;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.EventQueue;
import dev.tramontane.chat.Usage;
import dev.tramontane.engine.Drafts;
import dev.tramontane.engine.Priority;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.SamplingParams;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/// A model that says what a test wants, and notes what it was asked; other modules' tests have it
/// from this one's test jar.
public final class Script implements ChatModel {
    public static final SamplingParams SAMPLING =
            new SamplingParams(0.7f, 0, 0.95f, 0, 0, 1000, -1);

    private final Function<ChatRequest, List<ChatEvent>> answer;
    private final boolean holds;
    private final Drafts drafts;
    public final BlockingQueue<ChatRequest> asked = new LinkedBlockingQueue<>();
    public final BlockingQueue<Running> running = new LinkedBlockingQueue<>();

    private Script(Function<ChatRequest, List<ChatEvent>> answer, boolean holds, Drafts drafts) {
        this.answer = answer;
        this.holds = holds;
        this.drafts = drafts;
    }

    /// Says these events, whatever it is asked.
    public static Script of(ChatEvent... events) {
        return new Script(_ -> List.of(events), false, Drafts.NONE);
    }

    public static Script of(Function<ChatRequest, List<ChatEvent>> answer) {
        return new Script(answer, false, Drafts.NONE);
    }

    /// Says these events, and then nothing until it is closed or told to answer. In the background
    /// it holds nobody up, and fails: a conversation gets no title from it.
    public static Script holding(ChatEvent... events) {
        return new Script(_ -> List.of(events), true, Drafts.NONE);
    }

    /// The same of a model that guesses ahead.
    public Script drafting(Drafts what) {
        return new Script(answer, holds, what);
    }

    public ServedModel served(String id, String... aliases) {
        var nature = new ServedModel.Nature("Script", 4096, SAMPLING, true, true, false);
        return new ServedModel(id, List.of(aliases), 1700000000, this, nature, Optional.empty());
    }

    @Override
    public ChatStream chat(ChatRequest request) {
        asked.add(request);
        boolean isAwaited = request.client().priority() != Priority.BACKGROUND;
        var stream = new Running(answer.apply(request), holds && isAwaited, drafts);
        running.add(stream);
        return stream;
    }

    @Override
    public void close() {}

    /// One answer of it.
    public static final class Running implements ChatStream {
        private final Queue<ChatEvent> events;
        private final boolean holds;
        private final Drafts drafts;
        private final EventQueue waiting = new EventQueue();
        public final CountDownLatch closed = new CountDownLatch(1);
        public final CountDownLatch released = new CountDownLatch(1);

        private Running(List<ChatEvent> events, boolean holds, Drafts drafts) {
            this.events = new ArrayDeque<>(events);
            this.holds = holds;
            this.drafts = drafts;
        }

        @Override
        public Iterator<ChatEvent> iterator() {
            return waiting.read(this::advance);
        }

        private void advance() {
            ChatEvent next = events.poll();
            if (next == null && holds) {
                awaitRelease();
                boolean isClosed = closed.getCount() == 0;
                next =
                        new ChatEvent.Finished(
                                isClosed ? FinishReason.CANCELLED : FinishReason.STOP,
                                new Usage(1, 1, 0));
            }
            if (next == null) {
                throw new IllegalStateException("the script has no end");
            }
            waiting.add(next);
            if (next instanceof ChatEvent.Finished) {
                waiting.end();
            }
        }

        private void awaitRelease() {
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void answerNow() {
            released.countDown();
        }

        @Override
        public void thinkLonger(int tokens) {}

        @Override
        public Drafts drafts() {
            return drafts;
        }

        @Override
        public void close() {
            closed.countDown();
            released.countDown();
        }
    }
}
