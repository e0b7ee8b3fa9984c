package dev.tramontane.tokenizer;

import tools.jackson.databind.JsonNode;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// What the normalizers and pre-tokenizers of a `tokenizer.json` make of a text before
/// SentencePiece puts it together; what is not known is refused by name.
final class PreparationReader {
    private static final String SPACE = String.valueOf(SentencePiece.SPACE);

    /// Far more than any published file replaces or prepends.
    private static final int LONGEST_INSERTION_CHARS = 64;

    private final TokenizerJson file;

    PreparationReader(TokenizerJson file) {
        this.file = file;
    }

    /// Of a vocabulary with merges: nothing but spaces is touched. Older files prepend and replace
    /// when they normalise, newer ones when they cut.
    SentencePiece.Preparation pairs() {
        var prefix = Spacing.Prefix.NONE;
        for (JsonNode step : file.steps("normalizer", "normalizers")) {
            boolean prepends = type(step).equals("Prepend") && text(step, "prepend").equals(SPACE);
            if (!prepends && !replacesSpaces(step)) {
                throw file.unknown("normalizer", step, "Prepend and Replace with ▁");
            }
            prefix = prepends ? Spacing.Prefix.EVERY_TEXT : prefix;
        }
        Spacing cut = spacing();
        return SentencePiece.Preparation.of(
                List.of(),
                cut.prefix() == Spacing.Prefix.NONE
                        ? new Spacing(cut.cutsAtWhiteSpace(), prefix, cut.cutsBeforeSpaces())
                        : cut);
    }

    /// Of a unigram vocabulary. Spaces have to become ▁ in one way or another, since both are the
    /// same here.
    SentencePiece.Preparation unigram() {
        List<TextStep> steps = new ArrayList<>();
        boolean spaces = false;
        for (JsonNode step : file.steps("normalizer", "normalizers")) {
            spaces |= replacesSpaces(step);
            steps.add(step(step));
        }
        List<JsonNode> cuts = file.steps("pre_tokenizer", "pretokenizers");
        if (!spaces && cuts.isEmpty()) {
            throw file.unsupported("spaces do not become ▁, expected Metaspace or Replace");
        }
        return SentencePiece.Preparation.of(steps, spacing());
    }

    private TextStep step(JsonNode step) {
        return switch (type(step)) {
            case "Precompiled" -> new TextStep.Precompiled(charsMap(step));
            case "Replace" -> replace(step);
            case "Prepend" -> new TextStep.Prepend(insertion(step, "prepend"));
            case "NFC" -> new TextStep.Form(Normalizer.Form.NFC);
            case "NFD" -> new TextStep.Form(Normalizer.Form.NFD);
            case "NFKC" -> new TextStep.Form(Normalizer.Form.NFKC);
            case "NFKD" -> new TextStep.Form(Normalizer.Form.NFKD);
            case "Strip" ->
                    new TextStep.Strip(
                            step.path("strip_left").asBoolean(true),
                            step.path("strip_right").asBoolean(true));
            case "StripAccents" -> new TextStep.StripMarks();
            case "Lowercase" -> new TextStep.Lowercase();
            case "Nmt" -> new TextStep.Nmt();
            default ->
                    throw file.unknown(
                            "normalizer",
                            step,
                            "Precompiled, Replace, Prepend, NFC, NFD, NFKC, NFKD, Strip,"
                                    + " StripAccents, Lowercase or Nmt");
        };
    }

    private CharsMap charsMap(JsonNode step) {
        try {
            byte[] bytes = Base64.getDecoder().decode(text(step, "precompiled_charsmap"));
            return bytes.length == 0 ? CharsMap.EMPTY : CharsMap.read(bytes, file.location());
        } catch (IllegalArgumentException _) {
            throw file.malformed("precompiled_charsmap is no base64, expected that");
        }
    }

    private TextStep replace(JsonNode step) {
        String found = text(step.path("pattern"), "String");
        String with = insertion(step, "content");
        if (!found.isEmpty()) {
            return new TextStep.Replace(found, with);
        }
        if (text(step.path("pattern"), "Regex").equals(" {2,}")) {
            return new TextStep.ReplaceSpaces(with);
        }
        throw file.unknown("normalizer", step, "a String, or the expression \" {2,}\"");
    }

    private String insertion(JsonNode step, String key) {
        if (text(step, key).length() > LONGEST_INSERTION_CHARS) {
            throw file.unknown(
                    "normalizer", step, key + " of " + LONGEST_INSERTION_CHARS + " at most");
        }
        return text(step, key);
    }

    private static boolean replacesSpaces(JsonNode step) {
        return type(step).equals("Replace")
                && text(step.path("pattern"), "String").equals(" ")
                && text(step, "content").equals(SPACE);
    }

    private Spacing spacing() {
        var spacing = Spacing.PLAIN;
        for (JsonNode step : file.steps("pre_tokenizer", "pretokenizers")) {
            boolean metaspace = type(step).equals("Metaspace");
            if (metaspace && text(step, "replacement").equals(SPACE)) {
                spacing =
                        new Spacing(
                                spacing.cutsAtWhiteSpace(),
                                prefix(step),
                                step.path("split").asBoolean(true));
            } else if (type(step).equals("WhitespaceSplit") && spacing.equals(Spacing.PLAIN)) {
                spacing = new Spacing(true, Spacing.Prefix.NONE, false);
            } else {
                throw file.unknown("pre_tokenizer", step, "WhitespaceSplit, then Metaspace with ▁");
            }
        }
        return spacing;
    }

    /// Older files say `add_prefix_space` instead.
    private Spacing.Prefix prefix(JsonNode step) {
        boolean always = step.path("add_prefix_space").asBoolean(true);
        return switch (step.path("prepend_scheme").asString(always ? "always" : "never")) {
            case "first" -> Spacing.Prefix.FIRST_TEXT_WITHOUT_ONE;
            case "always" -> Spacing.Prefix.TEXTS_WITHOUT_ONE;
            case "never" -> Spacing.Prefix.NONE;
            default -> throw file.unknown("pre_tokenizer", step, "a known prepend_scheme");
        };
    }

    private static String type(JsonNode step) {
        return text(step, "type");
    }

    private static String text(JsonNode object, String key) {
        return TokenizerJson.text(object, key);
    }
}
