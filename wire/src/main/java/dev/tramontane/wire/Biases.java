package dev.tramontane.wire;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.sampling.LogitBias;

import tools.jackson.databind.JsonNode;

import java.util.Map;
import java.util.TreeMap;

/// The field `logit_bias`: OpenAI's `{"15043": 1.0}`, or llama-server's `[[15043, 1.0], ["a text",
/// false]]`, where `false` is as little as there is.
///
/// @param tokens what is added to the logits of tokens
/// @param texts what is added to those of all tokens of a text
record Biases(Map<Integer, Float> tokens, Map<String, Float> texts) {
    static final String FIELD = "logit_bias";

    private static final int MOST = 1024;

    Biases {
        tokens = Map.copyOf(tokens);
        texts = Map.copyOf(texts);
    }

    /// None where the field is absent.
    static Biases read(Fields body) {
        Map<Integer, Float> tokens = new TreeMap<>();
        Map<String, Float> texts = new TreeMap<>();
        JsonNode told = body.value(FIELD).orElse(null);
        if (told == null) {
            return new Biases(tokens, texts);
        }
        if (told.size() > MOST) {
            throw new InvalidRequestException(
                    body.path(FIELD),
                    "found %d tokens, expected %d at most; leave some out"
                            .formatted(told.size(), MOST));
        }
        if (told.isArray()) {
            for (JsonNode pair : told) {
                addPair(pair, body, tokens, texts);
            }
        } else {
            var map = new Fields(told, body.path(FIELD));
            for (String token : told.propertyNames()) {
                map.number(token, -LogitBias.MOST, LogitBias.MOST)
                        .ifPresent(value -> add(token, (float) value, tokens, texts));
            }
        }
        return new Biases(tokens, texts);
    }

    private static void add(
            String token, float value, Map<Integer, Float> tokens, Map<String, Float> texts) {
        if (token.matches("\\d{1,9}")) {
            tokens.put(Integer.valueOf(token), value);
        } else {
            texts.put(token, value);
        }
    }

    private static void addPair(
            JsonNode pair, Fields body, Map<Integer, Float> tokens, Map<String, Float> texts) {
        JsonNode token = pair.path(0);
        JsonNode value = pair.path(1);
        boolean never = value.isBoolean() && !value.booleanValue();
        float bias =
                never
                        ? -LogitBias.MOST
                        : value.isNumber() ? (float) value.doubleValue() : Float.NaN;
        boolean isId = token.isIntegralNumber() && token.canConvertToInt() && token.intValue() >= 0;
        if (pair.size() != 2
                || !(Math.abs(bias) <= LogitBias.MOST)
                || !(isId || token.isString())) {
            throw body.unexpected(
                    FIELD,
                    "pairs of a token's id or a text, and a number from -100 to 100 or false");
        }
        if (isId) {
            tokens.put(token.intValue(), bias);
        } else {
            texts.put(token.stringValue(), bias);
        }
    }
}
