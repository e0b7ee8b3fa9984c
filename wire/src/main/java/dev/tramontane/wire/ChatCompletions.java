package dev.tramontane.wire;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.sampling.SamplingParams;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The chat completions API: JSON ⇄ {@link ChatRequest} and {@link ChatEvent}, in both directions.
///
/// A client writes requests ({@link #writeRequest}) and reads answers ({@link #readAnswer}, or
/// chunk by chunk in {@link UpstreamModel}); a server reads requests ({@link #readRequest}) and
/// writes answers ({@link AnswerWriter}).
public final class ChatCompletions {
    /// Answers of one request at most.
    public static final int MOST_CHOICES = 8;

    /// Samples of one request's vote at most.
    public static final int MOST_VOTES = 64;

    private ChatCompletions() {}

    /// A request as a client sent it.
    ///
    /// @param model that it asks for; empty where it names none
    /// @param stream whether the answer is sent as it comes
    /// @param usageApart whether the usage is wanted in a chunk of its own
    /// @param progress whether the reading of the prompt is to be told
    /// @param format of the thinking; empty where the request does not say
    /// @param choices how many answers are wanted, which differ in their seeds
    /// @param votes how many answers there are to be a vote of, of which one is told; 1 for no vote
    public record Request(
            String model,
            ChatRequest chat,
            boolean stream,
            boolean usageApart,
            boolean progress,
            Optional<ReasoningFormat> format,
            int choices,
            int votes) {}

    /// Reads a request.
    ///
    /// @param defaults the model's own, for what the request leaves open
    /// @throws InvalidRequestException when it is none; it names the field
    public static Request readRequest(JsonNode json, SamplingParams defaults) {
        var body = new Fields(json, "");
        return new Request(
                body.text("model").orElse(""),
                new RequestReader(body)
                        .read()
                        .withSampling(new SamplingReader(body, defaults).read()),
                body.flag("stream").orElse(false),
                body.object("stream_options")
                        .flatMap(options -> options.flag("include_usage"))
                        .orElse(false),
                body.flag("return_progress").orElse(false),
                format(body),
                choices(body),
                body.integer("votes", 1, MOST_VOTES).orElse(1));
    }

    private static int choices(Fields body) {
        int choices = body.integer("n", 1, MOST_CHOICES).orElse(1);
        if (choices > 1 && body.integer("votes", 1, MOST_VOTES).orElse(1) > 1) {
            throw body.unexpected("n", "1, as a vote gives one answer");
        }
        return choices;
    }

    /// The project's four names, and llama-server's and other servers' for the same.
    static Optional<ReasoningFormat> format(Fields body) {
        Optional<ReasoningFormat> named =
                body.text("reasoning_format")
                        .map(
                                name ->
                                        switch (name) {
                                            case "separate", "deepseek", "parsed", "auto" ->
                                                    ReasoningFormat.SEPARATE;
                                            case "mistral" -> ReasoningFormat.MISTRAL;
                                            case "merged", "none", "raw" -> ReasoningFormat.MERGED;
                                            case "hidden" -> ReasoningFormat.HIDDEN;
                                            default ->
                                                    throw body.unexpected(
                                                            "reasoning_format",
                                                            "separate, mistral, merged or hidden");
                                        });
        boolean isHidden = !body.flag("include_reasoning").orElse(true);
        return named.or(() -> isHidden ? Optional.of(ReasoningFormat.HIDDEN) : Optional.empty());
    }

    /// Writes a request for a server.
    ///
    /// @throws InvalidRequestException when the dialect has no field for what it says
    public static ObjectNode writeRequest(ChatRequest request, String model, Dialect dialect) {
        return RequestWriter.write(request, model, dialect);
    }

    /// The events of an answer that came in one piece, in any dialect.
    ///
    /// @throws IOException when it is none, or an error
    public static List<ChatEvent> readAnswer(JsonNode json) throws IOException {
        var answer = new AnswerReader(false);
        List<ChatEvent> events = new ArrayList<>(answer.accept(json));
        if (!answer.isFinished()) {
            throw new AnswerReader.NonsenseException("an answer without a finish_reason");
        }
        events.addAll(answer.end());
        return events;
    }
}
