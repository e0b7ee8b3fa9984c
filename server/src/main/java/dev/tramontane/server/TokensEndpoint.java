package dev.tramontane.server;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.wire.ChatCompletions;
import dev.tramontane.wire.Fields;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Text to token ids and back, in the words of llama-server and of vLLM.
record TokensEndpoint(Models models) {
    /// `POST /tokenize`: `{"content"}` (llama-server), `{"prompt"}` or `{"messages"}` (vLLM).
    void tokenize(Exchange exchange) throws IOException {
        Asked asked = Asked.of(exchange, models);
        var body = new Fields(asked.body(), "");
        LocalModel model = asked.served().here();
        int[] ids = body.value("messages").isPresent() ? prompt(asked) : text(body, model);
        ObjectNode answer = Json.object();
        ArrayNode tokens = answer.putArray("tokens");
        boolean withPieces = body.flag("with_pieces").orElse(false);
        for (int id : ids) {
            if (withPieces) {
                tokens.addObject().put("id", id).put("piece", model.tokenizer().pieceOf(id));
            } else {
                tokens.add(id);
            }
        }
        answer.put("count", ids.length).put("max_model_len", model.context());
        exchange.send(answer);
    }

    private static int[] text(Fields body, LocalModel model) {
        Optional<String> prompt = body.text("prompt");
        String text = prompt.or(() -> body.text("content")).orElseThrow(() -> absent(body));
        // each of the two servers has its own default
        boolean begins =
                body.flag("add_special_tokens")
                        .or(() -> body.flag("add_special"))
                        .orElse(prompt.isPresent());
        return begins ? model.textPrompt(text) : model.tokenizer().encode(text);
    }

    private static InvalidRequestException absent(Fields body) {
        return body.unexpected("content", "a text, a prompt or messages");
    }

    /// `POST /v1/chat/completions/input_tokens`: how many tokens a chat request has, as
    /// llama-server tells it.
    void count(Exchange exchange) throws IOException {
        int[] ids = prompt(Asked.of(exchange, models));
        exchange.send(
                Json.object()
                        .put("object", "response.input_tokens")
                        .put("input_tokens", ids.length));
    }

    /// `POST /detokenize`: `{"tokens"}`.
    void detokenize(Exchange exchange) throws IOException {
        var body = new Fields(exchange.json(), "");
        LocalModel model = model(body, exchange).here();
        JsonNode tokens = body.value("tokens").orElseThrow(() -> noTokens(body));
        if (!tokens.isArray()) {
            throw noTokens(body);
        }
        int[] ids = new int[tokens.size()];
        for (int i = 0; i < ids.length; i++) {
            JsonNode token = tokens.path(i);
            boolean isId = token.isIntegralNumber() && token.canConvertToInt();
            ids[i] = isId ? token.intValue() : -1;
            if (ids[i] < 0 || ids[i] >= model.tokenizer().vocab()) {
                throw new InvalidRequestException(
                        "tokens[%d]".formatted(i),
                        "found %s, expected an id from 0 to %d; correct it"
                                .formatted(
                                        Printable.shortened(token.toString()),
                                        model.tokenizer().vocab() - 1));
            }
        }
        String text = model.tokenizer().decode(ids, Tokenizer.SpecialTokens.KEEP);
        exchange.send(Json.object().put("content", text).put("prompt", text));
    }

    private static InvalidRequestException noTokens(Fields body) {
        return body.unexpected("tokens", "a list of token ids");
    }

    /// `POST /apply-template`: a chat request as the text that its model reads, which is the last
    /// question alone where it has no template.
    void applyTemplate(Exchange exchange) throws IOException {
        Asked asked = Asked.of(exchange, models);
        Tokenizer tokenizer = asked.served().here().tokenizer();
        String text = tokenizer.decode(prompt(asked), Tokenizer.SpecialTokens.KEEP);
        exchange.send(Json.object().put("prompt", text));
    }

    private static int[] prompt(Asked asked) throws Exchange.GoneException {
        LocalModel model = asked.served().here();
        ChatRequest request = ChatCompletions.readRequest(asked.body(), model.sampling()).chat();
        asked.checkSight(request.messages());
        ChatRequest seen = asked.withPixels(request, List.of());
        return model.prompt(asked.served().terms().apply(seen));
    }

    private ServedModel model(Fields body, Exchange exchange) throws IOException {
        return models.get(body.text("model").orElse(""), exchange);
    }
}
