package dev.tramontane.chat;

import dev.tramontane.engine.Drafts;
import dev.tramontane.engine.Generation;
import dev.tramontane.engine.TokenEvent;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.tokenizer.Tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/// A running answer of a {@link LocalModel}: reads tokens on the reader's thread and tells what
/// they mean.
final class LocalStream implements ChatStream {
    private final Generation generation;
    private final OutputParser parser;
    private final Tokenizer tokenizer;
    private final CallCheck check;
    private final boolean parallelCalls;
    private final int promptTokens;
    private final long promptHash;
    private final EventQueue waiting = new EventQueue();
    private final List<Intervention> interventions = new ArrayList<>();
    private int cachedTokens;
    private int completionTokens;
    private int answerChars;
    private int[] charsAfter = new int[64]; // of the answer, after each token
    private int reasoningTokens;
    private int calls;

    /// @param prompt what the model reads
    /// @param check tells whether calls fit the request's tools
    /// @param parallelCalls whether there may be more than one
    LocalStream(
            Generation generation,
            OutputParser parser,
            Tokenizer tokenizer,
            int[] prompt,
            CallCheck check,
            boolean parallelCalls) {
        this.check = check;
        this.parallelCalls = parallelCalls;
        this.generation = generation;
        this.parser = parser;
        this.tokenizer = tokenizer;
        this.promptTokens = prompt.length;
        this.promptHash = Arrays.hashCode(prompt);
    }

    @Override
    public Iterator<ChatEvent> iterator() {
        return waiting.read(() -> take(generation.next()));
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
    public Drafts drafts() {
        return generation.drafts();
    }

    @Override
    public void close() {
        generation.close();
    }

    private void take(TokenEvent event) {
        switch (event) {
            case TokenEvent.Progress(int queuePosition, int computed, int cached) -> {
                cachedTokens = cached;
                waiting.add(new ChatEvent.Progress(queuePosition, computed, promptTokens, cached));
            }
            case TokenEvent.Sampled sampled -> take(sampled);
            case TokenEvent.Intervened(Intervention what) -> {
                interventions.add(what);
                waiting.add(new ChatEvent.Intervened(what));
            }
            case TokenEvent.Finished(FinishReason why, int repeated, int cached) -> {
                cachedTokens = cached;
                finish(why, repeated);
            }
        }
    }

    private void take(TokenEvent.Sampled sampled) {
        boolean wasThinking = parser.isThinking();
        List<ChatEvent> events = parser.accept(sampled.token());
        if (!Float.isNaN(sampled.logprob()) && !wasThinking && !parser.isThinking()) {
            waiting.add(new ChatEvent.Scored(TokenScore.of(sampled, tokenizer)));
        }
        tell(events);
        if (completionTokens == charsAfter.length) {
            charsAfter = Arrays.copyOf(charsAfter, 2 * completionTokens);
        }
        charsAfter[completionTokens++] = answerChars;
        if (wasThinking || parser.isThinking()) {
            reasoningTokens++;
        }
        if (parser.stopped() || hasAllCalls()) {
            generation.close();
            finish(FinishReason.STOP, 0);
        }
    }

    private void finish(FinishReason why, int repeatedTokens) {
        boolean thinking = parser.isThinking();
        if (!hasAllCalls()) {
            tell(parser.end());
        }
        int kept = completionTokens - repeatedTokens;
        int keptChars = kept == 0 ? 0 : charsAfter[kept - 1];
        boolean circled = repeatedTokens > 0;
        var repetition =
                circled
                        ? new Usage.Repetition(repeatedTokens, answerChars - keptChars)
                        : Usage.Repetition.NONE;
        boolean called = calls > 0 && why == FinishReason.STOP;
        waiting.add(
                new ChatEvent.Finished(
                        called ? FinishReason.TOOL_CALLS : why,
                        new Usage(
                                        promptTokens,
                                        cachedTokens,
                                        kept,
                                        Math.min(reasoningTokens, kept),
                                        interventions,
                                        thinking,
                                        repetition)
                                .withStopText(parser.stopText())));
        waiting.end();
    }

    private void tell(List<ChatEvent> events) {
        for (ChatEvent event : events) {
            switch (event) {
                case ChatEvent.Text(String text) -> {
                    answerChars += text.length();
                    waiting.add(event);
                }
                case ChatEvent.ToolCalled(ToolCall call) -> tell(call);
                case ChatEvent.Progress _,
                        ChatEvent.Thinking _,
                        ChatEvent.Scored _,
                        ChatEvent.Intervened _,
                        ChatEvent.Voted _,
                        ChatEvent.Finished _ ->
                        waiting.add(event);
            }
        }
    }

    /// A call that came without an id is given one. It depends on the prompt alone, so that a run
    /// can be repeated, and differs from those of earlier turns. Behind the one call that is
    /// allowed there are no others.
    private void tell(ToolCall call) {
        if (hasAllCalls()) {
            return;
        }
        calls++;
        ToolCall named =
                call.id().isPresent() ? call : call.named(CallIds.of(promptHash * 31 + calls));
        waiting.add(new ChatEvent.ToolCalled(named.with(check.fault(named))));
    }

    private boolean hasAllCalls() {
        return calls > 0 && !parallelCalls;
    }
}
