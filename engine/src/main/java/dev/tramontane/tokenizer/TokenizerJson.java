package dev.tramontane.tokenizer;

import dev.tramontane.weights.ModelFormatException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a `tokenizer.json` of Hugging Face's library says, not yet understood.
///
/// Vocabulary and merges are most of such a file; they are read as they stream by, the rest as a
/// tree.
///
/// @param location the file, for messages
/// @param sections the top level without the model
/// @param model the model without vocabulary and merges
/// @param vocab ids by spelling
/// @param merges in order
/// @param scores by id, of a unigram model
record TokenizerJson(
        String location,
        ObjectNode sections,
        ObjectNode model,
        Map<String, Integer> vocab,
        List<Merge> merges,
        List<Double> scores) {
    private static final int LONGEST_STRING_CHARS = 1 << 20;
    private static final int DEEPEST_NESTING = 32;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(DEEPEST_NESTING)
                                                    .maxStringLength(LONGEST_STRING_CHARS)
                                                    .maxNumberLength(100)
                                                    .build())
                                    .build())
                    .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /// The spellings of two tokens that are joined.
    record Merge(String left, String right) {}

    /// Reads a file from a stream, which stays open.
    ///
    /// @throws ModelFormatException when it is no such file, or a damaged one
    static TokenizerJson read(InputStream in, String location) throws IOException {
        var file =
                new TokenizerJson(
                        location,
                        MAPPER.createObjectNode(),
                        MAPPER.createObjectNode(),
                        new LinkedHashMap<>(),
                        new ArrayList<>(),
                        new ArrayList<>());
        var stream = new JsonStream(in);
        try (JsonParser json = MAPPER.createParser(stream)) {
            json.nextToken();
            file.expect(json, JsonToken.START_OBJECT);
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String key = nextKey(json);
                if (key.equals("model")) {
                    file.readModel(json);
                } else {
                    file.sections.set(key, json.<JsonNode>readValueAsTree());
                }
            }
            if (json.nextToken() != null) {
                throw file.malformed("more follows the closing brace, expected the file's end");
            }
            return file;
        } catch (JacksonException e) {
            throw stream.refusal(location, e, "a tokenizer.json");
        }
    }

    private void readModel(JsonParser json) {
        expect(json, JsonToken.START_OBJECT);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = nextKey(json);
            if (key.equals("vocab") && json.currentToken() == JsonToken.START_OBJECT) {
                readVocab(json);
            } else if (key.equals("vocab") && json.currentToken() == JsonToken.START_ARRAY) {
                readScores(json);
            } else if (key.equals("merges")) {
                readMerges(json);
            } else {
                model.set(key, json.<JsonNode>readValueAsTree());
            }
        }
    }

    private void readVocab(JsonParser json) {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String spelling = nextKey(json);
            expect(json, JsonToken.VALUE_NUMBER_INT);
            if (json.getNumberType() != JsonParser.NumberType.INT || json.getIntValue() < 0) {
                throw malformed(
                        place(json) + " is no id, expected an integer from 0 to less than 2^31");
            }
            if (vocab.put(spelling, json.getIntValue()) != null) {
                throw malformed(place(json) + " is there twice, expected each token once");
            }
        }
    }

    /// A unigram model lists its tokens in the order of their ids, each with its score.
    private void readScores(JsonParser json) {
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json, JsonToken.START_ARRAY);
            json.nextToken();
            String spelling = string(json);
            json.nextToken();
            if (!json.currentToken().isNumeric() || !Double.isFinite(json.getDoubleValue())) {
                throw malformed(place(json) + " is no score, expected a finite number");
            }
            if (vocab.put(spelling, scores.size()) != null) {
                throw malformed(
                        place(json)
                                + " is there already as "
                                + Quoted.of(spelling)
                                + ", expected each token once");
            }
            scores.add(json.getDoubleValue());
            json.nextToken();
            expect(json, JsonToken.END_ARRAY);
        }
    }

    private void readMerges(JsonParser json) {
        expect(json, JsonToken.START_ARRAY);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() == JsonToken.VALUE_STRING) {
                String merge = json.getString();
                int space = merge.indexOf(' ');
                if (space < 0) {
                    throw malformed(
                            place(json) + " has no space, expected one between the two tokens");
                }
                merges.add(new Merge(merge.substring(0, space), merge.substring(space + 1)));
            } else {
                expect(json, JsonToken.START_ARRAY);
                json.nextToken();
                String left = string(json);
                json.nextToken();
                merges.add(new Merge(left, string(json)));
                json.nextToken();
                expect(json, JsonToken.END_ARRAY);
            }
        }
    }

    /// A section's steps: none, one, or those of a sequence.
    List<JsonNode> steps(String section, String inSequence) {
        JsonNode node = sections.path(section);
        if (node.isMissingNode() || node.isNull()) {
            return List.of();
        }
        List<JsonNode> steps = new ArrayList<>();
        addSteps(section, inSequence, node, steps);
        return steps;
    }

    private void addSteps(String section, String inSequence, JsonNode node, List<JsonNode> steps) {
        if (!node.isObject()) {
            throw malformed(section + " is " + node.getNodeType() + ", expected an object");
        }
        if (text(node, "type").equals("Sequence")) {
            node.path(inSequence).forEach(step -> addSteps(section, inSequence, step, steps));
        } else {
            steps.add(node);
        }
    }

    /// A text of an object, or nothing.
    static String text(JsonNode object, String key) {
        return object.path(key).isString() ? object.path(key).stringValue() : "";
    }

    ModelFormatException unknown(String section, JsonNode step, String expected) {
        return unsupported(
                section + " has " + Quoted.of(step.toString()) + ", expected " + expected);
    }

    ModelFormatException malformed(String what) {
        return new ModelFormatException(location + ": " + what + "; get the file again");
    }

    ModelFormatException unsupported(String what) {
        return new ModelFormatException(
                location
                        + ": "
                        + what
                        + "; use the model's tekken.json or GGUF file, if it has one");
    }

    private String string(JsonParser json) {
        expect(json, JsonToken.VALUE_STRING);
        return json.getString();
    }

    /// The key at hand; the parser moves on to its value.
    private static String nextKey(JsonParser json) {
        String key = json.currentName();
        json.nextToken();
        return key;
    }

    private static String place(JsonParser json) {
        return Quoted.of(String.valueOf(json.streamReadContext().pathAsPointer()));
    }

    private void expect(JsonParser json, JsonToken expected) {
        if (json.currentToken() != expected) {
            throw malformed(place(json) + " is " + json.currentToken() + ", expected " + expected);
        }
    }
}
