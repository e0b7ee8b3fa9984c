package dev.tramontane.model;

import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFormatException;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.util.Optional;
import java.util.function.Function;

/// A model's configuration as the file wrote it, read field by field: a value of the wrong type or
/// out of range is a {@link ModelFormatException} that names file and field.
final class ConfigFields {
    static final int MOST_DIM = 1 << 16;
    static final int MOST_LAYERS = 1 << 10;
    static final int MOST_HEADS = 1 << 10;
    static final int MOST_HEAD_DIM = 1 << 10;
    static final int MOST_HIDDEN_DIM = 1 << 20;
    static final int MOST_VOCAB = 1 << 22;
    static final int MOST_CONTEXT = 1 << 27;

    private static final double MOST_ROPE_THETA = 1e15;
    private static final double MOST_YARN_FACTOR = 1e6;
    private static final double LEAST_YARN_BETA = 1e-3;
    private static final double MOST_YARN_BETA = 1e6;

    private final String location;
    private final String prefix;
    private final Function<String, Optional<Object>> values;

    private ConfigFields(
            String location, String prefix, Function<String, Optional<Object>> values) {
        this.location = location;
        this.prefix = prefix;
        this.values = values;
    }

    /// The keys of a GGUF file under its architecture's name.
    static ConfigFields of(String location, Metadata metadata, String architecture) {
        String prefix = architecture + ".";
        return new ConfigFields(location, prefix, key -> metadata.get(prefix + key));
    }

    /// The fields of a JSON object; `null` counts as absent.
    static ConfigFields of(String location, String prefix, JsonNode object) {
        return new ConfigFields(location, prefix, key -> value(object.get(key)));
    }

    private static Optional<Object> value(@Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            return Optional.empty();
        }
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return Optional.of(node.longValue());
        }
        if (node.isNumber()) {
            return Optional.of(node.doubleValue());
        }
        if (node.isBoolean()) {
            return Optional.of(node.booleanValue());
        }
        return node.isString() ? Optional.of(node.stringValue()) : Optional.of(node);
    }

    String location() {
        return location;
    }

    boolean has(String key) {
        return values.apply(key).isPresent();
    }

    /// The value as written, whatever its type.
    Optional<Object> value(String key) {
        return values.apply(key);
    }

    /// A whole number from 1 to `most`.
    Optional<Integer> count(String key, int most) {
        return value(key)
                .map(
                        value -> {
                            if (value instanceof Long whole && whole >= 1 && whole <= most) {
                                return whole.intValue();
                            }
                            throw wrong(key, value, "a whole number from 1 to " + most);
                        });
    }

    int requiredCount(String key, int most) {
        return count(key, most).orElseThrow(() -> missing(key));
    }

    /// A finite number within bounds, both included.
    Optional<Double> number(String key, double least, double most) {
        return value(key)
                .map(
                        value -> {
                            double number =
                                    switch (value) {
                                        case Long whole -> whole;
                                        case Double real -> real;
                                        default -> Double.NaN;
                                    };
                            if (number >= least && number <= most) {
                                return number;
                            }
                            throw wrong(key, value, "a number from " + least + " to " + most);
                        });
    }

    Optional<String> text(String key) {
        return value(key)
                .map(
                        value -> {
                            if (value instanceof String text) {
                                return text;
                            }
                            throw wrong(key, value, "a string");
                        });
    }

    boolean flag(String key, boolean absent) {
        return value(key)
                .map(
                        value -> {
                            if (value instanceof Boolean flag) {
                                return flag;
                            }
                            throw wrong(key, value, "true or false");
                        })
                .orElse(absent);
    }

    float normEps(String key) {
        return number(key, 1e-12, 1e-1).orElseThrow(() -> missing(key)).floatValue();
    }

    Optional<Double> ropeTheta(String key) {
        // The logarithm of the base is a divisor in YaRN: it must not be zero.
        return number(key, 1.001, MOST_ROPE_THETA);
    }

    /// How far a token looks back: `Integer.MAX_VALUE` where the field is absent or zero.
    int window(String key) {
        if (value(key).filter(value -> value instanceof Long whole && whole == 0).isPresent()) {
            return Integer.MAX_VALUE;
        }
        return count(key, Integer.MAX_VALUE).orElse(Integer.MAX_VALUE);
    }

    /// The width of a head where the file leaves it out: an equal share of the model's.
    int sharedHeadDim(int dim, int heads) {
        if (dim % heads != 0) {
            throw inconsistent("%d heads do not share a width of %d".formatted(heads, dim));
        }
        return dim / heads;
    }

    /// What must hold between the heads of queries and of keys.
    void checkHeads(int heads, int kvHeads, int headDim) {
        if (heads % kvHeads != 0) {
            throw inconsistent(
                    "%d query heads do not share %d key heads".formatted(heads, kvHeads));
        }
        if (headDim % 2 != 0 || headDim > MOST_HEAD_DIM) {
            throw inconsistent(
                    "heads are %d wide, expected an even number up to %d"
                            .formatted(headDim, MOST_HEAD_DIM));
        }
    }

    ModelFormatException inconsistent(String what) {
        return new ModelFormatException(
                location + ": " + what + "; the file is damaged: get or convert it again");
    }

    double yarnFactor(String key) {
        return number(key, 1, MOST_YARN_FACTOR).orElseThrow(() -> missing(key));
    }

    /// YaRN with the borders of its ramp, in turns within the original context; 32 and 1 where the
    /// file leaves them out, as in the paper.
    ModelConfig.Yarn yarn(
            double factor,
            int originalContext,
            String fastKey,
            String slowKey,
            double attentionFactor) {
        double fast = number(fastKey, LEAST_YARN_BETA, MOST_YARN_BETA).orElse(32.0);
        double slow = number(slowKey, LEAST_YARN_BETA, MOST_YARN_BETA).orElse(1.0);
        if (fast < slow) {
            throw wrong(fastKey, fast, "no less than " + prefix + slowKey + ", " + slow);
        }
        return new ModelConfig.Yarn(factor, originalContext, fast, slow, attentionFactor);
    }

    /// How far positions reach: YaRN stretches its original context, and who adds it to a published
    /// configuration, as Qwen 3's authors advise, leaves the plain context as it stands.
    int contextWith(Optional<ModelConfig.Yarn> yarn, int context) {
        double reach = yarn.map(y -> y.factor() * y.originalContext()).orElse(0.0);
        return (int) Math.max(context, Math.min(Math.rint(reach), MOST_CONTEXT));
    }

    /// Refuses what would change the network in a way we do not compute: any value other than
    /// absent, `false`, zero, or `harmless`.
    void refuse(String key, String what, Object harmless) {
        value(key)
                .filter(value -> !Boolean.FALSE.equals(value))
                .filter(value -> !(value instanceof Long whole && whole == 0))
                .filter(value -> !(value instanceof Double real && real == 0))
                .filter(value -> !harmless.equals(value))
                .ifPresent(
                        _ -> {
                            throw unsupported(key, what);
                        });
    }

    void refuse(String key, String what) {
        refuse(key, what, false);
    }

    ModelFormatException unsupported(String key, String what) {
        return new ModelFormatException(
                "%s: %s asks for %s, which is not supported; %s in F32, F16, BF16 or a supported GGUF type"
                        .formatted(location, prefix + key, what, OtherNetworks.ADVICE));
    }

    ModelFormatException missing(String key) {
        return new ModelFormatException(
                "%s: no %s, which the model cannot do without; get the file again"
                        .formatted(location, prefix + key));
    }

    ModelFormatException wrong(String key, Object value, String expected) {
        String shown = String.valueOf(value);
        return new ModelFormatException(
                "%s: %s is %s, expected %s; get or convert the file again"
                        .formatted(
                                location,
                                prefix + key,
                                shown.length() > 60 ? shown.substring(0, 60) + "…" : shown,
                                expected));
    }
}
