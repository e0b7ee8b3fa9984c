package dev.tramontane.wire;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Thinking;
import dev.tramontane.sampling.SamplingParams;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What requests mean where they leave a field open, in the fields' own words:
/// `{"temperature":0.7,"max_tokens":4000,"reasoning_effort":"high"}`. It holds for requests of
/// every API.
///
/// @param fields of a chat completion, those of {@link #NAMES} alone; shared
public record RequestDefaults(JsonNode fields) {
    /// The fields that may have a default. Not the seed: answers would be the same each time.
    public static final Set<String> NAMES =
            Set.of(
                    "temperature",
                    "top_k",
                    "typical_p",
                    "top_p",
                    "min_p",
                    "max_tokens",
                    "repetition_penalty",
                    "frequency_penalty",
                    "presence_penalty",
                    "repeat_last_n",
                    "dry_multiplier",
                    "dry_base",
                    "dry_allowed_length",
                    "dry_penalty_last_n",
                    "logit_bias",
                    "thinking_budget",
                    "reasoning_effort",
                    "reasoning_format");

    private static final SamplingParams ANY = SamplingParams.greedy(Integer.MAX_VALUE);

    /// All as the model has it.
    public static final RequestDefaults NONE =
            new RequestDefaults(JsonNodeFactory.instance.objectNode());

    /// @throws InvalidRequestException when a field is none of those, or its value means nothing;
    ///   it names the field
    public RequestDefaults {
        Fields body = new Fields(fields, "");
        for (String name : fields.propertyNames()) {
            if (!NAMES.contains(name)) {
                throw new InvalidRequestException(
                        name,
                        "no field that has a default, expected one of "
                                + String.join(", ", new TreeSet<>(NAMES)));
            }
        }
        new SamplingReader(body, ANY).read();
        new RequestReader(body).thinking();
        ChatCompletions.format(body);
    }

    /// How tokens are chosen where a request does not say.
    ///
    /// @param own the model's own wishes, for what has no default here
    public SamplingParams sampling(SamplingParams own) {
        return new SamplingReader(new Fields(fields, ""), own).read();
    }

    /// Whether and how much to think where a request does not say.
    public Thinking thinking() {
        return new RequestReader(new Fields(fields, "")).thinking();
    }

    /// How thinking is told where neither request, nor key, nor client says.
    public Optional<ReasoningFormat> format() {
        return ChatCompletions.format(new Fields(fields, ""));
    }

    /// With one more field.
    ///
    /// @throws InvalidRequestException when it has no default, or its value means nothing
    public RequestDefaults with(String field, JsonNode value) {
        ObjectNode more = JsonNodeFactory.instance.objectNode();
        for (String name : fields.propertyNames()) {
            more.set(name, fields.path(name));
        }
        more.set(field, value);
        return new RequestDefaults(more);
    }
}
