package dev.tramontane.server;

import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.MajorityVote;
import dev.tramontane.chat.Message;
import dev.tramontane.wire.AnswerWriter;
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
        if (!asked.offer().nature().sees()) {
            checkText(request.chat().messages(), asked.offer().id());
        }
        ServedModel served = asked.served();
        ChatRequest chat = request.chat().withClient(exchange.caller().client());
        ChatModel model =
                request.votes() > 1
                        ? new MajorityVote(served.model(), request.votes())
                        : served.model();
        AnswerWriter.Head head = served.head("chatcmpl");
        ReasoningFormat format =
                request.format()
                        .or(exchange.caller()::format)
                        .or(served.terms().defaults()::format)
                        .orElse(config.format());
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

    /// Images come in every shape that clients send, and are refused where nobody sees them.
    private static void checkText(List<Message> messages, String model) {
        for (int i = 0; i < messages.size(); i++) {
            List<Chunk> content = messages.get(i).content();
            for (int j = 0; j < content.size(); j++) {
                if (content.get(j) instanceof Chunk.ImageChunk) {
                    throw unseen("messages[%d].content[%d]".formatted(i, j), model);
                }
            }
        }
    }

    /// @param path of the image
    static InvalidRequestException unseen(String path, String model) {
        return new InvalidRequestException(
                path,
                "found an image, which %s does not see, expected text; leave it out, or ask a model that sees"
                        .formatted(model));
    }
}
