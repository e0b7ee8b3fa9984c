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
/// Two kinds are known. Byte-level vocabularies name a {@link PreTokenizer} by quoting its
/// expressions. SentencePiece's have byte tokens and write ▁ for a space.
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
        if (!type.equals("BPE")) {
            throw file.unsupported("model.type is " + Quoted.of(type) + ", expected BPE");
        }
        for (String key : List.of("dropout", "continuing_subword_prefix", "end_of_word_suffix")) {
            refuseUnlessEmpty("model." + key, file.model().path(key));
        }
        boolean addBos = beside.addBos().orElseGet(() -> firstSpecialToken().isPresent());
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
        List<JsonNode> steps = steps("normalizer", "normalizers");
        steps.stream()
                .filter(step -> !type(step).equals("NFC"))
                .findFirst()
                .ifPresent(
                        step -> {
                            throw unknown("normalizer", step, "NFC or none");
                        });
        return !steps.isEmpty();
    }

    private PreTokenizer preTokenizer() {
        List<JsonNode> steps = steps("pre_tokenizer", "pretokenizers");
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
                    throw unknown("pre_tokenizer", step, "Isolated, not inverted, with a Regex");
                }
                String pattern = step.path("pattern").path("Regex").stringValue();
                yield pattern.replace("\r", "\\r").replace("\n", "\\n");
            }
            case "Digits" -> step.path("individual_digits").asBoolean(false) ? "\\p{N}" : "\\p{N}+";
            default -> throw unknown("pre_tokenizer", step, "Split, Digits or ByteLevel");
        };
    }

    private SentencePiece sentencePiece(boolean addBos) {
        SentencePiece.SpacePrefix prefix = spacePrefix();
        Vocabulary vocabulary = vocabulary(HuggingFaceTokenizer::spacedBytes);
        var merges = new MergeList.Builder(vocabulary, file.merges().size(), file.location());
        for (int rank = 0; rank < file.merges().size(); rank++) {
            Merge merge = file.merges().get(rank);
            merges.add(
                    "model.merges[" + rank + "]",
                    spacedBytes(merge.left()),
                    spacedBytes(merge.right()));
        }
        return new SentencePiece(vocabulary, merges.build(), prefix, addBos, file.location());
    }

    private static byte[] spacedBytes(String spelling) {
        return spelling.replace(SentencePiece.SPACE, ' ').getBytes(StandardCharsets.UTF_8);
    }

    /// Older files prepend and replace when they normalise, newer ones when they cut.
    private SentencePiece.SpacePrefix spacePrefix() {
        var prefix = SentencePiece.SpacePrefix.NONE;
        for (JsonNode step : steps("normalizer", "normalizers")) {
            boolean prepends = type(step).equals("Prepend") && text(step, "prepend").equals("▁");
            boolean replaces =
                    type(step).equals("Replace")
                            && step.path("pattern").path("String").asString("").equals(" ")
                            && text(step, "content").equals("▁");
            if (!prepends && !replaces) {
                throw unknown("normalizer", step, "Prepend and Replace with ▁");
            }
            prefix = prepends ? SentencePiece.SpacePrefix.EVERY_TEXT : prefix;
        }
        for (JsonNode step : steps("pre_tokenizer", "pretokenizers")) {
            if (!type(step).equals("Metaspace")
                    || !text(step, "replacement").equals("▁")
                    || step.path("split").asBoolean(true)) {
                throw unknown("pre_tokenizer", step, "Metaspace with ▁ and without split");
            }
            prefix =
                    switch (text(step, "prepend_scheme")) {
                        case "first" -> SentencePiece.SpacePrefix.FIRST_TEXT_WITHOUT_ONE;
                        case "always" -> SentencePiece.SpacePrefix.TEXTS_WITHOUT_ONE;
                        case "never" -> SentencePiece.SpacePrefix.NONE;
                        default -> throw unknown("pre_tokenizer", step, "a known prepend_scheme");
                    };
        }
        return prefix;
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
        var builder = new Vocabulary.Builder(file.location());
        for (int id = 0; id < size; id++) {
            String text = texts.get(id);
            JsonNode token = added.get(id);
            if (token != null) {
                if (text != null && !text.equals(text(token, "content"))) {
                    throw ofAnother(token);
                }
                add(builder, id, token);
            } else if (text == null) {
                builder.unused();
            } else if (bytes && BYTE.matcher(text).matches()) {
                builder.singleByte((byte) Integer.parseInt(text.substring(3, 5), 16));
            } else {
                builder.text(spelled.bytes(text));
            }
        }
        nameRoles(builder, added, size);
        return builder.build();
    }

    private Map<Integer, JsonNode> addedTokens() {
        Map<Integer, JsonNode> added = new HashMap<>();
        for (JsonNode token : file.sections().path("added_tokens")) {
            String content = text(token, "content");
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
                        + Quoted.of(text(added, "content"))
                        + " has the id "
                        + added.path("id").intValue()
                        + " of another, expected its own");
    }

    private void add(Vocabulary.Builder builder, int id, JsonNode token) {
        var spelling =
                new Spelling(
                        text(token, "content"),
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
        added.forEach((id, token) -> ids.put(text(token, "content"), id));
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
        for (JsonNode step : steps("post_processor", "processors")) {
            switch (type(step)) {
                case "ByteLevel" -> {}
                case "TemplateProcessing" -> {
                    JsonNode token = step.path("single").path(0).path("SpecialToken");
                    if (token.isObject()) {
                        first = Optional.of(text(token, "id"));
                    }
                }
                default -> throw unknown("post_processor", step, "ByteLevel or TemplateProcessing");
            }
        }
        return first;
    }

    /// A section's steps: none, one, or those of a sequence.
    private List<JsonNode> steps(String section, String inSequence) {
        JsonNode node = file.sections().path(section);
        if (node.isMissingNode() || node.isNull()) {
            return List.of();
        }
        if (!node.isObject()) {
            throw file.malformed(section + " is " + node.getNodeType() + ", expected an object");
        }
        if (!type(node).equals("Sequence")) {
            return List.of(node);
        }
        List<JsonNode> steps = new ArrayList<>();
        node.path(inSequence).forEach(steps::add);
        return steps;
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

    private ModelFormatException unknown(String section, JsonNode step, String expected) {
        return file.unsupported(
                section + " has " + Quoted.of(step.toString()) + ", expected " + expected);
    }

    private static String type(JsonNode step) {
        return text(step, "type");
    }

    private static String text(JsonNode object, String key) {
        return object.path(key).isString() ? object.path(key).stringValue() : "";
    }
}
