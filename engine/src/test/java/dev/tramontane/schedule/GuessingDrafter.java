package dev.tramontane.schedule;

import dev.tramontane.sampling.Sampler;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Knows what a {@link HashModel} will say, and says it now and then.
final class GuessingDrafter implements Drafter {
    private final SplittableRandom random;
    private final double rightShare;
    private final boolean alwaysAsMany;
    private final Sampler sampler = HashModel.sampler();

    /// @param rightShare how often a guess is right, but for luck
    /// @param alwaysAsMany whether all that are wanted come, or at random fewer, or none
    GuessingDrafter(SplittableRandom random, double rightShare, boolean alwaysAsMany) {
        this.random = random;
        this.rightShare = rightShare;
        this.alwaysAsMany = alwaysAsMany;
    }

    @Override
    public int evidence(Sequence sequence) {
        return alwaysAsMany ? 0 : random.nextInt(-1, 20);
    }

    @Override
    public void propose(List<Sequence> sequences) {
        for (Sequence sequence : sequences) {
            Draft draft = sequence.draft();
            int wanted = draft.wanted() - (alwaysAsMany ? 0 : random.nextInt(draft.wanted() + 1));
            int count = sequence.nextPosition();
            int[] tokens = Arrays.copyOf(sequence.tokens(), count + wanted);
            for (int i = 0; i < wanted; i++, count++) {
                boolean right = random.nextDouble() < rightShare;
                tokens[count] =
                        right ? next(sequence, tokens, count) : random.nextInt(HashModel.VOCAB);
                draft.add(tokens[count]);
            }
        }
    }

    private int next(Sequence sequence, int[] tokens, int count) {
        return HashModel.choose(sampler, tokens, count, sequence.sampling());
    }

    @Override
    public void forget(Sequence sequence) {}
}
