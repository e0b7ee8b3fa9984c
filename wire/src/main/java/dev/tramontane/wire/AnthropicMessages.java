package dev.tramontane.wire;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.sampling.SamplingParams;

import tools.jackson.databind.JsonNode;

import java.util.List;

/// The messages API of Anthropic: JSON to {@link ChatRequest}. {@link AnthropicWriter} writes the
/// answers.
public final class AnthropicMessages {
    private AnthropicMessages() {}

    /// A request as a client sent it.
    ///
    /// @param stream whether the answer is sent as it comes
    /// @param showsThinking whether the thinking is told, where there is any
    /// @param images the paths of those in it
    public record Request(
            ChatRequest chat, boolean stream, boolean showsThinking, List<String> images) {
        public Request {
            images = List.copyOf(images);
        }
    }

    /// Reads a request.
    ///
    /// @param defaults the model's own, for what the request leaves open
    /// @throws InvalidRequestException when it is none; it names the field
    public static Request readRequest(JsonNode json, SamplingParams defaults) {
        var body = new Fields(json, "");
        int most =
                body.integer("max_tokens", 1, Integer.MAX_VALUE)
                        .orElseThrow(() -> body.unexpected("max_tokens", "a number of tokens"));
        return read(body, new SamplingReader(body, defaults).read(-1, most));
    }

    /// Reads a request whose tokens are to be counted: it need not say how many may follow.
    ///
    /// @param defaults the model's own
    /// @throws InvalidRequestException when it is none; it names the field
    public static Request readCounted(JsonNode json, SamplingParams defaults) {
        return read(new Fields(json, ""), defaults);
    }

    private static Request read(Fields body, SamplingParams sampling) {
        var conversation = new AnthropicConversation();
        conversation.read(body);
        var settings = new AnthropicSettings(body);
        ChatRequest chat =
                ChatRequest.of(conversation.messages())
                        .withTools(settings.tools())
                        .withToolUse(settings.toolUse())
                        .withThinking(settings.thinking())
                        .withStop(RequestReader.stops(body, "stop_sequences"))
                        .withFormat(settings.format())
                        .withSampling(sampling);
        return new Request(
                chat,
                body.flag("stream").orElse(false),
                settings.showsThinking(),
                conversation.images());
    }
}
