package dev.tramontane.wire;

import dev.tramontane.chat.InvalidRequestException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An error as the APIs tell it.
///
/// OpenAI nests it, `{"error":{"message","type","param","code"}}`; Mistral has it flat,
/// `{"object":"error","message",…}`, and lists what is wrong with a field,
/// `{"detail":[{"loc":[…],"msg"}]}`. All of them are read; both shapes are written into one object.
///
/// @param status of HTTP; 0 where it came in the middle of a stream
/// @param type such as `invalid_request_error`; empty where none is told
/// @param code such as `context_length_exceeded`
/// @param param the path of what must change
/// @param message for people
/// @param excess by how much a request is too long, where that is known
public record ApiError(
        int status,
        String type,
        Optional<String> code,
        Optional<String> param,
        String message,
        Optional<InvalidRequestException.Excess> excess) {
    private static final String TOO_LONG = "context_length_exceeded";
    private static final int LONGEST_MESSAGE = 500;

    /// One that is not about length.
    public ApiError(
            int status,
            String type,
            Optional<String> code,
            Optional<String> param,
            String message) {
        this(status, type, code, param, message, Optional.empty());
    }

    /// Whether a JSON value is an error rather than an answer.
    static boolean is(JsonNode body) {
        return body.hasNonNull("error")
                || body.path("object").asString("").equals("error")
                || (body.has("detail") && !body.has("choices"));
    }

    /// Reads an error in any of the shapes; of a body in no known shape, its beginning.
    public static ApiError of(int status, JsonNode body) {
        JsonNode error = body.hasNonNull("error") ? body.path("error") : body;
        if (error.isString()) {
            return new ApiError(
                    status, "", Optional.empty(), Optional.empty(), printable(error.asString("")));
        }
        JsonNode told = error.path("message");
        JsonNode detail =
                told.has("detail")
                        ? told.path("detail")
                        : error.has("detail") ? error.path("detail") : body.path("detail");
        List<String> faults = new ArrayList<>();
        Optional<String> param = text(error, "param");
        for (JsonNode fault : detail) {
            String place = place(fault.path("loc"));
            param = param.or(() -> Optional.of(place).filter(text -> !text.isEmpty()));
            String found = fault.path("msg").asString(fault.toString());
            faults.add(detail.size() > 1 && !place.isEmpty() ? place + ": " + found : found);
        }
        String message =
                told.isString()
                        ? told.stringValue()
                        : !faults.isEmpty()
                                ? String.join("; ", faults)
                                : detail.isString() ? detail.stringValue() : body.toString();
        return new ApiError(
                status,
                text(error, "type").orElse(""),
                text(error, "code"),
                param,
                printable(message));
    }

    /// An error whose body is no JSON.
    static ApiError of(int status, String body) {
        return new ApiError(status, "", Optional.empty(), Optional.empty(), printable(body));
    }

    private static Optional<String> text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isString() || value.isNumber()
                ? Optional.of(value.asString("")).filter(text -> !text.isEmpty())
                : Optional.empty();
    }

    /// `["body", "messages", 2, "content"]` is `messages[2].content`.
    private static String place(JsonNode loc) {
        var path = new StringBuilder();
        for (JsonNode part : loc) {
            if (part.isNumber()) {
                path.append('[').append(part.asString("")).append(']');
            } else if (!part.asString("").equals("body") || !path.isEmpty()) {
                path.append(path.isEmpty() ? "" : ".").append(part.asString(""));
            }
        }
        return path.toString();
    }

    private static String printable(String text) {
        String clean = text.strip().replaceAll("\\p{Cntrl}+", " ");
        return clean.length() > LONGEST_MESSAGE ? clean.substring(0, LONGEST_MESSAGE) + "…" : clean;
    }

    /// What is wrong with a request.
    public static ApiError of(InvalidRequestException refusal) {
        Optional<String> code =
                switch (refusal.kind()) {
                    case PARAMETER -> Optional.empty();
                    case CONTEXT_LENGTH -> Optional.of(TOO_LONG);
                };
        return new ApiError(
                400,
                "invalid_request_error",
                code,
                Optional.of(refusal.parameter()),
                String.valueOf(refusal.getMessage()),
                refusal.excess());
    }

    /// Both shapes in one object, for clients of either family.
    public ObjectNode toJson() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("object", "error");
        fill(body);
        fill(body.putObject("error"));
        return body;
    }

    /// The same with what Mistral's clients read where a field is wrong: a list of faults, each
    /// with its place in the body. They expect it under status 422.
    public ObjectNode toJsonWithDetail() {
        ObjectNode body = toJson();
        ObjectNode fault = body.putArray("detail").addObject();
        fault.put("type", "value_error");
        ArrayNode loc = fault.putArray("loc").add("body");
        for (String part : param.orElse("").split("[.\\[\\]]+")) {
            if (part.matches("\\d{1,9}")) {
                loc.add(Integer.parseInt(part));
            } else if (!part.isEmpty()) {
                loc.add(part);
            }
        }
        fault.put("msg", message);
        fault.putNull("input");
        return body;
    }

    /// As Anthropic's API tells it: `{"type":"error","error":{"type","message"}}`.
    public ObjectNode toAnthropicJson() {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("type", "error");
        body.putObject("error").put("type", anthropicType()).put("message", message);
        return body;
    }

    private String anthropicType() {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 503 -> "overloaded_error";
            case 504 -> "timeout_error";
            default -> status > 0 && status < 500 ? "invalid_request_error" : "api_error";
        };
    }

    /// As llama-server tells it, whose clients know by the type that a conversation is too long.
    public ObjectNode toLlamaJson() {
        boolean isLong = code.filter(TOO_LONG::equals).isPresent();
        return isLong
                ? new ApiError(status, "exceed_context_size_error", code, param, message, excess)
                        .toJson()
                : toJson();
    }

    /// As Ollama tells it: `{"error":"…"}`.
    public ObjectNode toOllamaJson() {
        return JsonNodeFactory.instance.objectNode().put("error", message);
    }

    private void fill(ObjectNode into) {
        into.put("message", message);
        into.put("type", type);
        into.put("param", param.orElse(null));
        into.put("code", code.orElse(null));
        excess.ifPresent(
                known -> into.put("n_prompt_tokens", known.tokens()).put("n_ctx", known.context()));
    }
}
