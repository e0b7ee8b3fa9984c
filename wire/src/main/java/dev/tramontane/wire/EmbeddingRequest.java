package dev.tramontane.wire;

import dev.tramontane.chat.InvalidRequestException;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.OptionalInt;

/// A request for the vectors of texts, as OpenAI and Mistral have it.
///
/// @param model that it asks for; empty where it names none
/// @param texts in whose order the vectors are told
/// @param base64 whether vectors are told as the base64 of little-endian float32, rather than as
///   lists
/// @param dimensions that vectors are to have; empty for all
public record EmbeddingRequest(
        String model, List<TextCompletions.Prompt> texts, boolean base64, OptionalInt dimensions) {
    /// Texts of one request at most: OpenAI's own limit.
    public static final int MOST_TEXTS = 2048;

    public EmbeddingRequest {
        texts = List.copyOf(texts);
    }

    /// Reads a request.
    ///
    /// @param dim values in a vector of the model
    /// @throws InvalidRequestException when it is none; it names the field
    public static EmbeddingRequest read(JsonNode json, int dim) {
        var body = new Fields(json, "");
        String field = inputField(body);
        List<TextCompletions.Prompt> texts = TextCompletions.prompts(body, field);
        if (texts.size() > MOST_TEXTS) {
            throw new InvalidRequestException(
                    field,
                    "%d texts, expected %d at most; send several requests"
                            .formatted(texts.size(), MOST_TEXTS));
        }
        String type = body.text("output_dtype").orElse("float");
        if (!type.equals("float")) {
            throw body.unexpected("output_dtype", "float, the only one there is");
        }
        return new EmbeddingRequest(
                body.text("model").orElse(""), texts, isBase64(body), dimensions(body, dim));
    }

    /// `input`; Mistral's older clients say `inputs`, and llama-server's `content`.
    private static String inputField(Fields body) {
        for (String name : List.of("input", "inputs", "content")) {
            if (body.value(name).isPresent()) {
                return name;
            }
        }
        return "input";
    }

    private static boolean isBase64(Fields body) {
        String format = body.text("encoding_format").orElse("float");
        return switch (format) {
            case "float" -> false;
            case "base64" -> true;
            default -> throw body.unexpected("encoding_format", "float or base64");
        };
    }

    /// OpenAI's name for it and Mistral's; the lesser, where a request has both.
    private static OptionalInt dimensions(Fields body, int dim) {
        OptionalInt ours = body.integer("dimensions", 1, dim);
        OptionalInt mistrals = body.integer("output_dimension", 1, dim);
        return ours.isPresent() && mistrals.isPresent()
                ? OptionalInt.of(Math.min(ours.getAsInt(), mistrals.getAsInt()))
                : ours.isPresent() ? ours : mistrals;
    }
}
