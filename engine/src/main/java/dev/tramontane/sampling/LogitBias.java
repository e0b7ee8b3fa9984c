package dev.tramontane.sampling;

import java.util.Map;
import java.util.TreeMap;

/// Numbers added to the logits of chosen tokens: −100 all but forbids one, 100 all but forces it.
///
/// @param values by token id
public record LogitBias(Map<Integer, Float> values) {
    /// The greatest bias, either way.
    public static final float MOST = 100;

    /// Changes nothing.
    public static final LogitBias NONE = new LogitBias(Map.of());

    public LogitBias {
        values = Map.copyOf(values);
        for (Map.Entry<Integer, Float> bias : new TreeMap<>(values).entrySet()) {
            float value = bias.getValue();
            Ranges.check(bias.getKey() >= 0, "logit_bias", bias.getKey(), "ids of tokens, from 0");
            Ranges.check(
                    value >= -MOST && value <= MOST,
                    "logit_bias." + bias.getKey(),
                    value,
                    "-100 to 100");
        }
    }

    /// @throws IllegalArgumentException when a token is none of the vocabulary
    public void checkVocabulary(int vocab) {
        for (int token : values.keySet()) {
            Ranges.check(
                    token < vocab,
                    "logit_bias." + token,
                    "for token " + token,
                    "0 to " + (vocab - 1) + ", the model's vocabulary");
        }
    }

    void apply(float[] logits) {
        values.forEach((token, bias) -> logits[token] += bias);
    }
}
