package dev.tramontane.tokenizer;

import dev.tramontane.weights.ModelFormatException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// Reads a `tekken.json` as a stream of tokens: a tree of its 150,000 entries would be ten times
/// the file.
///
/// Its top level has `config`, `vocab`, `special_tokens`, `image` (`multimodal` up to v11) and
/// `model_settings_builder`, in any order; other keys are skipped.
final class TekkenReader {
    /// The pre-tokenisation that {@link PieceScanner} is written for.
    static final String PATTERN =
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
                    + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
                    + "|\\p{N}"
                    + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*"
                    + "|\\s*[\\r\\n]+"
                    + "|\\s+(?!\\S)"
                    + "|\\s+";

    /// Files have 1000; what is missing of the number they name is filled up, so it is capped.
    private static final int MOST_SPECIAL_TOKENS = 10_000;

    private static final int LONGEST_STRING_CHARS = 1 << 20;
    private static final int DEEPEST_NESTING = 32;

    /// Before this version the file may leave the special tokens out; they are these, by id.
    private static final int FIRST_WITH_OWN_SPECIAL_TOKENS = 11;

    private static final List<SpecialToken> FIXED_SPECIAL_TOKENS =
            List.of(
                    SpecialToken.UNKNOWN,
                    SpecialToken.BOS,
                    SpecialToken.EOS,
                    SpecialToken.INST,
                    SpecialToken.END_INST,
                    SpecialToken.AVAILABLE_TOOLS,
                    SpecialToken.END_AVAILABLE_TOOLS,
                    SpecialToken.TOOL_RESULTS,
                    SpecialToken.END_TOOL_RESULTS,
                    SpecialToken.TOOL_CALLS,
                    SpecialToken.IMG,
                    SpecialToken.PAD,
                    SpecialToken.IMG_BREAK,
                    SpecialToken.IMG_END,
                    SpecialToken.PREFIX,
                    SpecialToken.MIDDLE,
                    SpecialToken.SUFFIX,
                    SpecialToken.SYSTEM_PROMPT,
                    SpecialToken.END_SYSTEM_PROMPT,
                    SpecialToken.TOOL_CONTENT);

    /// From here on a `multimodal` section must be called `image`.
    private static final int FIRST_WITHOUT_MULTIMODAL = 13;

    private static final JsonMapper MAPPER =
            new JsonMapper(
                    JsonFactory.builder()
                            .streamReadConstraints(
                                    StreamReadConstraints.builder()
                                            .maxNestingDepth(DEEPEST_NESTING)
                                            .maxStringLength(LONGEST_STRING_CHARS)
                                            .build())
                            .build());

    private final String location;

    private Optional<Config> config = Optional.empty();
    private Optional<NavigableMap<Integer, String>> specialTokens = Optional.empty();
    private Optional<JsonNode> image = Optional.empty();
    private Optional<JsonNode> multimodal = Optional.empty();
    private Optional<JsonNode> modelSettings = Optional.empty();

    private byte[] bytes = new byte[1 << 16];
    private int[] ends = new int[1 << 12];
    private int entries;

    TekkenReader(String location) {
        this.location = location;
    }

    Tekken read(InputStream in) throws IOException {
        try (JsonParser json = MAPPER.createParser(in)) {
            json.nextToken();
            readFile(json);
            if (json.nextToken() != null) {
                throw malformed("more follows the closing brace, expected the end of the file");
            }
        } catch (JacksonIOException e) {
            throw e.getCause();
        } catch (JacksonException e) {
            throw new ModelFormatException(
                    location
                            + ": is not the JSON of a tekken.json ("
                            + e.getOriginalMessage()
                            + "), expected one as Mistral publishes it; get the file again",
                    e);
        }
        return build();
    }

    private void readFile(JsonParser json) {
        expect(json, JsonToken.START_OBJECT, "the file");
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            json.nextToken();
            switch (key) {
                case "config" -> config = Optional.of(readConfig(json));
                case "vocab" -> readVocab(json);
                case "special_tokens" -> specialTokens = Optional.of(readSpecialTokens(json));
                case "image" -> image = Optional.of(json.readValueAsTree());
                case "multimodal" -> multimodal = Optional.of(json.readValueAsTree());
                case "model_settings_builder" -> modelSettings = Optional.of(json.readValueAsTree());
                default -> json.skipChildren();
            }
        }
    }

    private record Config(String version, int number, int vocab, int specialTokens) {}

    private Config readConfig(JsonParser json) {
        expect(json, JsonToken.START_OBJECT, "config");
        String pattern = "";
        String version = "";
        int vocab = -1;
        int specials = -1;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            json.nextToken();
            switch (key) {
                case "pattern" -> pattern = string(json, "config.pattern");
                case "version" -> version = string(json, "config.version");
                case "default_vocab_size" -> vocab = number(json, "config.default_vocab_size");
                case "default_num_special_tokens" ->
                        specials = number(json, "config.default_num_special_tokens");
                default -> json.skipChildren();
            }
        }
        if (!pattern.equals(PATTERN)) {
            throw malformed(
                    "config.pattern is "
                            + (pattern.isEmpty() ? "missing" : "\"" + pattern + "\"")
                            + ", expected Tekken's own, the only one that is supported");
        }
        if (!version.matches("v[0-9]{1,4}")) {
            throw malformed("config.version is \"" + version + "\", expected one such as v13");
        }
        if (specials < 0 || specials > MOST_SPECIAL_TOKENS) {
            throw malformed(
                    "config.default_num_special_tokens is "
                            + (specials < 0 ? "missing or negative" : specials)
                            + ", expected 0 to "
                            + MOST_SPECIAL_TOKENS);
        }
        if (vocab < specials) {
            throw malformed(
                    "config.default_vocab_size is "
                            + (vocab < 0 ? "missing or negative" : vocab)
                            + ", expected at least the "
                            + specials
                            + " special tokens");
        }
        return new Config(version, Integer.parseInt(version.substring(1)), vocab, specials);
    }

    private void readVocab(JsonParser json) {
        expect(json, JsonToken.START_ARRAY, "vocab");
        if (entries > 0) {
            throw malformed("vocab is there twice, expected once");
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            String where = "vocab[" + entries + "]";
            expect(json, JsonToken.START_OBJECT, where);
            int rank = -1;
            byte[] token = {};
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String key = json.currentName();
                json.nextToken();
                switch (key) {
                    case "rank" -> rank = number(json, where + ".rank");
                    case "token_bytes" -> {
                        expect(json, JsonToken.VALUE_STRING, where + ".token_bytes");
                        token = json.getBinaryValue();
                    }
                    default -> json.skipChildren();
                }
            }
            if (rank != entries) {
                throw malformed(
                        where + ".rank is " + (rank < 0 ? "missing" : rank) + ", expected its place");
            }
            if (token.length == 0) {
                throw malformed(where + ".token_bytes is missing or empty, expected base64");
            }
            addEntry(token);
        }
    }

    private void addEntry(byte[] token) {
        int from = entries == 0 ? 0 : ends[entries - 1];
        if (from + token.length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(from + token.length, 2 * bytes.length));
        }
        System.arraycopy(token, 0, bytes, from, token.length);
        if (entries == ends.length) {
            ends = Arrays.copyOf(ends, 2 * entries);
        }
        ends[entries++] = from + token.length;
    }

    private NavigableMap<Integer, String> readSpecialTokens(JsonParser json) {
        var tokens = new TreeMap<Integer, String>();
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return tokens;
        }
        expect(json, JsonToken.START_ARRAY, "special_tokens");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            String where = "special_tokens[" + tokens.size() + "]";
            expect(json, JsonToken.START_OBJECT, where);
            int rank = -1;
            String spelling = "";
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String key = json.currentName();
                json.nextToken();
                switch (key) {
                    case "rank" -> rank = number(json, where + ".rank");
                    case "token_str" -> spelling = string(json, where + ".token_str");
                    default -> json.skipChildren();
                }
            }
            if (rank < 0 || spelling.isEmpty()) {
                throw malformed(where + " has no rank or no token_str, expected both");
            }
            if (tokens.put(rank, spelling) != null) {
                throw malformed(where + ".rank is " + rank + " again, expected each rank once");
            }
        }
        return tokens;
    }

    private Tekken build() {
        Config sizes = config.orElseThrow(() -> malformed("config is missing"));
        int kept = sizes.vocab() - sizes.specialTokens();
        if (entries < kept) {
            throw malformed(
                    "vocab has "
                            + entries
                            + " entries, expected at least "
                            + kept
                            + ": config.default_vocab_size less the special tokens");
        }
        if (multimodal.isPresent() && sizes.number() >= FIRST_WITHOUT_MULTIMODAL) {
            throw malformed("multimodal is there in " + sizes.version() + ", expected image");
        }
        var builder = new Vocabulary.Builder(location);
        addSpecialTokens(builder, sizes);
        for (int i = 0; i < kept; i++) {
            builder.text(bytes, i == 0 ? 0 : ends[i - 1], ends[i]);
        }
        var about =
                new TekkenConfig(
                        Optional.of(sizes.version()), image.or(() -> multimodal), modelSettings);
        return new Tekken(builder.build(), about, true, location);
    }

    private void addSpecialTokens(Vocabulary.Builder builder, Config sizes) {
        NavigableMap<Integer, String> named = specialTokens.orElseGet(() -> fixedSpecialTokens(sizes));
        if (!named.isEmpty() && named.lastKey() >= sizes.specialTokens()) {
            throw malformed(
                    "special_tokens has rank "
                            + named.lastKey()
                            + ", expected ranks below config.default_num_special_tokens, "
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

    private void expect(JsonParser json, JsonToken expected, String where) {
        if (json.currentToken() != expected) {
            throw malformed(where + " is " + json.currentToken() + ", expected " + expected);
        }
    }

    private String string(JsonParser json, String where) {
        expect(json, JsonToken.VALUE_STRING, where);
        return json.getString();
    }

    private int number(JsonParser json, String where) {
        expect(json, JsonToken.VALUE_NUMBER_INT, where);
        return json.getIntValue();
    }

    private ModelFormatException malformed(String what) {
        return new ModelFormatException(location + ": " + what + "; get the file again");
    }
}
