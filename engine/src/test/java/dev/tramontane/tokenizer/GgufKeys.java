package dev.tramontane.tokenizer;

import static java.util.Objects.requireNonNull;

import dev.tramontane.weights.Metadata;

import java.util.HashMap;
import java.util.Map;

/// The `tokenizer.ggml.…` keys of a GGUF file in the making; names are given without that prefix.
final class GgufKeys {
    static final int NORMAL = 1;
    static final int UNKNOWN = 2;
    static final int CONTROL = 3;
    static final int USER_DEFINED = 4;
    static final int UNUSED = 5;
    static final int BYTE = 6;

    private static final String PREFIX = "tokenizer.ggml.";

    private final Map<String, Object> values = new HashMap<>();

    GgufKeys put(String name, Object value) {
        values.put(PREFIX + name, value);
        return this;
    }

    void remove(String name) {
        values.remove(PREFIX + name);
    }

    String[] tokens() {
        return (String[]) requireNonNull(values.get(PREFIX + "tokens"));
    }

    int[] types() {
        return (int[]) requireNonNull(values.get(PREFIX + "token_type"));
    }

    float[] scores() {
        return (float[]) requireNonNull(values.get(PREFIX + "scores"));
    }

    Metadata metadata() {
        return new Metadata("test.gguf", values);
    }
}
