package dev.tramontane.chat;

import dev.tramontane.engine.Generation;
import dev.tramontane.engine.TokenEvent;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;

/// A running answer of a {@link LocalModel}: reads tokens on the reader's thread and tells what
/// they mean.
final class LocalStream implements ChatStream {
    private static final String ID_LETTERS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static final int ID_LENGTH = 9;

    private final Generation generation;
    private final OutputParser parser;
    private final int promptTokens;
    private final long promptHash;
    private final Queue<ChatEvent> waiting = new ArrayDeque<>();
    private final List<Intervention> interventions = new ArrayList<>();
    private boolean read;
    private boolean ended;
    private int completionTokens;
    private int reasoningTokens;
    private int calls;

    /// @param prompt what the model reads
    LocalStream(Generation generation, OutputParser parser, int[] prompt) {
        this.generation = generation;
        this.parser = parser;
        this.promptTokens = prompt.length;
        this.promptHash = Arrays.hashCode(prompt);
    }

    @Override
    public Iterator<ChatEvent> iterator() {
        if (read) {
            throw new IllegalStateException("the stream is read once, and was read before");
        }
        read = true;
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return !ended || !waiting.isEmpty();
            }

            @Override
            public ChatEvent next() {
                return nextEvent();
            }
        };
    }

    private ChatEvent nextEvent() {
        while (waiting.isEmpty()) {
            if (ended) {
                throw new NoSuchElementException("the answer's last event was read before");
            }
            take(generation.next());
        }
        return waiting.remove();
    }

    @Override
    public void answerNow() {
        generation.closeThinking();
    }

    @Override
    public void thinkLonger(int tokens) {
        generation.extendThinking(tokens);
    }

    @Override
    public void close() {
        generation.close();
    }

    private void take(TokenEvent event) {
        switch (event) {
            case TokenEvent.Progress(int queuePosition, int computed) ->
                    waiting.add(new ChatEvent.Progress(queuePosition, computed, promptTokens));
            case TokenEvent.Sampled sampled -> take(sampled);
            case TokenEvent.Intervened(Intervention what) -> {
                interventions.add(what);
                waiting.add(new ChatEvent.Intervened(what));
            }
            case TokenEvent.Finished(FinishReason why, int _, int _) -> finish(why);
        }
    }

    private void take(TokenEvent.Sampled sampled) {
        boolean wasThinking = parser.isThinking();
        for (ChatEvent event : parser.accept(sampled.token())) {
            waiting.add(named(event));
        }
        completionTokens++;
        if (wasThinking || parser.isThinking()) {
            reasoningTokens++;
        }
        if (parser.stopped()) {
            generation.close();
            finish(FinishReason.STOP);
        }
    }

    private void finish(FinishReason why) {
        boolean thinking = parser.isThinking();
        for (ChatEvent event : parser.end()) {
            waiting.add(named(event));
        }
        boolean called = calls > 0 && why == FinishReason.STOP;
        waiting.add(
                new ChatEvent.Finished(
                        called ? FinishReason.TOOL_CALLS : why,
                        new Usage(
                                promptTokens,
                                completionTokens,
                                reasoningTokens,
                                interventions,
                                thinking)));
        ended = true;
    }

    /// A call that came without an id is given one. It depends on the prompt alone, so that a run
    /// can be repeated, and differs from those of earlier turns.
    private ChatEvent named(ChatEvent event) {
        if (!(event instanceof ChatEvent.ToolCalled(ToolCall call))) {
            return event;
        }
        calls++;
        if (call.id().isPresent()) {
            return event;
        }
        long bits = mix(promptHash * 31 + calls);
        var id = new StringBuilder();
        for (int i = 0; i < ID_LENGTH; i++) {
            id.append(ID_LETTERS.charAt((int) Long.remainderUnsigned(bits, ID_LETTERS.length())));
            bits = Long.divideUnsigned(bits, ID_LETTERS.length());
        }
        return new ChatEvent.ToolCalled(
                new ToolCall(Optional.of(id.toString()), call.name(), call.arguments()));
    }

    /// Stafford's mixer 13.
    private static long mix(long value) {
        long bits = value;
        bits = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        bits = (bits ^ (bits >>> 27)) * 0x94d049bb133111ebL;
        return bits ^ (bits >>> 31);
    }
}
