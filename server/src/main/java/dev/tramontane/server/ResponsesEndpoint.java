package dev.tramontane.server;

import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.wire.AnswerWriter;
import dev.tramontane.wire.Answering;
import dev.tramontane.wire.ReasoningFormat;
import dev.tramontane.wire.ResponseWriter;
import dev.tramontane.wire.Responses;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.List;

/// `POST /v1/responses`, and how many tokens such a request has.
///
/// @param running those being written, as they are told meanwhile; not to be changed
record ResponsesEndpoint(
        ServerConfig config,
        Models models,
        AnswerTeller teller,
        ResponseStore store,
        Running<ObjectNode> running)
        implements Endpoint {
    @Override
    public void answer(Exchange exchange) throws IOException {
        Asked asked = Asked.of(exchange, models);
        Responses.Request read = read(asked, exchange);
        teller.promise(exchange, read.delivery().stream(), Answering.Framing.NAMED_BY_TYPE);
        Responses.Request request = onTerms(read, asked);
        request.chat().sampling().ifPresent(exchange.observation()::samples);
        Responses.Request fitted = Truncation.of(asked.served()).fitted(request);
        try {
            answer(exchange, asked, fitted);
        } catch (InvalidRequestException refusal) {
            throw fitted.told(refusal);
        }
    }

    /// A request as its client asks it.
    private Responses.Request read(Asked asked, Exchange exchange) {
        Responses.Past past = store.past(exchange.caller().owner());
        Responses.Request request = Responses.readRequest(asked.body(), asked.defaults(), past);
        ChatRequest chat;
        try {
            asked.checkSight(request.chat().messages());
            chat = asked.withPixels(request.chat(), List.of());
        } catch (InvalidRequestException refusal) {
            throw request.told(refusal);
        }
        return request.asking(chat);
    }

    /// A request as its model is asked it.
    private static Responses.Request onTerms(Responses.Request request, Asked asked)
            throws Exchange.GoneException {
        return request.asking(asked.served().terms().apply(request.chat()));
    }

    private void answer(Exchange exchange, Asked asked, Responses.Request request)
            throws IOException {
        Caller caller = exchange.caller();
        ChatRequest chat = request.chat().withClient(caller.client());
        ChatModel model = asked.model(request.votes());
        AnswerWriter.Head head = asked.served().head("resp_");
        ReasoningFormat format = asked.format(request.delivery().format(), config);
        var writer =
                new ResponseWriter(
                        head,
                        request.settings(),
                        format == ReasoningFormat.HIDDEN,
                        ended -> {
                            remember(caller, request.memory(), ended);
                            running.leave(head.id()); // whoever is told the end finds it ended
                        });
        try (Running.Entry _ = running.enter(head.id(), caller, writer.inProgress())) {
            teller.tell(
                    exchange,
                    new AnswerTeller.Telling(
                            head.id(),
                            writer,
                            List.of(() -> model.chat(chat)),
                            request.delivery().stream(),
                            request.delivery().progress()));
        }
    }

    private void remember(Caller caller, Responses.Memory memory, ResponseWriter.Ended ended) {
        if (memory.store()) {
            store.put(caller.owner(), memory, ended);
        }
    }

    /// `POST /v1/responses/input_tokens`.
    void inputTokens(Exchange exchange) throws IOException {
        Asked asked = Asked.of(exchange, models);
        Responses.Request request = onTerms(read(asked, exchange), asked);
        try {
            int tokens = asked.served().here().prompt(request.chat()).length;
            exchange.send(
                    Json.object()
                            .put("object", "response.input_tokens")
                            .put("input_tokens", tokens));
        } catch (InvalidRequestException refusal) {
            throw request.told(refusal);
        }
    }
}
