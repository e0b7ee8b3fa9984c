package dev.tramontane.server;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.wire.AnthropicMessages;
import dev.tramontane.wire.ApiError;
import dev.tramontane.wire.ChatCompletions;
import dev.tramontane.wire.EmbeddingRequest;
import dev.tramontane.wire.LlamaRequests;
import dev.tramontane.wire.OllamaRequests;
import dev.tramontane.wire.Responses;
import dev.tramontane.wire.TextCompletions;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// A request as a stranger writes it: what Jazzer calls (`mvn -Pfuzz`), and the build with seeded
/// damage.
public final class FuzzedRequest {
    private FuzzedRequest() {}

    /// An API that a request is for because of its path.
    enum Api {
        MESSAGES,
        OLLAMA_CHAT,
        OLLAMA_GENERATE,
        COMPLETION,
        INFILL,
        TEXTS,
        GAP,
        VECTORS;

        private static final int DIM = 64;

        private void read(JsonNode body) {
            switch (this) {
                case MESSAGES -> AnthropicMessages.readRequest(body, Script.SAMPLING);
                case OLLAMA_CHAT -> OllamaRequests.readChat(body, Script.SAMPLING);
                case OLLAMA_GENERATE -> OllamaRequests.readGenerate(body, Script.SAMPLING);
                case COMPLETION -> LlamaRequests.readCompletion(body, Script.SAMPLING);
                case INFILL -> LlamaRequests.readInfill(body, Script.SAMPLING);
                case TEXTS -> TextCompletions.readRequest(body, Script.SAMPLING);
                case GAP -> TextCompletions.readMiddle(body, Script.SAMPLING);
                case VECTORS -> EmbeddingRequest.read(body, DIM);
            }
        }
    }

    public static void fuzzerTestOneInput(byte[] body) {
        isRead(body);
        for (Api api : Api.values()) {
            isRead(api, body);
        }
    }

    /// Reads a body as a request; true where it is one.
    ///
    /// @throws RuntimeException which is a finding: proper refusals are of two types, and can be
    ///   told in every shape
    static boolean isRead(byte[] body) {
        return isRead(body, FuzzedRequest::read);
    }

    /// The same of another API.
    static boolean isRead(Api api, byte[] body) {
        return isRead(body, api::read);
    }

    private static boolean isRead(byte[] body, Consumer<JsonNode> reader) {
        try {
            reader.accept(Json.parse(body));
            return true;
        } catch (RefusedException refused) {
            check(refused.error());
        } catch (InvalidRequestException invalid) {
            check(ApiError.of(invalid));
        }
        return false;
    }

    /// By the API that it seems to be for.
    private static void read(JsonNode body) {
        if (body.has("input")) {
            Responses.Request request = Responses.readRequest(body, Script.SAMPLING, new ItsPast());
            readAgain(request.settings());
            request.memory().items().forEach(FuzzedRequest::readAgain);
        } else {
            ChatCompletions.readRequest(body, Script.SAMPLING);
        }
    }

    /// What is remembered is written, and read when somebody asks for it.
    private static void readAgain(JsonNode json) {
        try {
            Json.parse(json.toString().getBytes(StandardCharsets.UTF_8));
        } catch (RefusedException refused) {
            throw new AssertionError("not to be read again: " + json, refused);
        }
    }

    /// A past in which all that is asked for was said.
    private record ItsPast() implements Responses.Past {
        @Override
        public List<ObjectNode> conversation(String responseId) {
            return List.of(Json.object().put("role", "user").put("content", responseId));
        }

        @Override
        public Optional<ObjectNode> item(String id) {
            return conversation(id).stream().findFirst();
        }
    }

    private static void check(ApiError error) {
        ObjectNode told = error.toJsonWithDetail();
        if (error.status() != 400 || told.path("message").asString("").isEmpty()) {
            throw new AssertionError("not told properly: " + told);
        }
    }
}
