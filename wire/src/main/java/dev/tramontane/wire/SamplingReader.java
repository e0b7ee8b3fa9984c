package dev.tramontane.wire;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.sampling.Dry;
import dev.tramontane.sampling.LogitBias;
import dev.tramontane.sampling.Penalties;
import dev.tramontane.sampling.Repetition;
import dev.tramontane.sampling.SamplingParams;

import java.util.OptionalDouble;

/// Reads how tokens are to be chosen, under the names of OpenAI, Mistral, vLLM and llama-server.
/// What a request leaves open is as the model has it.
///
/// @param defaults the model's own
/// @param takesTexts whether a bias may be for a text, which somebody else reads
record SamplingReader(Fields body, SamplingParams defaults, boolean takesTexts) {
    private static final float LEAST_SHARE = Float.MIN_NORMAL;
    private static final int ANY = -1;

    /// Where biases are for tokens alone.
    SamplingReader(Fields body, SamplingParams defaults) {
        this(body, defaults, false);
    }

    SamplingParams read() {
        return read(topLogprobs(), maxTokens());
    }

    /// For an API that has names of its own for these two.
    SamplingParams read(int topLogprobs, int maxTokens) {
        return new SamplingParams(
                new Penalties(bias(), repetition(), dry()),
                number("temperature", 0, 2, defaults.temperature()),
                Math.max(0, body.integer("top_k", -1, Integer.MAX_VALUE).orElse(defaults.topK())),
                number("typical_p", LEAST_SHARE, 1, defaults.typicalP()),
                number("top_p", LEAST_SHARE, 1, defaults.topP()),
                number("min_p", 0, Math.nextDown(1f), defaults.minP()),
                seed(),
                maxTokens,
                topLogprobs);
    }

    private float number(String field, double least, double most, float otherwise) {
        OptionalDouble told = body.number(field, least, most);
        return told.isPresent() ? (float) told.getAsDouble() : otherwise;
    }

    /// -1 is any, as llama-server and vLLM have it.
    private long seed() {
        long told = body.whole("seed").orElseGet(() -> body.whole("random_seed").orElse(ANY));
        return told == ANY ? defaults.seed() : told;
    }

    /// The lesser of the two names, where a request has both; -1 says nothing.
    private int maxTokens() {
        int most = Integer.MAX_VALUE;
        boolean isTold = false;
        for (String name : new String[] {"max_completion_tokens", "max_tokens"}) {
            int told = body.integer(name, ANY, Integer.MAX_VALUE).orElse(ANY);
            if (told == 0) {
                throw body.unexpected(name, "1 or more, or -1 for no limit");
            }
            if (told != ANY) {
                isTold = true;
                most = Math.min(most, told);
            }
        }
        return isTold ? most : defaults.maxTokens();
    }

    private int topLogprobs() {
        int top = body.integer("top_logprobs", 0, SamplingParams.MOST_LOGPROBS).orElse(0);
        return body.flag("logprobs").orElse(false) ? top : -1;
    }

    private LogitBias bias() {
        if (body.value(Biases.FIELD).isEmpty()) {
            return defaults.penalties().bias();
        }
        Biases biases = Biases.read(body);
        if (!takesTexts && !biases.texts().isEmpty()) {
            String text = biases.texts().keySet().iterator().next();
            throw new InvalidRequestException(
                    body.path(Biases.FIELD) + "." + HubAddress.printable(text),
                    "not the id of a token, expected a whole number; correct it");
        }
        return new LogitBias(biases.tokens());
    }

    private Repetition repetition() {
        Repetition own = defaults.penalties().repetition();
        float repeat = number("repetition_penalty", 0.01, 10, own.repeat());
        return new Repetition(
                number("repeat_penalty", 0.01, 10, repeat),
                number("frequency_penalty", -2, 2, own.frequency()),
                number("presence_penalty", -2, 2, own.presence()),
                body.integer("repeat_last_n", -1, Integer.MAX_VALUE).orElse(own.lastTokens()));
    }

    private Dry dry() {
        Dry own = defaults.penalties().dry();
        return new Dry(
                number("dry_multiplier", 0, 100, own.multiplier()),
                number("dry_base", 1, 100, own.base()),
                body.integer("dry_allowed_length", 1, Integer.MAX_VALUE)
                        .orElse(own.allowedLength()),
                body.integer("dry_penalty_last_n", -1, Integer.MAX_VALUE).orElse(own.lastTokens()),
                own.breakers());
    }
}
