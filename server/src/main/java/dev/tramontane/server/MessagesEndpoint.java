package dev.tramontane.server;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.wire.AnswerWriter;
import dev.tramontane.wire.Answering;
import dev.tramontane.wire.AnthropicMessages;
import dev.tramontane.wire.AnthropicWriter;
import dev.tramontane.wire.ReasoningFormat;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// `POST /v1/messages`, and how many tokens such a request has, in Anthropic's words.
record MessagesEndpoint(ServerConfig config, Models models, AnswerTeller teller)
        implements Endpoint {
    @Override
    public void answer(Exchange exchange) throws IOException {
        Asked asked = Asked.of(exchange, models);
        AnthropicMessages.Request request =
                AnthropicMessages.readRequest(asked.body(), asked.defaults());
        request.chat().sampling().ifPresent(exchange.observation()::samples);
        asked.checkImages(request.images());
        ChatRequest chat =
                asked.withPixels(request.chat(), request.images())
                        .withClient(exchange.caller().client());
        teller.promise(exchange, request.stream(), Answering.Framing.NAMED_BY_TYPE);
        ServedModel served = asked.served();
        AnswerWriter.Head head = served.head("msg_");
        ReasoningFormat format = asked.format(Optional.empty(), config);
        boolean shows = request.showsThinking() && format != ReasoningFormat.HIDDEN;
        teller.tell(
                exchange,
                new AnswerTeller.Telling(
                        head.id(),
                        new AnthropicWriter(head, shows),
                        List.of(() -> served.model().chat(chat)),
                        request.stream(),
                        true));
    }

    /// `POST /v1/messages/count_tokens`: what the model would read, its own system prompt included.
    void count(Exchange exchange) throws IOException {
        Asked asked = Asked.of(exchange, models);
        AnthropicMessages.Request request =
                AnthropicMessages.readCounted(asked.body(), asked.defaults());
        asked.checkImages(request.images());
        ChatRequest chat = asked.withPixels(request.chat(), request.images());
        ServedModel served = asked.served();
        int tokens = served.here().prompt(served.terms().apply(chat)).length;
        exchange.send(Json.object().put("input_tokens", tokens));
    }
}
