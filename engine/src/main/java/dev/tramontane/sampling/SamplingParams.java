package dev.tramontane.sampling;

/// How tokens are chosen, in the order that {@link Sampler} describes. Values are checked here, so
/// what runs below is always sane.
///
/// @param penalties what changes the logits before anything else
/// @param temperature 0 chooses the likeliest token; up to 2
/// @param topK keep the k likeliest; 0 keeps all
/// @param typicalP keep the tokens about as surprising as expected that have this much probability;
///   1 keeps all
/// @param topP keep the smallest set with this much probability; 1 keeps all
/// @param minP keep tokens at least this likely relative to the likeliest; 0 keeps all
/// @param seed of the random numbers; a position's number depends on seed and position alone
/// @param maxTokens tokens to generate at most; the context's end may come first
/// @param logprobs which to tell of each token
public record SamplingParams(
        Penalties penalties,
        float temperature,
        int topK,
        float typicalP,
        float topP,
        float minP,
        long seed,
        int maxTokens,
        Logprobs logprobs) {
    /// The most alternatives a token can report.
    public static final int MOST_LOGPROBS = Logprobs.MOST;

    public SamplingParams {
        Ranges.check(temperature >= 0 && temperature <= 2, "temperature", temperature, "0 to 2");
        Ranges.check(topK >= 0, "top_k", topK, "0 or more");
        Ranges.check(typicalP > 0 && typicalP <= 1, "typical_p", typicalP, "more than 0, up to 1");
        Ranges.check(topP > 0 && topP <= 1, "top_p", topP, "more than 0, up to 1");
        Ranges.check(minP >= 0 && minP < 1, "min_p", minP, "0 to less than 1");
        Ranges.check(maxTokens > 0, "max_tokens", maxTokens, "1 or more");
    }

    /// With log-probabilities of the model's own distribution.
    ///
    /// @param topLogprobs how many alternatives to report with each token; −1 for no
    ///   log-probabilities
    public SamplingParams(
            Penalties penalties,
            float temperature,
            int topK,
            float typicalP,
            float topP,
            float minP,
            long seed,
            int maxTokens,
            int topLogprobs) {
        this(
                penalties,
                temperature,
                topK,
                typicalP,
                topP,
                minP,
                seed,
                maxTokens,
                Logprobs.ofModel(topLogprobs));
    }

    /// Without penalties, and without typical sampling.
    public SamplingParams(
            float temperature,
            int topK,
            float topP,
            float minP,
            long seed,
            int maxTokens,
            int topLogprobs) {
        this(Penalties.NONE, temperature, topK, 1, topP, minP, seed, maxTokens, topLogprobs);
    }

    /// The likeliest token each time.
    public static SamplingParams greedy(int maxTokens) {
        return new SamplingParams(0, 0, 1, 0, 0, maxTokens, -1);
    }

    /// What the Magistral cards advise: temperature 0.7, top_p 0.95.
    public static SamplingParams reasoning(long seed, int maxTokens) {
        return new SamplingParams(0.7f, 0, 0.95f, 0, seed, maxTokens, -1);
    }

    public SamplingParams withPenalties(Penalties others) {
        return new SamplingParams(
                others, temperature, topK, typicalP, topP, minP, seed, maxTokens, logprobs);
    }

    public SamplingParams withTypicalP(float share) {
        return new SamplingParams(
                penalties, temperature, topK, share, topP, minP, seed, maxTokens, logprobs);
    }

    public SamplingParams withSeed(long other) {
        return new SamplingParams(
                penalties, temperature, topK, typicalP, topP, minP, other, maxTokens, logprobs);
    }

    public SamplingParams withMaxTokens(int tokens) {
        return new SamplingParams(
                penalties, temperature, topK, typicalP, topP, minP, seed, tokens, logprobs);
    }

    /// Log-probabilities of the model's own distribution, or none.
    public SamplingParams withTopLogprobs(int count) {
        return withLogprobs(Logprobs.ofModel(count));
    }

    public SamplingParams withLogprobs(Logprobs others) {
        return new SamplingParams(
                penalties, temperature, topK, typicalP, topP, minP, seed, maxTokens, others);
    }

    /// How many alternatives are reported with each token; −1 for no log-probabilities.
    public int topLogprobs() {
        return logprobs.top();
    }
}
