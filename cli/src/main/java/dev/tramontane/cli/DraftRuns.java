package dev.tramontane.cli;

import dev.tramontane.engine.Engine;
import dev.tramontane.engine.Generation;
import dev.tramontane.engine.GenerationRequest;
import dev.tramontane.engine.TokenEvent;
import dev.tramontane.sampling.LogitBias;
import dev.tramontane.sampling.Penalties;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.TokenMask;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/// Texts on which drafts may pay, and on which they cannot: tokens a second after the first.
///
/// A model that nobody trained edits no text, so here it is led: each token is sampled from the one
/// that the edit has next and one that a bias makes unlikely.
final class DraftRuns {
    /// How a chat is sampled by default.
    private static final float TEMPERATURE = 0.7f;

    private static final float TOP_P = 0.95f;

    private final Engine engine;
    private final int vocab;
    private final SplittableRandom random = new SplittableRandom(1);

    DraftRuns(Engine engine, int vocab) {
        this.engine = engine;
        this.vocab = vocab;
    }

    /// A prompt with a passage of `count` tokens, which the answer repeats with a word changed: a
    /// token in its middle becomes two others.
    double edit(int count) {
        int decoy = vocab - 1;
        int[] prompt = tokens(count + 8);
        List<Integer> answer = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            answer.add(prompt[i]);
        }
        answer.set(count / 2, random.nextInt(decoy));
        answer.add(count / 2, random.nextInt(decoy));
        var away = new LogitBias(Map.of(decoy, -LogitBias.MOST));
        SamplingParams sampling =
                sampling(answer.size())
                        .withPenalties(
                                new Penalties(
                                        away, Penalties.NONE.repetition(), Penalties.NONE.dry()));
        var led = new Led(answer, decoy);
        return rate(new GenerationRequest(prompt, sampling, Set.of(), List.of(led)));
    }

    /// `count` tokens after a short prompt.
    double free(int count) {
        return rate(GenerationRequest.of(tokens(8), sampling(count), Set.of()));
    }

    private SamplingParams sampling(int maxTokens) {
        return new SamplingParams(TEMPERATURE, 0, TOP_P, 0, random.nextLong(), maxTokens, -1);
    }

    /// None is the decoy.
    private int[] tokens(int count) {
        int[] tokens = new int[count];
        Arrays.setAll(tokens, _ -> random.nextInt(vocab - 1));
        return tokens;
    }

    private double rate(GenerationRequest request) {
        long first = 0;
        long last = 0;
        int tokens = 0;
        try (Generation generation = engine.submit(request)) {
            while (generation.hasNext()) {
                if (generation.next() instanceof TokenEvent.Sampled) {
                    last = System.nanoTime();
                    first = tokens++ == 0 ? last : first;
                }
            }
        }
        return (tokens - 1) * 1e9 / Math.max(1, last - first);
    }

    /// Leaves the sampler a choice of two.
    private static final class Led implements TokenMask {
        private final List<Integer> text;
        private final int decoy;
        private int next;

        Led(List<Integer> text, int decoy) {
            this.text = text;
            this.decoy = decoy;
        }

        @Override
        public Verdict next() {
            var two = new BitSet();
            two.set(text.get(next));
            two.set(decoy);
            return new Verdict.Only(two);
        }

        @Override
        public void accept(int token) {
            if (token != text.get(next)) {
                throw new IllegalStateException("token " + next + " strayed from the text");
            }
            next++;
        }

        @Override
        public void rollback(int count) {
            next -= count;
        }
    }
}
