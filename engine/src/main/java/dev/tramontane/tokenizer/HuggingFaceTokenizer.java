package dev.tramontane.tokenizer;

import dev.tramontane.tokenizer.TokenizerJson.Merge;
import dev.tramontane.weights.ModelFormatException;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Understands a `tokenizer.json`, section by section; what it asks for beyond what is known here
/// is refused by name.
///
/// Three kinds are known. Byte-level vocabularies name a {@link PreTokenizer} by quoting its
/// expressions. SentencePiece's write ▁ for a space; those with merges have byte tokens.
final class HuggingFaceTokenizer {
    private static final Pattern BYTE = Pattern.compile("<0x[0-9A-F]{2}>");

    private final TokenizerJson file;
    private final SpecialTokensBeside beside;

    private HuggingFaceTokenizer(TokenizerJson file, SpecialTokensBeside beside) {
        this.file = file;
        this.beside = beside;
    }

    static Tokenizer read(Path tokenizerJson) throws IOException {
        String location = String.valueOf(tokenizerJson.getFileName());
        try (InputStream in = Files.newInputStream(tokenizerJson)) {
            TokenizerJson file = TokenizerJson.read(in, location);
            return new HuggingFaceTokenizer(file, SpecialTokensBeside.read(tokenizerJson)).build();
        }
    }

    private Tokenizer build() {
        String type = file.model().path("type").asString("BPE");
        if (!type.equals("BPE") && !type.equals("Unigram")) {
            throw file.unsupported(
                    "model.type is " + Quoted.of(type) + ", expected BPE or Unigram");
        }
        for (String key : List.of("dropout", "continuing_subword_prefix", "end_of_word_suffix")) {
            refuseUnlessEmpty("model." + key, file.model().path(key));
        }
        boolean addBos = beside.addBos().orElseGet(() -> firstSpecialToken().isPresent());
        if (type.equals("Unigram")) {
            return unigram(addBos);
        }
        return file.model().path("byte_fallback").asBoolean(false)
                ? sentencePiece(addBos)
                : byteLevel(addBos);
    }

    private ByteLevelBpe byteLevel(boolean addBos) {
        PreTokenizer cut =
                preTokenizer()
                        .with(file.model().path("ignore_merges").asBoolean(false), composes());
        Vocabulary vocabulary = vocabulary(this::spelledBytes);
        var merges = new MergeList.Builder(vocabulary, file.merges().size(), file.location());
        for (int rank = 0; rank < file.merges().size(); rank++) {
            Merge merge = file.merges().get(rank);
            merges.add(
                    "model.merges[" + rank + "]",
                    spelledBytes(merge.left()),
                    spelledBytes(merge.right()));
        }
        return new ByteLevelBpe(vocabulary, merges.build(), cut, addBos, file.location());
    }

    private byte[] spelledBytes(String spelling) {
        return ByteSpelling.read(spelling)
                .orElseThrow(
                        () ->
                                file.malformed(
                                        "the token "
                                                + Quoted.of(spelling)
                                                + " has a character that stands for no byte,"
                                                + " expected GPT-2's spelling"));
    }

    private boolean composes() {
        List<JsonNode> steps = file.steps("normalizer", "normalizers");
        steps.stream()
                .filter(step -> !type(step).equals("NFC"))
                .findFirst()
                .ifPresent(
                        step -> {
                            throw file.unknown("normalizer", step, "NFC or none");
                        });
        return !steps.isEmpty();
    }

    private PreTokenizer preTokenizer() {
        List<JsonNode> steps = file.steps("pre_tokenizer", "pretokenizers");
        if (steps.isEmpty() || !type(steps.getLast()).equals("ByteLevel")) {
            throw file.unsupported("pre_tokenizer does not end with ByteLevel, expected that");
        }
        JsonNode last = steps.getLast();
        if (last.path("add_prefix_space").asBoolean(true)) {
            throw file.unsupported("pre_tokenizer.add_prefix_space is true, expected false");
        }
        List<String> patterns = new ArrayList<>();
        for (JsonNode step : steps.subList(0, steps.size() - 1)) {
            patterns.add(pattern(step));
        }
        if (last.path("use_regex").asBoolean(true)) {
            patterns.addAll(PreTokenizer.GPT2.patterns());
        }
        return PreTokenizer.ALL.stream()
                .filter(known -> known.patterns().equals(patterns))
                .findFirst()
                .orElseThrow(
                        () ->
                                file.unsupported(
                                        "pre_tokenizer cuts with "
                                                + Quoted.of(String.join("; ", patterns))
                                                + ", expected the expressions of one of "
                                                + PreTokenizer.allNames()));
    }

    private String pattern(JsonNode step) {
        return switch (type(step)) {
            case "Split" -> {
                if (!step.path("behavior").asString("").equals("Isolated")
                        || step.path("invert").asBoolean(false)
                        || !step.path("pattern").path("Regex").isString()) {
                    throw file.unknown(
                            "pre_tokenizer", step, "Isolated, not inverted, with a Regex");
                }
                String pattern = step.path("pattern").path("Regex").stringValue();
                yield pattern.replace("\r", "\\r").replace("\n", "\\n");
            }
            case "Digits" -> step.path("individual_digits").asBoolean(false) ? "\\p{N}" : "\\p{N}+";
            default -> throw file.unknown("pre_tokenizer", step, "Split, Digits or ByteLevel");
        };
    }

    private SentencePiece sentencePiece(boolean addBos) {
        SentencePiece.Preparation preparation = new PreparationReader(file).pairs();
        Vocabulary vocabulary = vocabulary(HuggingFaceTokenizer::spacedBytes);
        var merges = new MergeList.Builder(vocabulary, file.merges().size(), file.location());
        for (int rank = 0; rank < file.merges().size(); rank++) {
            Merge merge = file.merges().get(rank);
            merges.add(
                    "model.merges[" + rank + "]",
                    spacedBytes(merge.left()),
                    spacedBytes(merge.right()));
        }
        return new SentencePiece(
                vocabulary,
                new PairJoining(vocabulary, merges.build(), file.location()),
                preparation,
                addBos,
                file.location());
    }

    private SentencePiece unigram(boolean addBos) {
        if (file.scores().size() != file.vocab().size()) {
            throw file.malformed("model.vocab has no scores, expected one for each token");
        }
        SentencePiece.Preparation preparation = new PreparationReader(file).unigram();
        Vocabulary vocabulary = vocabulary(HuggingFaceTokenizer::spacedBytes);
        double[] scores = new double[vocabulary.size()];
        double lowest = Double.POSITIVE_INFINITY;
        for (int id = 0; id < file.scores().size(); id++) {
            scores[id] = file.scores().get(id);
            lowest = Math.min(lowest, scores[id]);
        }
        return new SentencePiece(
                vocabulary,
                new Unigram(vocabulary, scores, lowest, file.location()),
                preparation,
                addBos,
                file.location());
    }

    private static byte[] spacedBytes(String spelling) {
        return spelling.replace(SentencePiece.SPACE, ' ').getBytes(StandardCharsets.UTF_8);
    }

    private interface Spelled {
        byte[] bytes(String spelling);
    }

    private Vocabulary vocabulary(Spelled spelled) {
        Map<Integer, JsonNode> added = addedTokens();
        Map<Integer, String> texts = new HashMap<>();
        file.vocab()
                .forEach(
                        (spelling, id) -> {
                            if (texts.put(id, spelling) != null) {
                                throw file.malformed(
                                        "two tokens have the id " + id + ", expected one");
                            }
                        });
        int size = 0;
        for (int id : texts.keySet()) {
            size = Math.max(size, id + 1);
        }
        for (int id : added.keySet()) {
            size = Math.max(size, id + 1);
        }
        if (size < 1 || size > 2 * (texts.size() + added.size())) {
            throw file.malformed(
                    "the highest id is "
                            + (size - 1)
                            + " for "
                            + (texts.size() + added.size())
                            + " tokens; expected less than half of the ids to be free");
        }
        boolean bytes = file.model().path("byte_fallback").asBoolean(false);
        int unknown = unknownId();
        var builder = new Vocabulary.Builder(file.location());
        for (int id = 0; id < size; id++) {
            String text = texts.get(id);
            JsonNode token = added.get(id);
            if (token != null) {
                if (text != null && !text.equals(TokenizerJson.text(token, "content"))) {
                    throw ofAnother(token);
                }
                add(builder, id, token);
            } else if (text == null) {
                builder.unused();
            } else if (unknown == id) {
                builder.mark(text);
            } else if (bytes && BYTE.matcher(text).matches()) {
                builder.singleByte((byte) Integer.parseInt(text.substring(3, 5), 16));
            } else {
                builder.text(spelled.bytes(text));
            }
        }
        if (unknown >= 0) {
            builder.role(SpecialToken.UNKNOWN, unknown);
        }
        nameRoles(builder, added, size);
        return builder.build();
    }

    /// The token of what is none in a unigram model, or −1.
    private int unknownId() {
        JsonNode unknown = file.model().path("unk_id");
        if (unknown.isMissingNode() || unknown.isNull()) {
            return -1;
        }
        if (!unknown.isIntegralNumber()
                || !unknown.canConvertToInt()
                || unknown.intValue() < 0
                || unknown.intValue() >= file.vocab().size()) {
            throw file.malformed(
                    "model.unk_id is " + Quoted.of(unknown.toString()) + ", expected a token's id");
        }
        return unknown.intValue();
    }

    private Map<Integer, JsonNode> addedTokens() {
        Map<Integer, JsonNode> added = new HashMap<>();
        for (JsonNode token : file.sections().path("added_tokens")) {
            String content = TokenizerJson.text(token, "content");
            JsonNode id = token.path("id");
            if (content.isEmpty()
                    || !id.canConvertToInt()
                    || !id.isIntegralNumber()
                    || id.intValue() < 0) {
                throw file.malformed("an added token has no content or no id, expected both");
            }
            if (token.path("single_word").asBoolean(false)) {
                throw file.unsupported(
                        "the added token " + Quoted.of(content) + " is single_word, expected not");
            }
            Integer known = file.vocab().get(content);
            if (added.put(id.intValue(), token) != null
                    || (known != null && known != id.intValue())) {
                throw ofAnother(token);
            }
        }
        return added;
    }

    private ModelFormatException ofAnother(JsonNode added) {
        return file.malformed(
                "the added token "
                        + Quoted.of(TokenizerJson.text(added, "content"))
                        + " has the id "
                        + added.path("id").intValue()
                        + " of another, expected its own");
    }

    private void add(Vocabulary.Builder builder, int id, JsonNode token) {
        var spelling =
                new Spelling(
                        TokenizerJson.text(token, "content"),
                        id,
                        token.path("lstrip").asBoolean(false),
                        token.path("rstrip").asBoolean(false));
        if (token.path("special").asBoolean(false)) {
            builder.mark(spelling);
        } else {
            builder.userDefined(spelling);
        }
    }

    private void nameRoles(Vocabulary.Builder builder, Map<Integer, JsonNode> added, int size) {
        Map<String, Integer> ids = new HashMap<>(file.vocab());
        added.forEach((id, token) -> ids.put(TokenizerJson.text(token, "content"), id));
        firstSpecialToken().map(ids::get).ifPresent(id -> builder.role(SpecialToken.BOS, id));
        beside.roles()
                .forEach(
                        (role, spelling) ->
                                Optional.ofNullable(ids.get(spelling))
                                        .ifPresent(id -> builder.role(role, id)));
        for (int stop : beside.stopTokens()) {
            if (stop < size) {
                builder.stop(stop);
            }
        }
    }

    /// The special token that the post-processor puts in front of every text.
    private Optional<String> firstSpecialToken() {
        Optional<String> first = Optional.empty();
        for (JsonNode step : file.steps("post_processor", "processors")) {
            switch (type(step)) {
                case "ByteLevel" -> {}
                case "TemplateProcessing" -> {
                    JsonNode token = step.path("single").path(0).path("SpecialToken");
                    if (token.isObject()) {
                        first = Optional.of(TokenizerJson.text(token, "id"));
                    }
                }
                default ->
                        throw file.unknown(
                                "post_processor", step, "ByteLevel or TemplateProcessing");
            }
        }
        return first;
    }

    private void refuseUnlessEmpty(String name, JsonNode value) {
        boolean empty =
                value.isMissingNode()
                        || value.isNull()
                        || (value.isString() && value.stringValue().isEmpty())
                        || (value.isNumber() && value.doubleValue() == 0);
        if (!empty) {
            throw file.unsupported(name + " is " + Quoted.of(value.toString()) + ", expected none");
        }
    }

    private static String type(JsonNode step) {
        return TokenizerJson.text(step, "type");
    }
}
