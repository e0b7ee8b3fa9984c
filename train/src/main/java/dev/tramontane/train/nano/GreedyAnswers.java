package dev.tramontane.train.nano;

import dev.tramontane.engine.Engine;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.Generation;
import dev.tramontane.engine.GenerationRequest;
import dev.tramontane.engine.TokenEvent;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.train.TrainableWeights;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/// What a policy answers when it always says the likeliest token: many prompts at a time, through
/// an engine over the very memory that is trained.
///
/// Nobody may change the weights until it is closed.
final class GreedyAnswers implements AutoCloseable {
    /// Sequences that run at once.
    private static final int TOGETHER = 64;

    /// Requests under way: some wait, so that the engine never does.
    private static final int SUBMITTED = 2 * TOGETHER;

    private final Engine engine;
    private final Set<Integer> stops;

    /// What is asked.
    ///
    /// @param most tokens of its answer: a policy that has learned little goes on and on
    record Question(int[] prompt, int most) {}

    /// An answer's tokens, without what ended it.
    ///
    /// @param ended whether the model ended it, rather than the limit
    record Answer(int[] tokens, boolean ended) {}

    @SuppressWarnings("MustBeClosedChecker") // the engine closes the arena
    GreedyAnswers(TrainableWeights weights, int threads, Set<Integer> stops) {
        this.stops = stops;
        int context = weights.config().context();
        long positionBytes =
                2L * Float.BYTES * weights.config().kvDim() * weights.config().layers();
        EngineOptions options =
                EngineOptions.defaults()
                        .withThreads(threads)
                        .withContext(context)
                        .withKvCacheBytes(positionBytes * context * TOGETHER)
                        .withMaxSequences(TOGETHER);
        Arena cache = Arena.ofShared();
        try {
            engine = Engine.over(weights.config(), weights.model(), cache, options);
        } catch (RuntimeException | Error failure) {
            cache.close();
            throw failure;
        }
    }

    /// The answers, in the questions' order.
    List<Answer> to(List<Question> questions) {
        List<Answer> answers = new ArrayList<>();
        Deque<Generation> running = new ArrayDeque<>();
        Iterator<Question> waiting = questions.iterator();
        while (waiting.hasNext() || !running.isEmpty()) {
            while (waiting.hasNext() && running.size() < SUBMITTED) {
                running.add(engine.submit(request(waiting.next())));
            }
            answers.add(read(running.remove()));
        }
        return answers;
    }

    private GenerationRequest request(Question question) {
        return GenerationRequest.of(question.prompt, SamplingParams.greedy(question.most), stops);
    }

    private static Answer read(Generation generation) {
        int[] tokens = new int[64];
        int count = 0;
        boolean ended = false;
        while (generation.hasNext()) {
            switch (generation.next()) {
                case TokenEvent.Sampled sampled -> {
                    if (count == tokens.length) {
                        tokens = Arrays.copyOf(tokens, 2 * count);
                    }
                    tokens[count++] = sampled.token();
                }
                case TokenEvent.Finished finished -> ended = finished.reason() == FinishReason.STOP;
                case TokenEvent.Progress _, TokenEvent.Intervened _ -> {}
            }
        }
        return new Answer(Arrays.copyOf(tokens, count), ended);
    }

    @Override
    public void close() {
        engine.close();
    }
}
