package dev.tramontane.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.sampling.Choice;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.sampling.Masks;
import dev.tramontane.sampling.SamplingParams;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

class PromptLookupTest {
    private static final int CONTEXT = 3000;

    /// Matches up to this length are always the longest there are.
    private static final int SURE = 8;

    private static Sequence sequence(int... prompt) {
        var silent =
                new Sequence.Listener() {
                    @Override
                    public void progress(int queuePosition, int computedTokens, int cachedTokens) {}

                    @Override
                    public void sampled(Choice choice) {}

                    @Override
                    public void intervened(Intervention what) {}

                    @Override
                    public void finished(FinishReason reason, int repeated, int cachedTokens) {}

                    @Override
                    public void failed(Throwable cause) {}
                };
        return new Sequence(
                prompt,
                SamplingParams.greedy(CONTEXT),
                Set.of(),
                Masks.of(List.of(), 1000),
                CONTEXT,
                new Claim("", false, Optional.empty()),
                silent);
    }

    private static void append(Sequence sequence, int... tokens) {
        for (int token : tokens) {
            sequence.append(new Choice(token, Float.NaN, new int[0], new float[0], false));
        }
    }

    private static int[] guess(PromptLookup lookup, Sequence sequence, int most) {
        if (lookup.evidence(sequence) == Drafter.NOTHING) {
            return new int[0];
        }
        Draft draft = sequence.draft();
        draft.allow(most);
        draft.want(most);
        lookup.propose(List.of(sequence));
        return IntStream.range(0, draft.count()).map(draft::token).toArray();
    }

    private static int matched(int[] tokens, int end, int source) {
        int length = 0;
        while (length < source && tokens[source - 1 - length] == tokens[end - 1 - length]) {
            length++;
        }
        return length;
    }

    /// Whether the guess is what follows some place before which so many tokens are the last ones.
    private static boolean isExplained(int[] tokens, int end, int evidence, int[] guess) {
        return IntStream.range(1, end)
                .filter(source -> matched(tokens, end, source) >= evidence)
                .anyMatch(
                        source ->
                                IntStream.range(0, guess.length)
                                        .allMatch(
                                                i ->
                                                        guess[i]
                                                                == (source + i < end
                                                                        ? tokens[source + i]
                                                                        : guess[
                                                                                source + i
                                                                                        - end])));
    }

    @Test
    void a_guess_is_what_came_after_the_longest_match() {
        var random = new SplittableRandom(1);
        for (int vocab : new int[] {2, 4, 12, 40, 200}) {
            int[] tokens = random.ints(600, 0, vocab).toArray();
            System.arraycopy(tokens, 40, tokens, 300, 90);
            System.arraycopy(tokens, 250, tokens, 450, 100);
            var lookup = new PromptLookup();
            Sequence sequence = sequence(Arrays.copyOf(tokens, 50));
            for (int end = 50; end < tokens.length; end++) {
                int evidence = lookup.evidence(sequence);
                int count = end;
                int longest =
                        IntStream.range(1, end)
                                .map(source -> matched(tokens, count, source))
                                .max()
                                .orElse(0);
                if (evidence != Drafter.NOTHING) {
                    int[] guess = guess(lookup, sequence, 7);
                    assertEquals(7, guess.length);
                    assertTrue(isExplained(tokens, end, evidence, guess), "at " + end);
                }
                if (vocab >= 12) { // else there are more places than are searched
                    int least = longest < 2 ? Drafter.NOTHING : Math.min(longest, SURE);
                    assertTrue(evidence >= least, evidence + " at " + end + " of " + longest);
                }
                append(sequence, tokens[end]);
            }
        }
    }

    @Test
    void a_copy_goes_on_behind_a_token_that_was_changed() {
        int[] passage = IntStream.range(100, 140).toArray();
        Sequence sequence = sequence(passage);
        var lookup = new PromptLookup();
        append(sequence, Arrays.copyOf(passage, 20));
        assertEquals(20, lookup.evidence(sequence));
        append(sequence, 7);
        assertEquals(0, lookup.evidence(sequence));
        assertEquals(
                List.of(121, 122, 123), Arrays.stream(guess(lookup, sequence, 3)).boxed().toList());
        append(sequence, 121);
        assertEquals(1, lookup.evidence(sequence));
    }

    @Test
    void a_copy_is_given_up_after_some_tokens_that_differ() {
        int[] passage = IntStream.range(100, 140).toArray();
        Sequence sequence = sequence(passage);
        var lookup = new PromptLookup();
        append(sequence, Arrays.copyOf(passage, 20));
        assertEquals(20, lookup.evidence(sequence));
        append(sequence, 1, 2, 3);
        assertEquals(Drafter.NOTHING, lookup.evidence(sequence));
    }

    @Test
    void a_word_that_became_two_is_found_again() {
        int[] passage = IntStream.range(100, 140).toArray();
        Sequence sequence = sequence(passage);
        var lookup = new PromptLookup();
        append(sequence, Arrays.copyOf(passage, 20));
        append(sequence, 1, 2, 121, 122);
        assertEquals(2, lookup.evidence(sequence));
        assertEquals(123, guess(lookup, sequence, 1)[0]);
    }

    @Test
    void what_repeats_itself_is_continued_beyond_its_end() {
        Sequence sequence = sequence(9, 1, 2, 3, 1, 2, 3);
        assertEquals(
                List.of(1, 2, 3, 1, 2, 3, 1),
                Arrays.stream(guess(new PromptLookup(), sequence, 7)).boxed().toList());
    }

    @Test
    void new_text_gives_no_guess() {
        var lookup = new PromptLookup();
        Sequence sequence = sequence(5);
        assertEquals(Drafter.NOTHING, lookup.evidence(sequence));
        for (int token = 6; token < 900; token++) {
            append(sequence, token);
            assertEquals(Drafter.NOTHING, lookup.evidence(sequence));
        }
        lookup.forget(sequence);
        assertEquals(Drafter.NOTHING, lookup.evidence(sequence));
    }
}
