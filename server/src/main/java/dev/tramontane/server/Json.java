package dev.tramontane.server;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Bodies of requests, read within limits.
final class Json {
    private static final int MOST_DEPTH = 64;
    private static final int LONGEST_TEXT_CHARS = 32 << 20;
    private static final int LONGEST_NUMBER_CHARS = 64;
    private static final int LONGEST_NAME_CHARS = 4096;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MOST_DEPTH)
                                                    .maxStringLength(LONGEST_TEXT_CHARS)
                                                    .maxNumberLength(LONGEST_NUMBER_CHARS)
                                                    .maxNameLength(LONGEST_NAME_CHARS)
                                                    .build())
                                    .build())
                    .build();

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /// @throws RefusedException when it is no JSON, or more than a request may be
    static JsonNode parse(byte[] body) {
        if (body.length == 0) {
            throw RefusedException.malformed("the body is empty, expected JSON; send an object");
        }
        try {
            JsonNode value = MAPPER.readTree(body);
            if (!value.isMissingNode()) {
                return value;
            }
        } catch (StreamConstraintsException e) {
            throw RefusedException.malformed(
                    "the body is more than a request may be, expected %d levels, numbers of %d digits and names of %d characters at most; make it simpler"
                            .formatted(MOST_DEPTH, LONGEST_NUMBER_CHARS, LONGEST_NAME_CHARS));
        } catch (JacksonException e) {
            throw RefusedException.malformed(
                    "the body is no JSON at line %d, column %d, expected an object; correct it"
                            .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
        }
        throw RefusedException.malformed("the body is empty, expected JSON; send an object");
    }
}
