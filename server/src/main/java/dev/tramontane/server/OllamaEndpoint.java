package dev.tramontane.server;

import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.TextRequest;
import dev.tramontane.wire.AnswerWriter;
import dev.tramontane.wire.OllamaHold;
import dev.tramontane.wire.OllamaRequests;
import dev.tramontane.wire.OllamaRequests.Task;
import dev.tramontane.wire.OllamaWriter;
import dev.tramontane.wire.ReasoningFormat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// `POST /api/chat` and `/api/generate`, for tools that find local models in Ollama's way.
record OllamaEndpoint(ServerConfig config, Models models, AnswerTeller teller) {
    void chat(Exchange exchange) throws IOException {
        Asked asked = OllamaNames.asked(exchange, models);
        answer(
                exchange,
                asked,
                OllamaRequests.readChat(asked.body(), asked.defaults()),
                OllamaWriter.Kind.CHAT);
    }

    void generate(Exchange exchange) throws IOException {
        Asked asked = OllamaNames.asked(exchange, models);
        answer(
                exchange,
                asked,
                OllamaRequests.readGenerate(asked.body(), asked.defaults()),
                OllamaWriter.Kind.GENERATE);
    }

    private void answer(
            Exchange exchange, Asked asked, OllamaRequests.Request request, OllamaWriter.Kind kind)
            throws IOException {
        asked.checkImages(request.images());
        if (request.task() instanceof Task.Load && isLetGo(asked.offer(), request)) {
            var head =
                    new AnswerWriter.Head("", Instant.now().getEpochSecond(), asked.offer().id());
            exchange.send(new OllamaWriter(head, kind, false).unloaded());
            return;
        }
        ServedModel served = asked.served();
        keep(asked.offer(), request);
        AnswerWriter.Head head = served.head("ollama-");
        boolean shows = asked.format(Optional.empty(), config) != ReasoningFormat.HIDDEN;
        var writer = new OllamaWriter(head, kind, shows);
        switch (request.task()) {
            case Task.Load _ -> exchange.send(writer.loaded());
            case Task.Talk(var chat) -> {
                chat.sampling().ifPresent(exchange.observation()::samples);
                var own =
                        asked.withPixels(chat, request.images())
                                .withClient(exchange.caller().client());
                tell(exchange, head, writer, request, () -> served.model().chat(own));
            }
            case Task.Continue text -> {
                exchange.observation().samples(text.sampling());
                LocalModel model = served.here();
                var own =
                        new TextRequest(
                                prompt(model, text),
                                text.sampling(),
                                text.stop(),
                                exchange.caller().client());
                tell(exchange, head, writer, request, () -> model.continueText(own));
            }
        }
    }

    /// Lets a model go where that is all that is wanted. It goes when its answers are written.
    private static boolean isLetGo(Offer offer, OllamaRequests.Request request) {
        boolean isWanted = request.hold().filter(OllamaHold::isNone).isPresent();
        return switch (offer) {
            case LocalOffer local -> {
                if (isWanted) {
                    local.unload(Duration.ZERO);
                }
                yield isWanted;
            }
            case ServedModel _, UpstreamOffer _ -> false;
        };
    }

    /// What is no model of this machine that is opened when it is asked for stays as it is.
    private static void keep(Offer offer, OllamaRequests.Request request) {
        switch (offer) {
            case LocalOffer local -> request.hold().ifPresent(hold -> local.keep(hold.time()));
            case ServedModel _, UpstreamOffer _ -> {}
        }
    }

    private static int[] prompt(LocalModel model, Task.Continue text) {
        return text.suffix().isPresent()
                ? FimEndpoint.prompt(model, text.prompt(), text.suffix())
                : model.textPrompt(text.prompt());
    }

    private void tell(
            Exchange exchange,
            AnswerWriter.Head head,
            OllamaWriter writer,
            OllamaRequests.Request request,
            Supplier<ChatStream> start)
            throws IOException {
        teller.tell(
                exchange,
                new AnswerTeller.Telling(
                        head.id(), writer, List.of(start), request.stream(), false));
    }
}
