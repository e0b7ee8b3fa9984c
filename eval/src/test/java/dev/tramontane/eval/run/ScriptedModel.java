package dev.tramontane.eval.run;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.Thinking;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.SamplingParams;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// A model that says what a script makes of the request, and knows how many it answered at once.
final class ScriptedModel implements ChatModel {
    private final Function<ChatRequest, Said> script;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();

    /// An answer.
    record Said(String thinking, String text, FinishReason why, boolean unfinished) {
        Said(String thinking, String text) {
            this(thinking, text, FinishReason.STOP, false);
        }
    }

    ScriptedModel(Function<ChatRequest, Said> script) {
        this.script = script;
    }

    /// Right for one seed in three, cut off for one in seven; everything follows from the seed.
    static ScriptedModel bySeed() {
        return new ScriptedModel(
                request -> {
                    long seed = request.sampling().map(SamplingParams::seed).orElseThrow();
                    if (seed % 7 == 0) {
                        return new Said("wait, ".repeat(40), "", FinishReason.LENGTH, true);
                    }
                    String budget =
                            request.thinking() instanceof Thinking.Budget b ? "" + b.tokens() : "";
                    return new Said(
                            "thinking é漢 " + budget + "wait, ".repeat((int) (seed % 50)),
                            seed % 3 == 0 ? "42" : "" + seed % 5);
                });
    }

    int asked() {
        return asked.get();
    }

    int mostAtOnce() {
        return most.get();
    }

    @Override
    public ChatStream chat(ChatRequest request) {
        asked.incrementAndGet();
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
        Said said;
        try {
            said = script.apply(request);
        } catch (RuntimeException e) {
            running.decrementAndGet();
            throw e;
        }
        int thinking = said.thinking().length();
        var usage =
                new Usage(
                        20,
                        0,
                        thinking + said.text().length(),
                        thinking,
                        List.of(),
                        said.unfinished(),
                        Usage.Repetition.NONE);
        List<ChatEvent> events =
                List.of(
                        new ChatEvent.Thinking(said.thinking()),
                        new ChatEvent.Text(said.text()),
                        new ChatEvent.Finished(said.why(), usage));
        return new Stream(events, running);
    }

    private record Stream(List<ChatEvent> events, AtomicInteger running) implements ChatStream {
        @Override
        public Iterator<ChatEvent> iterator() {
            return events.iterator();
        }

        @Override
        public void answerNow() {}

        @Override
        public void thinkLonger(int tokens) {}

        @Override
        public void close() {
            running.decrementAndGet();
        }
    }

    @Override
    public void close() {}
}
