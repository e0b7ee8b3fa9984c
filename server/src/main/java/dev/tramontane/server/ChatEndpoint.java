package dev.tramontane.server;

import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.wire.AnswerWriter;
import dev.tramontane.wire.Answering;
import dev.tramontane.wire.ChatCompletions;
import dev.tramontane.wire.ReasoningFormat;
import dev.tramontane.wire.StreamedUsage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// `POST /v1/chat/completions`.
record ChatEndpoint(ServerConfig config, Models models, AnswerTeller teller) implements Endpoint {
    @Override
    public void answer(Exchange exchange) throws IOException {
        Asked asked = Asked.of(exchange, models);
        ChatCompletions.Request request =
                ChatCompletions.readRequest(asked.body(), asked.defaults());
        request.chat().sampling().ifPresent(exchange.observation()::samples);
        asked.checkSight(request.chat().messages());
        ChatRequest chat =
                asked.withPixels(request.chat(), List.of()).withClient(exchange.caller().client());
        teller.promise(exchange, request.stream(), Answering.Framing.UNNAMED_TO_DONE);
        ServedModel served = asked.served();
        ChatModel model = asked.model(request.votes());
        AnswerWriter.Head head = served.head("chatcmpl-");
        ReasoningFormat format = asked.format(request.format(), config);
        StreamedUsage usage =
                request.usageApart()
                        ? StreamedUsage.IN_OWN_CHUNK
                        : exchange.caller().streamedUsage();
        var writer = new AnswerWriter(head, format, usage, request.choices());
        List<Supplier<ChatStream>> starts = new ArrayList<>();
        for (int choice = 0; choice < request.choices(); choice++) {
            ChatRequest own = seeded(chat, choice);
            starts.add(() -> model.chat(own));
        }
        teller.tell(
                exchange,
                new AnswerTeller.Telling(
                        head.id(), writer, starts, request.stream(), request.progress()));
    }

    /// Choices differ in their seeds, which follow each other.
    private static ChatRequest seeded(ChatRequest request, int choice) {
        return request.sampling()
                .map(params -> request.withSampling(params.withSeed(params.seed() + choice)))
                .orElse(request);
    }
}
