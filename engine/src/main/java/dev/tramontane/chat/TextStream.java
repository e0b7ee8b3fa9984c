package dev.tramontane.chat;

import dev.tramontane.engine.Drafts;
import dev.tramontane.engine.Generation;
import dev.tramontane.engine.TokenEvent;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.tokenizer.Detokenizer;
import dev.tramontane.tokenizer.Tokenizer;

import java.util.Iterator;
import java.util.List;

/// A text on its way, told as an answer without thinking and calls: marks of the format vanish.
final class TextStream implements ChatStream {
    private final Generation generation;
    private final Tokenizer tokenizer;
    private final Detokenizer characters;
    private final StopTexts stops;
    private final int promptTokens;
    private final EventQueue waiting = new EventQueue();
    private int cachedTokens;
    private int tokens;

    TextStream(Generation generation, Tokenizer tokenizer, TextRequest request) {
        this.generation = generation;
        this.tokenizer = tokenizer;
        this.characters = new Detokenizer(tokenizer, Tokenizer.SpecialTokens.IGNORE);
        this.stops = new StopTexts(request.stop());
        this.promptTokens = request.prompt().length;
    }

    @Override
    public Iterator<ChatEvent> iterator() {
        return waiting.read(() -> take(generation.next()));
    }

    private void take(TokenEvent event) {
        switch (event) {
            case TokenEvent.Progress(int queuePosition, int computed, int cached) -> {
                cachedTokens = cached;
                waiting.add(new ChatEvent.Progress(queuePosition, computed, promptTokens, cached));
            }
            case TokenEvent.Sampled sampled -> take(sampled);
            case TokenEvent.Intervened(var what) -> waiting.add(new ChatEvent.Intervened(what));
            case TokenEvent.Finished(FinishReason why, int _, int cached) -> {
                cachedTokens = cached;
                finish(why);
            }
        }
    }

    private void take(TokenEvent.Sampled sampled) {
        tokens++;
        if (!Float.isNaN(sampled.logprob())) {
            waiting.add(new ChatEvent.Scored(TokenScore.of(sampled, tokenizer)));
        }
        tell(stops.append(characters.append(sampled.token())));
        if (stops.found()) {
            generation.close();
            finish(FinishReason.STOP);
        }
    }

    private void finish(FinishReason why) {
        if (!stops.found()) {
            tell(stops.append(characters.flush()));
            tell(stops.flush());
        }
        Usage usage =
                new Usage(
                                promptTokens,
                                cachedTokens,
                                tokens,
                                0,
                                List.of(),
                                false,
                                Usage.Repetition.NONE)
                        .withStopText(stops.text());
        waiting.add(new ChatEvent.Finished(why, usage));
        waiting.end();
    }

    private void tell(String text) {
        if (!text.isEmpty()) {
            waiting.add(new ChatEvent.Text(text));
        }
    }

    /// There is no thinking: nothing happens.
    @Override
    public void answerNow() {}

    /// There is no thinking: nothing happens.
    @Override
    public void thinkLonger(int tokens) {}

    @Override
    public Drafts drafts() {
        return generation.drafts();
    }

    @Override
    public void close() {
        generation.close();
    }
}
