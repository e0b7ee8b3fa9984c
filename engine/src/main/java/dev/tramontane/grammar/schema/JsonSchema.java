package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.GrammarSource;
import dev.tramontane.grammar.InvalidGrammarException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.Optional;

/// A JSON schema (draft 2020-12) that answers and arguments can be held to: {@link #grammar} while
/// they are written, {@link #fault} once they are. Immutable and safe for any number of threads.
///
/// Which keywords there are, and which of them only {@link #fault} knows,
/// `docs/structured-output.md` says. Nothing that decides what is valid is passed over: it is
/// refused, by name and pointer.
public final class JsonSchema {
    private static final int MOST_CHARACTERS = 1_000_000;
    private static final int DEEPEST = 128;
    private static final int LONGEST_NUMBER = 1_000;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(DEEPEST)
                                                    .maxNumberLength(LONGEST_NUMBER)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build();

    private final Schemas schemas;
    private final long stepsLeft;

    private JsonSchema(Schemas schemas, long stepsLeft) {
        this.schemas = schemas;
        this.stepsLeft = stepsLeft;
    }

    /// Reads a schema.
    ///
    /// @throws InvalidGrammarException when it is malformed, or asks for what is not supported; its
    ///   place is a JSON pointer
    public static JsonSchema of(JsonNode schema) {
        var reader = new SchemaReader(schema);
        Schemas read = reader.read();
        return new JsonSchema(read, reader.stepsLeft());
    }

    /// Reads a schema from its text, in which no key may come twice.
    ///
    /// @throws InvalidGrammarException when it is no JSON, malformed, or asks for what is not
    ///   supported
    public static JsonSchema parse(String text) {
        if (text.length() > MOST_CHARACTERS) {
            throw new InvalidGrammarException(
                    "#",
                    "%d characters, expected at most %d; shorten the schema"
                            .formatted(text.length(), MOST_CHARACTERS));
        }
        try {
            return of(MAPPER.readTree(text));
        } catch (JacksonException e) {
            throw new InvalidGrammarException(
                    "#", "no valid JSON (%s); mend it".formatted(e.getOriginalMessage()));
        }
    }

    /// The texts that are valid, as a grammar.
    ///
    /// @throws InvalidGrammarException when a keyword cannot be told in a grammar, when there is
    ///   too much of it, or when nothing is valid; its place is a JSON pointer
    public GrammarSource grammar() {
        return SchemaGrammar.compile(schemas, new WorkLimit("#", stepsLeft));
    }

    public boolean isValid(JsonNode document) {
        return fault(document).isEmpty();
    }

    /// Why a document is not valid; empty where it is.
    public Optional<SchemaFault> fault(JsonNode document) {
        return new SchemaValidator(schemas).fault(schemas.root(), document);
    }
}
