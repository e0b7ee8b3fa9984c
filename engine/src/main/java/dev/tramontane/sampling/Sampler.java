package dev.tramontane.sampling;

import java.util.Arrays;
import java.util.BitSet;

/// From a row of logits to a token, in one order: bias, penalties, mask, temperature, top-k,
/// typical, top-p, min-p, draw.
///
/// 1. *Bias*: what a request adds to the logits of chosen tokens.
/// 2. *Penalties*: repeat, then frequency and presence ({@link RepetitionPenalty}), then DRY
///    ({@link DryPenalty}). They look at the sequence's tokens, the prompt's included, and keep no
///    state.
/// 3. *Mask*: what the request's masks forbid gets the logit −∞. One token left is *forced*. It
///    comes behind the penalties, so that no penalty brings back what is forbidden.
/// 4. *Temperature* 0 takes the greatest logit, the lowest id among equals, and is done. Else the
///    weight of token i is `w[i] = e^((logit[i] − max) / temperature)`: the likeliest weighs 1.
/// 5. *Top-k* keeps the first k tokens in the order of falling weight, equal ones by rising id.
/// 6. *Typical* keeps those about as surprising as expected ({@link Typical}).
/// 7. *Top-p* keeps the shortest beginning of what is left, in the order of falling weight, that
///    has the share p of its weight (Holtzman et al. 2020, section 3.1).
/// 8. *Min-p* keeps those that weigh p of the heaviest left at least (Nguyen et al. 2024, section
///    3).
/// 9. *Draw*: the kept weights lie end to end by rising id; taken is the token into which falls the
///    number that belongs to this seed and position, times their sum.
///
/// What is off costs nothing, and nothing sorts the vocabulary. Log-probabilities are the model's
/// own: before bias and all that follows.
///
/// Buffers are the sampler's own, so one thread at a time may call.
public final class Sampler {
    /// The pass over the vocabulary, from the kernels: `values[i] = e^(values[i] − max)`.
    @FunctionalInterface
    public interface ExpSum {
        /// @return the sum of the first `count` new values
        double expSum(float[] values, int count, float max);
    }

    /// Sorting this part of the vocabulary takes about as long as searching all of it.
    private static final int SORTED_PART = 64;

    private final ExpSum kernels;
    private final int vocab;
    private final float[] weights;
    private final Heaviest heaviest;
    private final Typical typical;
    private final Beginning order;
    private final RepetitionPenalty repetitionPenalty;
    private final DryPenalty dryPenalty;
    private final int[] kept;
    private final float[] own;
    private double logSum;

    /// @param vocab length of a row
    public Sampler(ExpSum kernels, int vocab) {
        this.kernels = kernels;
        this.vocab = vocab;
        this.weights = new float[vocab];
        this.order = new Beginning(weights);
        this.heaviest = new Heaviest(weights, order);
        this.typical = new Typical(weights, order, heaviest);
        this.repetitionPenalty = new RepetitionPenalty(vocab);
        this.dryPenalty = new DryPenalty(vocab);
        this.kept = new int[vocab];
        this.own = new float[vocab];
    }

    /// Bytes of the buffers for a vocabulary: five rows of floats or whole numbers of 32 bits here
    /// and in the penalties, and one of 64 bits.
    public static long bytes(int vocab) {
        return (5L * Float.BYTES + Long.BYTES) * vocab;
    }

    /// Chooses the token at `position`.
    ///
    /// @param logits float[vocab]; overwritten by bias, penalties and what the verdict forbids
    /// @param verdict what may come next; an end is the caller's business
    /// @param tokens the sequence so far, `position` of them, drafted ones included; read by
    ///   penalties alone
    /// @param position the token's index in its sequence
    /// @throws IllegalStateException when a logit is not a finite number, or nothing is allowed
    public Choice sample(
            float[] logits,
            TokenMask.Verdict verdict,
            SamplingParams params,
            int[] tokens,
            int position) {
        float max = greatestOf(logits, position);
        logSum = Double.NaN;
        int[] topTokens = {};
        if (params.topLogprobs() >= 0) {
            System.arraycopy(logits, 0, own, 0, vocab);
            System.arraycopy(logits, 0, weights, 0, vocab);
            logSum = max + Math.log(kernels.expSum(weights, vocab, max));
            topTokens = Likeliest.tokens(logits, params.topLogprobs());
        }
        var topLogprobs = new float[topTokens.length];
        for (int i = 0; i < topTokens.length; i++) {
            topLogprobs[i] = (float) (logits[topTokens[i]] - logSum);
        }
        boolean changed = params.penalties().isOn();
        if (changed) {
            penalize(logits, params.penalties(), tokens, position);
        }
        int allowed = mask(logits, verdict);
        if (allowed == 0) {
            throw new IllegalStateException(
                    "token %d: the masks allow none of %d tokens, expected one at least; a mask must end the sequence instead"
                            .formatted(position, vocab));
        }
        boolean forced = allowed == 1 && allowed < vocab;
        float greatest = allowed == vocab && !changed ? max : greatest(logits);
        int token =
                forced || params.temperature() == 0
                        ? first(logits, greatest)
                        : draw(logits, greatest, params, position);
        float logprob = (float) (own[token] - logSum);
        return new Choice(token, logprob, topTokens, topLogprobs, forced);
    }

    /// The last choice with another token in its place; it counts as forced.
    public Choice replace(Choice last, int token) {
        float logprob = (float) (own[token] - logSum);
        return new Choice(token, logprob, last.topTokens(), last.topLogprobs(), true);
    }

    /// The greatest logit of a row as a model gives it: finite everywhere.
    private float greatestOf(float[] logits, int position) {
        if (logits.length != vocab) {
            throw new IllegalArgumentException(
                    logits.length + " logits, expected " + vocab + ", the vocabulary");
        }
        float max = Float.NEGATIVE_INFINITY;
        float min = Float.POSITIVE_INFINITY;
        for (float logit : logits) { // NaN goes through Math.max and Math.min
            max = Math.max(max, logit);
            min = Math.min(min, logit);
        }
        if (!Float.isFinite(max) || !Float.isFinite(min)) {
            throw new IllegalStateException(
                    "token %d: logits from %s to %s, expected finite numbers; the model is damaged, compare its file with its source"
                            .formatted(position, min, max));
        }
        return max;
    }

    private void penalize(float[] logits, Penalties penalties, int[] tokens, int count) {
        penalties.bias().apply(logits);
        if (penalties.repetition().isOn()) {
            repetitionPenalty.apply(logits, penalties.repetition(), tokens, count);
        }
        if (penalties.dry().isOn()) {
            dryPenalty.apply(logits, penalties.dry(), tokens, count);
        }
    }

    private static float greatest(float[] values) {
        float max = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            max = Math.max(max, value);
        }
        return max;
    }

    private static int first(float[] values, float wanted) {
        int id = 0;
        while (values[id] != wanted) {
            id++;
        }
        return id;
    }

    /// Writes −∞ over what the verdict forbids.
    ///
    /// @return number of tokens left
    private int mask(float[] logits, TokenMask.Verdict verdict) {
        return switch (verdict) {
            case TokenMask.Verdict.Any _ -> vocab;
            case TokenMask.Verdict.Only(BitSet allowed) -> {
                int left = 0;
                int from = 0;
                while (from < vocab) {
                    int next = end(allowed.nextSetBit(from));
                    Arrays.fill(logits, from, next, Float.NEGATIVE_INFINITY);
                    from = end(allowed.nextClearBit(next));
                    left += from - next;
                }
                yield left;
            }
            case TokenMask.Verdict.Except(BitSet banned) -> {
                int left = vocab;
                int from = end(banned.nextSetBit(0));
                while (from < vocab) {
                    int next = end(banned.nextClearBit(from));
                    Arrays.fill(logits, from, next, Float.NEGATIVE_INFINITY);
                    left -= next - from;
                    from = end(banned.nextSetBit(next));
                }
                yield left;
            }
            case TokenMask.Verdict.Force(int token) -> {
                float logit = logits[token];
                Arrays.fill(logits, Float.NEGATIVE_INFINITY);
                logits[token] = logit;
                yield 1;
            }
            case TokenMask.Verdict.End _ ->
                    throw new IllegalArgumentException("a sequence that ends has no next token");
        };
    }

    private int end(int bit) {
        return bit < 0 ? vocab : Math.min(bit, vocab);
    }

    private int draw(float[] logits, float max, SamplingParams params, int position) {
        float temperature = params.temperature();
        for (int id = 0; id < vocab; id++) {
            weights[id] = (logits[id] - max) / temperature;
        }
        double sum = kernels.expSum(weights, vocab, 0);
        int count;
        if (params.typicalP() < 1) {
            count = keepFront(typical.keep(logits, max, params), params.minP());
            sum = sumOfKept(count);
        } else {
            int front = heaviest.front(sum, params);
            count = keep(front, params.minP());
            if (front != Heaviest.ALL || params.minP() > 0) {
                sum = sumOfKept(count);
            }
        }
        double target = PositionNoise.at(params.seed(), position) * sum;
        double reached = 0;
        for (int i = 0; i < count; i++) {
            reached += weights[kept[i]];
            if (reached > target) {
                return kept[i];
            }
        }
        return kept[count - 1]; // the two sums were rounded differently
    }

    /// Keeps, by rising id, of the first `front` tokens of the order those that weigh `least` at
    /// least, and more than nothing. Few are sorted; of many, or all, the vocabulary is searched.
    private int keep(int front, float least) {
        if (front != Heaviest.ALL && front <= vocab / SORTED_PART) {
            return keepFront(front, least); // the heaviest of all is among them and weighs 1
        }
        long last = front == Heaviest.ALL ? Long.MAX_VALUE : order.places[front - 1];
        int count = 0;
        for (int id = 0; id < vocab; id++) {
            float weight = weights[id];
            if (weight >= least && weight > 0 && Heaviest.place(weight, id) <= last) {
                kept[count++] = id;
            }
        }
        return count;
    }

    /// Keeps, by rising id, of the first `front` tokens of the order those that weigh the share
    /// `least` of the heaviest among them, and more than nothing.
    private int keepFront(int front, float least) {
        float heaviestLeft = 0;
        for (int i = 0; i < front; i++) {
            heaviestLeft = Math.max(heaviestLeft, weights[(int) order.places[i]]);
        }
        int count = 0;
        for (int i = 0; i < front; i++) {
            int id = (int) order.places[i];
            if (weights[id] >= least * heaviestLeft && weights[id] > 0) {
                kept[count++] = id;
            }
        }
        Arrays.sort(kept, 0, count);
        return count;
    }

    private double sumOfKept(int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[kept[i]];
        }
        return sum;
    }
}
