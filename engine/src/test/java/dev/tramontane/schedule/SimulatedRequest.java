package dev.tramontane.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.sampling.Choice;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.TokenMask;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// A request to a {@link HashModel}, and what became of it.
final class SimulatedRequest implements Sequence.Listener {
    /// Allows everything, and sees to it that it is told certain tokens alone and in order.
    private final class Watching implements TokenMask {
        private boolean asked;
        private int accepted;

        @Override
        public Verdict next() {
            assertTrue(!asked && accepted == sequence.nextPosition() - prompt.length);
            asked = true;
            return Verdict.ANY;
        }

        @Override
        public void accept(int token) {
            assertTrue(asked);
            asked = false;
            accepted++;
        }

        @Override
        public void rollback(int count) {
            throw new AssertionError("what was certain is taken back");
        }
    }

    final int[] prompt;
    final SamplingParams sampling;
    final Set<Integer> stopTokens;
    final int context;
    final Claim claim;
    final Sequence sequence;
    final List<Integer> generated = new ArrayList<>();
    final List<FinishReason> ends = new ArrayList<>();
    final List<Integer> places = new ArrayList<>();
    int told;
    boolean waits;
    int waitsAgain;
    int cachedTokens;
    boolean cancelled;

    SimulatedRequest(
            int[] prompt,
            SamplingParams sampling,
            Set<Integer> stopTokens,
            int context,
            Claim claim) {
        this(prompt, sampling, stopTokens, context, claim, SequenceImages.none());
    }

    SimulatedRequest(
            int[] prompt,
            SamplingParams sampling,
            Set<Integer> stopTokens,
            int context,
            Claim claim,
            SequenceImages images) {
        this.prompt = prompt;
        this.sampling = sampling;
        this.stopTokens = stopTokens;
        this.context = context;
        this.claim = claim;
        sequence =
                new Sequence(
                        prompt, sampling, stopTokens, new Watching(), context, claim, this, images);
    }

    @Override
    public void progress(int queuePosition, int computedTokens, int cachedTokens) {
        assertTrue(ends.isEmpty());
        assertTrue(cachedTokens <= computedTokens);
        boolean began = told > 0;
        if (queuePosition > 0) {
            assertEquals(told, computedTokens);
            assertTrue(places.isEmpty() || !waits || places.getLast() != queuePosition);
            places.add(queuePosition);
            waitsAgain += began && !waits ? 1 : 0;
        } else if (!waits || computedTokens != told) { // else it goes on where it was
            assertTrue(generated.isEmpty());
            assertTrue(computedTokens > told && computedTokens <= prompt.length);
            told = computedTokens;
        }
        waits = queuePosition > 0;
    }

    @Override
    public void sampled(Choice choice) {
        assertEquals(prompt.length, told);
        assertTrue(ends.isEmpty() && !waits);
        generated.add(choice.token());
    }

    @Override
    public void intervened(Intervention what) {
        throw new AssertionError("nobody steps in here: " + what);
    }

    @Override
    public void finished(FinishReason reason, int repeated, int cached) {
        ends.add(reason);
        cachedTokens = cached;
        assertTrue(cached >= 0 && cached < prompt.length);
    }

    @Override
    public void failed(Throwable cause) {
        throw new AssertionError(cause);
    }

    boolean isOver() {
        return !ends.isEmpty();
    }

    void cancel() {
        sequence.cancel();
        cancelled = true;
    }

    /// The tokens that it had in the end.
    int[] tokens() {
        int[] all = Arrays.copyOf(prompt, prompt.length + generated.size());
        for (int i = 0; i < generated.size(); i++) {
            all[prompt.length + i] = generated.get(i);
        }
        return all;
    }

    /// Compares with the same request computed alone, token by token.
    void check() {
        var sampler = HashModel.sampler();
        int[] all = Arrays.copyOf(prompt, context);
        int count = prompt.length;
        FinishReason end = null;
        while (end == null) {
            int token = HashModel.choose(sampler, all, count, sampling);
            if (stopTokens.contains(token)) {
                end = FinishReason.STOP;
            } else {
                all[count++] = token;
                if (count - prompt.length == sampling.maxTokens()) {
                    end = FinishReason.LENGTH;
                } else if (count == context) {
                    end = FinishReason.CONTEXT_FULL;
                }
            }
        }
        List<Integer> expected = Arrays.stream(all, prompt.length, count).boxed().toList();
        assertEquals(1, ends.size());
        if (cancelled && ends.contains(FinishReason.CANCELLED)) {
            assertEquals(expected.subList(0, generated.size()), generated);
        } else {
            assertEquals(expected, generated);
            assertEquals(List.of(end), ends);
        }
    }
}
