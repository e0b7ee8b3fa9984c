package dev.tramontane.tokenizer;

import dev.tramontane.weights.ModelFormatException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Reads a `tekken.json`, its 150,000 entries as they stream by: a tree of them would take ten
/// times the file.
///
/// The top level has `config`, `vocab`, `special_tokens`, `image` (`multimodal` up to v11) and
/// `model_settings_builder`, in any order; other keys are skipped. Messages name places as JSON
/// pointers (RFC 6901). One reader reads one file.
final class TekkenReader {
    /// Files have 1000. What a file leaves out of the number it names is filled up, so the number
    /// alone must not cost much.
    private static final int MOST_SPECIAL_TOKENS = 10_000;

    /// Values of the sections that are kept as trees: a tree takes some ten times its text.
    private static final int MOST_TREE_VALUES = 10_000;

    private static final int LONGEST_STRING_CHARS = 1 << 20;
    private static final int DEEPEST_NESTING = 32;

    /// Older files may leave the special tokens out; they are these, in id order.
    private static final int FIRST_WITH_OWN_SPECIAL_TOKENS = 11;

    private static final Set<SpecialToken> FIXED_SPECIAL_TOKENS =
            EnumSet.range(SpecialToken.UNKNOWN, SpecialToken.TOOL_CONTENT);

    /// From this version on the section `multimodal` must be called `image`.
    private static final int FIRST_WITHOUT_MULTIMODAL = 13;

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(DEEPEST_NESTING)
                                    .maxStringLength(LONGEST_STRING_CHARS)
                                    .build())
                    .build();

    /// Reads the tree at hand. Apart, because not every file has one and the first mapper of a
    /// process takes a while to make.
    static final class Trees {
        static final JsonMapper MAPPER =
                JsonMapper.builder(JSON)
                        .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                        .build();
    }

    private final String location;
    private final JsonParser json;

    private Optional<Config> config = Optional.empty();
    private Optional<NavigableMap<Integer, String>> specialTokens = Optional.empty();
    private Optional<JsonNode> image = Optional.empty();
    private Optional<JsonNode> multimodal = Optional.empty();
    private Optional<JsonNode> modelSettings = Optional.empty();

    private final ByteStrings entries;
    private int treeValues;

    private TekkenReader(JsonParser json, String location) {
        this.json = json;
        this.location = location;
        this.entries = new ByteStrings(location);
    }

    static Tekken read(InputStream in, String location) throws IOException {
        var stream = new JsonStream(in);
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), stream)) {
            var reader = new TekkenReader(json, location);
            reader.readFile();
            return reader.build();
        } catch (JacksonException e) {
            throw stream.refusal(location, e, "a tekken.json as Mistral publishes it");
        }
    }

    private void readFile() {
        json.nextToken();
        expect(JsonToken.START_OBJECT);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            switch (nextKey()) {
                case "config" -> config = Optional.of(readConfig());
                case "vocab" -> readVocab();
                case "special_tokens" -> specialTokens = readSpecialTokens();
                case "image" -> image = readSection();
                case "multimodal" -> multimodal = readSection();
                case "model_settings_builder" -> modelSettings = readSection();
                default -> json.skipChildren();
            }
        }
        if (json.nextToken() != null) {
            throw malformed("more follows the closing brace, expected the end of the file");
        }
    }

    /// @param number of the version
    private record Config(String version, int number, int vocab, int specialTokens) {}

    private Config readConfig() {
        expect(JsonToken.START_OBJECT);
        String pattern = "";
        String version = "";
        int vocab = -1;
        int specials = -1;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            switch (nextKey()) {
                case "pattern" -> pattern = string();
                case "version" -> version = string();
                case "default_vocab_size" -> vocab = number();
                case "default_num_special_tokens" -> specials = number();
                default -> json.skipChildren();
            }
        }
        if (!pattern.equals(Tekken.PATTERN)) {
            throw malformed(
                    "config.pattern is "
                            + Quoted.of(pattern)
                            + ", expected Tekken's own, the only one that is supported");
        }
        if (!version.matches("v[0-9]{1,4}")) {
            throw malformed(
                    "config.version is " + Quoted.of(version) + ", expected one such as v13");
        }
        if (specials < 0 || specials > MOST_SPECIAL_TOKENS) {
            throw malformed(
                    "config.default_num_special_tokens is missing or "
                            + specials
                            + ", expected 0 to "
                            + MOST_SPECIAL_TOKENS);
        }
        if (vocab < specials) {
            throw malformed(
                    "config.default_vocab_size is missing or "
                            + vocab
                            + ", expected at least default_num_special_tokens, "
                            + specials);
        }
        return new Config(version, Integer.parseInt(version.substring(1)), vocab, specials);
    }

    private void readVocab() {
        expect(JsonToken.START_ARRAY);
        if (entries.size() > 0) {
            throw malformed("vocab is there twice, expected once");
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            byte[] token = readEntry(entries.size());
            entries.add(token, 0, token.length);
        }
    }

    private byte[] readEntry(int place) {
        expect(JsonToken.START_OBJECT);
        int rank = -1;
        byte[] token = {};
        while (json.nextToken() != JsonToken.END_OBJECT) {
            switch (nextKey()) {
                case "rank" -> rank = number();
                case "token_bytes" -> {
                    expect(JsonToken.VALUE_STRING);
                    token = json.getBinaryValue();
                }
                default -> json.skipChildren();
            }
        }
        if (rank != place) {
            throw malformed(
                    "vocab[" + place + "].rank is missing or " + rank + ", expected its place");
        }
        if (token.length == 0) {
            throw malformed("vocab[" + place + "].token_bytes is missing, expected base64");
        }
        return token;
    }

    private Optional<NavigableMap<Integer, String>> readSpecialTokens() {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return Optional.empty();
        }
        expect(JsonToken.START_ARRAY);
        var tokens = new TreeMap<Integer, String>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(JsonToken.START_OBJECT);
            int rank = -1;
            String spelling = "";
            while (json.nextToken() != JsonToken.END_OBJECT) {
                switch (nextKey()) {
                    case "rank" -> rank = number();
                    case "token_str" -> spelling = string();
                    default -> json.skipChildren();
                }
            }
            if (rank < 0 || spelling.isEmpty()) {
                throw malformed("a special token has no rank or no token_str, expected both");
            }
            if (tokens.size() == MOST_SPECIAL_TOKENS) {
                throw malformed(
                        "special_tokens has more than "
                                + MOST_SPECIAL_TOKENS
                                + " entries, expected fewer");
            }
            if (tokens.put(rank, spelling) != null) {
                throw malformed("special_tokens has rank " + rank + " twice, expected it once");
            }
        }
        return Optional.of(tokens);
    }

    private Optional<JsonNode> readSection() {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return Optional.empty();
        }
        expect(JsonToken.START_OBJECT);
        return Optional.of(tree());
    }

    /// The value at hand. Its depth is bounded by the parser, its size here.
    private JsonNode tree() {
        if (++treeValues > MOST_TREE_VALUES) {
            throw malformed(
                    "image, multimodal and model_settings_builder hold more than "
                            + MOST_TREE_VALUES
                            + " values, expected fewer");
        }
        if (json.currentToken() == JsonToken.START_OBJECT) {
            ObjectNode object = Trees.MAPPER.createObjectNode();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String key = nextKey();
                object.set(key, tree());
            }
            return object;
        }
        if (json.currentToken() == JsonToken.START_ARRAY) {
            ArrayNode array = Trees.MAPPER.createArrayNode();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                array.add(tree());
            }
            return array;
        }
        return Trees.MAPPER.readTree(json);
    }

    private Tekken build() {
        Config sizes =
                config.orElseThrow(() -> malformed("config is missing, expected the file's sizes"));
        int kept = sizes.vocab() - sizes.specialTokens();
        if (entries.size() < kept) {
            throw malformed(
                    "vocab has "
                            + entries.size()
                            + " entries, expected default_vocab_size less the special tokens, "
                            + kept);
        }
        if (multimodal.isPresent() && sizes.number() >= FIRST_WITHOUT_MULTIMODAL) {
            throw malformed("multimodal is there in " + sizes.version() + ", expected image");
        }
        var builder = new Vocabulary.Builder(location);
        addSpecialTokens(builder, sizes);
        builder.texts(kept, entries);
        var about =
                new TekkenConfig(
                        Optional.of(sizes.version()), image.or(() -> multimodal), modelSettings);
        return new Tekken(builder.build(), about, true, location);
    }

    private void addSpecialTokens(Vocabulary.Builder builder, Config sizes) {
        NavigableMap<Integer, String> named =
                specialTokens.orElseGet(() -> fixedSpecialTokens(sizes));
        if (!named.isEmpty() && named.lastKey() >= sizes.specialTokens()) {
            throw malformed(
                    "special_tokens has rank "
                            + named.lastKey()
                            + ", expected ranks below default_num_special_tokens, "
                            + sizes.specialTokens());
        }
        for (int id = 0; id < sizes.specialTokens(); id++) {
            String spelling = named.get(id);
            builder.mark(spelling == null ? "<SPECIAL_" + id + ">" : spelling);
        }
    }

    private NavigableMap<Integer, String> fixedSpecialTokens(Config sizes) {
        if (sizes.number() >= FIRST_WITH_OWN_SPECIAL_TOKENS) {
            throw malformed("special_tokens is missing, expected it in " + sizes.version());
        }
        var tokens = new TreeMap<Integer, String>();
        for (SpecialToken token : FIXED_SPECIAL_TOKENS) {
            tokens.put(tokens.size(), token.spelling());
        }
        return tokens;
    }

    /// The key at hand; the parser moves on to its value.
    private String nextKey() {
        String key = json.currentName();
        json.nextToken();
        return key;
    }

    private String string() {
        expect(JsonToken.VALUE_STRING);
        return json.getString();
    }

    private int number() {
        expect(JsonToken.VALUE_NUMBER_INT);
        if (json.getNumberType() != JsonParser.NumberType.INT) {
            throw malformed(
                    "\""
                            + json.streamReadContext().pathAsPointer()
                            + "\" is "
                            + Quoted.of(json.getString())
                            + ", expected less than 2^31");
        }
        return json.getIntValue();
    }

    private void expect(JsonToken expected) {
        if (json.currentToken() != expected) {
            throw malformed(
                    "\""
                            + json.streamReadContext().pathAsPointer()
                            + "\" is "
                            + json.currentToken()
                            + ", expected "
                            + expected);
        }
    }

    private ModelFormatException malformed(String what) {
        return new ModelFormatException(location + ": " + what + "; get the file again");
    }
}
