package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.Grammar;
import dev.tramontane.grammar.InvalidGrammarException;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.List;
import java.util.Optional;

/// What is demanded of any schema and any document: the schema is refused, or its validator and its
/// grammar say the same of the document. For the fuzzer, which writes both.
public final class SchemaAgreement {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /// Orders of properties that are tried; with more the one that the grammar has may be missing.
    private static final int MOST_ORDERS = 100;

    /// Longer numbers than grammars write, and half characters, which no text has.
    private static final String UNWRITTEN = "(?s).*([0-9]E|[0-9]{20}|[\\ud800-\\udfff]).*";

    private SchemaAgreement() {}

    /// @throws InvalidGrammarException when the schema is refused
    /// @throws AssertionError when they disagree
    public static void check(String schema, String document) {
        JsonSchema read = JsonSchema.parse(schema);
        Optional<JsonNode> value = value(document);
        boolean valid = value.isPresent() && read.isValid(value.get());
        Grammar grammar = Grammar.compile(read.grammar());
        if (value.isEmpty()) {
            return;
        }
        List<String> texts = CanonicalJson.texts(value.get());
        boolean matches = texts.stream().anyMatch(grammar::matches);
        boolean isWritten = texts.size() < MOST_ORDERS && !texts.getFirst().matches(UNWRITTEN);
        if (matches && !valid || valid && !matches && isWritten) {
            throw new AssertionError(
                    "%s is %s, and the grammar of %s %s it"
                            .formatted(
                                    texts.getFirst(),
                                    valid ? "valid" : "not valid",
                                    schema,
                                    matches ? "matches" : "does not match"));
        }
    }

    private static Optional<JsonNode> value(String document) {
        try {
            JsonNode value = MAPPER.readTree(document);
            return Optional.of(value).filter(node -> !node.isMissingNode());
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }
}
