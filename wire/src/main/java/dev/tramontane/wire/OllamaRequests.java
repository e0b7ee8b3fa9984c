package dev.tramontane.wire;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ResponseFormat;
import dev.tramontane.chat.Thinking;
import dev.tramontane.sampling.SamplingParams;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Ollama's own API: JSON to {@link ChatRequest}. {@link OllamaWriter} writes the answers.
///
/// How tokens are chosen stands in `options`, and so does what is a matter of the machine
/// (`num_gpu`, `num_thread`, `num_ctx`…), which is passed over here.
public final class OllamaRequests {
    private static final int LEAST_PREDICTED = -2; // to the context's end

    private OllamaRequests() {}

    /// What a request wants.
    public sealed interface Task {
        /// Nothing but that the model be there.
        record Load() implements Task {}

        /// An answer.
        record Talk(ChatRequest chat) implements Task {}

        /// A text continued as it is.
        ///
        /// @param suffix what is to follow the answer; empty where nothing is
        record Continue(
                String prompt, Optional<String> suffix, SamplingParams sampling, List<String> stop)
                implements Task {
            public Continue {
                stop = List.copyOf(stop);
            }
        }
    }

    /// A request as a client sent it.
    ///
    /// @param stream whether the answer is sent as it comes
    /// @param images the paths of those in it
    /// @param hold how long the model is to stay behind it; empty for as long as otherwise
    public record Request(
            Task task, boolean stream, List<String> images, Optional<OllamaHold> hold) {
        public Request {
            images = List.copyOf(images);
        }
    }

    /// Reads a request of `/api/chat`.
    ///
    /// @param defaults the model's own, for what the request leaves open
    /// @throws InvalidRequestException when it is none; it names the field
    public static Request readChat(JsonNode json, SamplingParams defaults) {
        var body = new Fields(json, "");
        var conversation = new OllamaConversation();
        conversation.read(body.objects("messages"));
        if (conversation.messages().isEmpty()) {
            return load(body);
        }
        ChatRequest chat =
                settled(ChatRequest.of(conversation.messages()), body, defaults)
                        .withTools(
                                RequestReader.tools(body).stream()
                                        .map(RequestReader::tool)
                                        .toList());
        return request(new Task.Talk(chat), body, conversation.images());
    }

    /// Reads a request of `/api/generate`.
    ///
    /// @param defaults the model's own, for what the request leaves open
    /// @throws InvalidRequestException when it is none; it names the field
    public static Request readGenerate(JsonNode json, SamplingParams defaults) {
        var body = new Fields(json, "");
        String prompt = body.text("prompt").orElse("");
        Optional<String> suffix = body.text("suffix").filter(text -> !text.isEmpty());
        checkTemplate(body);
        if (body.flag("raw").orElse(false) || suffix.isPresent()) {
            return request(continued(prompt, suffix, body, defaults), body, List.of());
        }
        if (prompt.isEmpty()) {
            return load(body);
        }
        var conversation = new OllamaConversation();
        List<Message> messages = new ArrayList<>();
        body.text("system")
                .filter(text -> !text.isEmpty())
                .ifPresent(text -> messages.add(new Message.SystemMessage(text)));
        messages.add(new Message.UserMessage(conversation.said(prompt, body)));
        ChatRequest chat = settled(ChatRequest.of(messages), body, defaults);
        return request(new Task.Talk(chat), body, conversation.images());
    }

    private static void checkTemplate(Fields body) {
        if (body.text("template").filter(text -> !text.isEmpty()).isPresent()) {
            throw body.unexpected(
                    "template",
                    "none, as the model's own is used; send the whole prompt with \"raw\": true");
        }
        if (body.value("context").filter(list -> !list.isEmpty()).isPresent()) {
            throw body.unexpected("context", "none; send the conversation to /api/chat");
        }
    }

    private static Task continued(
            String prompt, Optional<String> suffix, Fields body, SamplingParams defaults) {
        for (String field : List.of("system", "format", "images")) {
            boolean isSaid = body.value(field).filter(value -> !isNothing(value)).isPresent();
            if (isSaid) {
                throw body.unexpected(field, "none, as the text is continued as it is");
            }
        }
        if (prompt.isEmpty()) {
            throw body.unexpected("prompt", "a text to continue");
        }
        Fields options = options(body);
        return new Task.Continue(
                prompt, suffix, sampling(options, body, defaults), RequestReader.stops(options));
    }

    private static boolean isNothing(JsonNode value) {
        return value.isString() ? value.stringValue().isEmpty() : value.isEmpty();
    }

    private static Request load(Fields body) {
        return request(new Task.Load(), body, List.of());
    }

    private static Request request(Task task, Fields body, List<String> images) {
        return new Request(task, streams(body), images, OllamaHold.read(body));
    }

    private static boolean streams(Fields body) {
        return body.flag("stream").orElse(true);
    }

    private static ChatRequest settled(ChatRequest chat, Fields body, SamplingParams defaults) {
        Fields options = options(body);
        return chat.withSampling(sampling(options, body, defaults))
                .withStop(RequestReader.stops(options))
                .withThinking(thinking(body))
                .withFormat(format(body));
    }

    private static Fields options(Fields body) {
        return body.object("options")
                .orElseGet(
                        () ->
                                new Fields(
                                        JsonNodeFactory.instance.objectNode(),
                                        body.path("options")));
    }

    private static SamplingParams sampling(Fields options, Fields body, SamplingParams defaults) {
        int told = options.integer("num_predict", LEAST_PREDICTED, Integer.MAX_VALUE).orElse(0);
        int top = body.integer("top_logprobs", 0, SamplingParams.MOST_LOGPROBS).orElse(0);
        return new SamplingReader(options, defaults)
                .read(
                        body.flag("logprobs").orElse(false) ? top : -1,
                        told > 0 ? told : defaults.maxTokens());
    }

    /// `true`, `false` or a level; as the model does by itself where it is absent.
    private static Thinking thinking(Fields body) {
        Optional<JsonNode> told = body.value("think");
        if (told.isEmpty()) {
            return Thinking.DEFAULT;
        }
        if (told.get().isBoolean()) {
            return told.get().booleanValue()
                    ? new Thinking.Effort(Thinking.Level.HIGH)
                    : new Thinking.Off();
        }
        return RequestReader.effort(body, "think").orElse(Thinking.DEFAULT);
    }

    private static ResponseFormat format(Fields body) {
        Optional<JsonNode> told = body.value("format").filter(value -> !isNothing(value));
        if (told.isEmpty()) {
            return ResponseFormat.TEXT;
        }
        if (told.get().isObject()) {
            return new ResponseFormat.JsonSchema(told.get());
        }
        if (!told.get().isString() || !told.get().stringValue().equals("json")) {
            throw body.unexpected("format", "json or a JSON schema");
        }
        return new ResponseFormat.JsonObject();
    }
}
