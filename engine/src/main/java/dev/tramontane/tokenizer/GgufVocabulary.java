package dev.tramontane.tokenizer;

import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFormatException;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The `tokenizer.ggml.…` keys of a GGUF file.
///
/// `tokens` has the spelling of each id and `token_type` its kind: 1 normal, 2 unknown, 3 control,
/// 4 user-defined, 5 unused, 6 byte (GGUF specification, section *Tokenizer*).
final class GgufVocabulary {
    static final String PREFIX = "tokenizer.ggml.";

    static final int NORMAL = 1;
    static final int UNKNOWN = 2;
    static final int CONTROL = 3;
    static final int USER_DEFINED = 4;
    static final int UNUSED = 5;
    static final int BYTE = 6;

    static final Map<SpecialToken, String> ROLE_KEYS =
            Collections.unmodifiableMap(
                    new EnumMap<>(
                            Map.of(
                                    SpecialToken.UNKNOWN, PREFIX + "unknown_token_id",
                                    SpecialToken.BOS, PREFIX + "bos_token_id",
                                    SpecialToken.EOS, PREFIX + "eos_token_id",
                                    SpecialToken.PAD, PREFIX + "padding_token_id")));

    static final List<String> STOP_KEYS = List.of(PREFIX + "eot_token_id", PREFIX + "eom_token_id");

    /// Our own keys, lists of ids: GGUF has none for more tokens that end an answer, nor for those
    /// that take the white space around them with them.
    static final String MORE_STOPS = "tramontane.stop_tokens";

    static final String STRIPS_BEFORE = "tramontane.lstrip_tokens";
    static final String STRIPS_AFTER = "tramontane.rstrip_tokens";

    private static final int[] NO_IDS = {};

    private final Metadata metadata;
    private final String[] tokens;
    private final int[] types;
    private final Set<Integer> stripsBefore;
    private final Set<Integer> stripsAfter;

    GgufVocabulary(Metadata metadata) {
        this.metadata = metadata;
        this.tokens = metadata.texts(PREFIX + "tokens").orElseThrow(() -> missing("tokens"));
        this.types = metadata.ints(PREFIX + "token_type").orElseThrow(() -> missing("token_type"));
        requireOneEach("token_type", types.length);
        this.stripsBefore = Set.copyOf(ids(STRIPS_BEFORE));
        this.stripsAfter = Set.copyOf(ids(STRIPS_AFTER));
    }

    private Set<Integer> ids(String key) {
        Set<Integer> ids = new HashSet<>();
        for (int id : metadata.ints(key).orElse(NO_IDS)) {
            ids.add(checkedId(key, id));
        }
        return ids;
    }

    private Spelling spelling(int id) {
        return new Spelling(tokens[id], id, stripsBefore.contains(id), stripsAfter.contains(id));
    }

    /// Refuses a file whose vocabulary is of another model.
    static void requireModel(Metadata metadata, String expected) {
        String model = metadata.text(PREFIX + "model").orElse("missing");
        if (!model.equals(expected)) {
            throw unsupported(metadata, "model", model, expected);
        }
    }

    /// Refuses a file whose text is cut in another way.
    static void requirePreTokenizer(Metadata metadata, PreTokenizer expected) {
        if (!preTokenizer(metadata).equals(expected)) {
            String pre = metadata.text(PREFIX + "pre").orElse("missing");
            throw unsupported(metadata, "pre", pre, expected.names().getFirst());
        }
    }

    /// How a `gpt2` vocabulary wants text cut.
    static PreTokenizer preTokenizer(Metadata metadata) {
        String pre = metadata.text(PREFIX + "pre").orElse("missing");
        return PreTokenizer.named(pre)
                .orElseThrow(
                        () ->
                                unsupported(
                                        metadata, "pre", pre, "one of " + PreTokenizer.allNames()));
    }

    static ModelFormatException unsupported(
            Metadata metadata, String key, String found, String expected) {
        return new ModelFormatException(
                metadata.location()
                        + ": "
                        + PREFIX
                        + key
                        + " is "
                        + found
                        + ", expected "
                        + expected
                        + "; convert the model with a current converter, or use another one");
    }

    /// A `gpt2` vocabulary: one character of a spelling stands for one byte.
    Vocabulary byteLevel() {
        var builder = new Vocabulary.Builder(metadata.location());
        for (int id = 0; id < tokens.length; id++) {
            switch (types[id]) {
                case NORMAL -> builder.text(spelledBytes("tokens[" + id + "]", tokens[id]));
                case USER_DEFINED -> builder.userDefined(spelling(id));
                case UNKNOWN, CONTROL -> builder.mark(spelling(id));
                case UNUSED -> builder.unused();
                default -> throw wrongType(id);
            }
        }
        return build(builder);
    }

    /// A `llama` or `t5` vocabulary: spellings are text with ▁ for a space, and `<0x0A>` for a
    /// byte.
    Vocabulary sentencePiece() {
        var builder = new Vocabulary.Builder(metadata.location());
        for (int id = 0; id < tokens.length; id++) {
            switch (types[id]) {
                case NORMAL -> builder.text(spacedBytes(tokens[id]));
                case BYTE -> builder.singleByte(namedByte(id));
                case USER_DEFINED -> builder.userDefined(spelling(id));
                case UNKNOWN, CONTROL -> builder.mark(spelling(id));
                case UNUSED -> builder.unused();
                default -> throw wrongType(id);
            }
        }
        return build(builder);
    }

    /// The merges of a `gpt2` vocabulary, each spelled as its two halves with a space between.
    MergeList merges(Vocabulary vocabulary) {
        String key = PREFIX + "merges";
        String[] merges =
                metadata.texts(key)
                        .orElseThrow(
                                () -> malformed(key + " is missing, expected a list of pairs"));
        var list = new MergeList.Builder(vocabulary, merges.length, metadata.location());
        for (int rank = 0; rank < merges.length; rank++) {
            String place = key + "[" + rank + "]";
            int space = merges[rank].indexOf(' ');
            if (space < 0) {
                throw malformed(
                        place
                                + " is \""
                                + merges[rank]
                                + "\", expected two tokens with a space between them");
            }
            list.add(
                    place,
                    spelledBytes(place, merges[rank].substring(0, space)),
                    spelledBytes(place, merges[rank].substring(space + 1)));
        }
        return list.build();
    }

    /// Which token is made first: the one with the highest score.
    Joining joiningByScore(TokenTable table) {
        int[] priorities = prioritiesByScore();
        return new TokenPriorities(table, priorities, priorities.length);
    }

    /// The unigram model of a `t5` vocabulary. As for SentencePiece, marks do not count for the
    /// lowest score.
    Unigram unigram(Vocabulary vocabulary) {
        float[] scores = scores();
        double[] wide = new double[scores.length];
        double lowest = Double.POSITIVE_INFINITY;
        for (int id = 0; id < scores.length; id++) {
            if (!Float.isFinite(scores[id])) {
                throw malformed(
                        "%sscores[%d] is %s, expected a finite number"
                                .formatted(PREFIX, id, scores[id]));
            }
            wide[id] = scores[id];
            lowest = types[id] == NORMAL ? Math.min(lowest, wide[id]) : lowest;
        }
        return new Unigram(
                vocabulary, wide, Double.isFinite(lowest) ? lowest : 0, metadata.location());
    }

    /// What a `t5` vocabulary wants done with a text, where it says nothing as llama.cpp does it.
    TextStep sentencePieceRules(boolean prefix) {
        String key = PREFIX + "precompiled_charsmap";
        CharsMap map =
                metadata.ints(key)
                        .map(numbers -> CharsMap.read(bytes(key, numbers), metadata.location()))
                        .orElse(CharsMap.EMPTY);
        boolean trims = metadata.bool(PREFIX + "remove_extra_whitespaces").orElse(false);
        return new TextStep.SentencePieceRules(map, prefix, trims);
    }

    private byte[] bytes(String key, int[] numbers) {
        byte[] bytes = new byte[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] < Byte.MIN_VALUE || numbers[i] > 0xFF) {
                throw malformed(key + "[" + i + "] is " + numbers[i] + ", expected a byte");
            }
            bytes[i] = (byte) numbers[i];
        }
        return bytes;
    }

    private float[] scores() {
        float[] scores = metadata.floats(PREFIX + "scores").orElseThrow(() -> missing("scores"));
        requireOneEach("scores", scores.length);
        return scores;
    }

    /// Which token is made first, lowest first: the place of its score among the different scores.
    private int[] prioritiesByScore() {
        float[] scores = scores();
        float[] ascending = new float[scores.length];
        for (int id = 0; id < scores.length; id++) {
            if (Float.isNaN(scores[id])) {
                throw malformed(PREFIX + "scores[" + id + "] is NaN, expected a number");
            }
            ascending[id] = positiveZero(scores[id]);
        }
        Arrays.sort(ascending);
        int different = 0;
        for (float score : ascending) {
            if (different == 0 || score != ascending[different - 1]) {
                ascending[different++] = score;
            }
        }
        int[] priorities = new int[scores.length];
        for (int id = 0; id < scores.length; id++) {
            int place = Arrays.binarySearch(ascending, 0, different, positiveZero(scores[id]));
            priorities[id] = different - 1 - place;
        }
        return priorities;
    }

    /// Sorting tells the two zeros apart, scores do not.
    private static float positiveZero(float score) {
        return score == 0 ? 0 : score;
    }

    private Vocabulary build(Vocabulary.Builder builder) {
        for (int id = 0; id < types.length; id++) {
            if (types[id] == UNKNOWN) {
                builder.role(SpecialToken.UNKNOWN, id); // unless a key says otherwise
            }
        }
        ROLE_KEYS.forEach(
                (role, key) ->
                        metadata.integer(key)
                                .ifPresent(id -> builder.role(role, checkedId(key, id))));
        for (String key : STOP_KEYS) {
            metadata.integer(key).ifPresent(id -> builder.stop(checkedId(key, id)));
        }
        ids(MORE_STOPS).forEach(builder::stop);
        return builder.build();
    }

    private int checkedId(String key, long id) {
        if (id < 0 || id >= tokens.length) {
            throw malformed(key + " is " + id + ", expected 0 to " + (tokens.length - 1));
        }
        return (int) id;
    }

    private byte[] spelledBytes(String place, String spelling) {
        return ByteSpelling.read(spelling)
                .orElseThrow(
                        () ->
                                malformed(
                                        "%s is %s, expected only characters that stand for a byte"
                                                .formatted(place, Quoted.of(spelling))));
    }

    private static byte[] spacedBytes(String spelling) {
        return spelling.replace(SentencePiece.SPACE, ' ').getBytes(StandardCharsets.UTF_8);
    }

    private byte namedByte(int id) {
        if (!tokens[id].matches("<0x[0-9A-Fa-f]{2}>")) {
            throw malformed(
                    "tokens["
                            + id
                            + "] is the byte "
                            + Quoted.of(tokens[id])
                            + ", expected one as <0x0A>");
        }
        return (byte) Integer.parseInt(tokens[id].substring(3, 5), 16);
    }

    private void requireOneEach(String key, int entries) {
        if (entries != tokens.length) {
            throw malformed(
                    PREFIX
                            + key
                            + " has "
                            + entries
                            + " entries, expected one for each of the "
                            + tokens.length
                            + " tokens");
        }
    }

    private ModelFormatException wrongType(int id) {
        return malformed(
                PREFIX
                        + "token_type["
                        + id
                        + "] is "
                        + types[id]
                        + ", expected a kind that this tokenizer model has");
    }

    private ModelFormatException missing(String key) {
        return malformed(PREFIX + key + " is missing, expected one entry for each token");
    }

    private ModelFormatException malformed(String what) {
        return new ModelFormatException(
                metadata.location() + ": " + what + "; get or convert the file again");
    }
}
