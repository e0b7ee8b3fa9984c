package dev.tramontane.sampling;

import dev.tramontane.kernels.LogitPasses;
import dev.tramontane.tensor.Tensor;

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
/// What is off costs nothing, and nothing sorts the vocabulary: each step is a pass or two of the
/// kernels ({@link LogitPasses}). Log-probabilities are the model's own, before bias and all that
/// follows, or those of the draw ({@link Logprobs}).
///
/// Buffers are the sampler's own, so one thread at a time may call; {@link Samplers} has one for
/// each thread.
public final class Sampler {
    private final int vocab;
    private final Candidates candidates;
    private final Draw draw;
    private final RepetitionPenalty repetitionPenalty;
    private final DryPenalty dryPenalty;
    private double logSum;
    private Logprobs asked = Logprobs.NONE;

    /// @param passes of its own
    /// @param vocab length of a row
    @SuppressWarnings("exports") // a workshop door
    public Sampler(LogitPasses passes, int vocab) {
        this.vocab = vocab;
        this.candidates = new Candidates(passes, vocab);
        this.draw = new Draw(passes, vocab);
        this.repetitionPenalty = new RepetitionPenalty(vocab);
        this.dryPenalty = new DryPenalty(vocab);
    }

    /// Bytes of the buffers that grow with the vocabulary, those of the penalties included.
    public static long bytes(int vocab) {
        return Candidates.bytes(vocab) + Draw.bytes(vocab) + 2L * Integer.BYTES * vocab;
    }

    /// Chooses the token at `position`.
    ///
    /// @param logits float[rows][vocab]; only read
    /// @param verdict what may come next; an end is the caller's business
    /// @param tokens the sequence so far, `position` of them, drafted ones included; read by
    ///   penalties alone
    /// @param position the token's index in its sequence
    /// @throws IllegalStateException when a logit is not a finite number, or nothing is allowed
    @SuppressWarnings("exports") // a workshop door
    public Choice sample(
            Tensor logits,
            int row,
            TokenMask.Verdict verdict,
            SamplingParams params,
            int[] tokens,
            int position) {
        candidates.load(logits, row, position);
        logSum = Double.NaN;
        int[] topTokens = {};
        asked = params.logprobs();
        boolean ofModel = asked.of() == Logprobs.Of.MODEL;
        if (ofModel && asked.top() >= 0) {
            logSum = candidates.greatest() + Math.log(draw.sum(candidates));
            topTokens = candidates.likeliest(asked.top());
        }
        var topLogprobs = new float[topTokens.length];
        for (int i = 0; i < topTokens.length; i++) {
            topLogprobs[i] = logprob(logits, row, topTokens[i]);
        }
        boolean changed = params.penalties().isOn();
        if (changed) {
            penalize(params.penalties(), tokens, position);
        }
        int allowed = candidates.mask(verdict);
        if (allowed == 0) {
            throw new IllegalStateException(
                    "token %d: the masks allow none of %d tokens, expected one at least; a mask must end the sequence instead"
                            .formatted(position, vocab));
        }
        if (changed || allowed < vocab) {
            candidates.changed();
        }
        boolean forced = allowed == 1 && allowed < vocab;
        if (forced || params.temperature() == 0) {
            int token = candidates.token(candidates.likeliest());
            return ofModel
                    ? new Choice(token, logprob(logits, row, token), topTokens, topLogprobs, forced)
                    : certain(token, forced);
        }
        int place = draw.place(candidates, params, PositionNoise.at(params.seed(), position));
        int token = candidates.token(place);
        return ofModel
                ? new Choice(token, logprob(logits, row, token), topTokens, topLogprobs, false)
                : drawn(token, place);
    }

    /// A token that nothing else could have come for.
    private Choice certain(int token, boolean forced) {
        boolean isListed = asked.top() > 0;
        return new Choice(
                token,
                0,
                isListed ? new int[] {token} : new int[0],
                isListed ? new float[] {0} : new float[0],
                forced);
    }

    /// A token with what it was drawn from.
    private Choice drawn(int token, int place) {
        int[] places = draw.likeliest(Math.max(0, asked.top()));
        var tokens = new int[places.length];
        var logprobs = new float[places.length];
        for (int i = 0; i < places.length; i++) {
            tokens[i] = candidates.token(places[i]);
            logprobs[i] = draw.logprob(places[i]);
        }
        return new Choice(token, draw.logprob(place), tokens, logprobs, false);
    }

    /// A choice from a row with another token in its place; it counts as forced.
    ///
    /// @param logits of the call that made the choice, the sampler's last
    /// @param row likewise
    @SuppressWarnings("exports") // a workshop door
    public Choice replace(Choice last, Tensor logits, int row, int token) {
        return asked.of() == Logprobs.Of.MODEL
                ? new Choice(
                        token,
                        logprob(logits, row, token),
                        last.topTokens(),
                        last.topLogprobs(),
                        true)
                : certain(token, true);
    }

    private float logprob(Tensor logits, int row, int token) {
        return (float) (logits.get(row, token) - logSum);
    }

    private void penalize(Penalties penalties, int[] tokens, int count) {
        float[] logits = candidates.values;
        penalties.bias().apply(logits);
        if (penalties.repetition().isOn()) {
            repetitionPenalty.apply(logits, penalties.repetition(), tokens, count);
        }
        if (penalties.dry().isOn()) {
            dryPenalty.apply(logits, penalties.dry(), tokens, count);
        }
    }
}
