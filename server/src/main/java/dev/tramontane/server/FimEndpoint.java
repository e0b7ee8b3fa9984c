package dev.tramontane.server;

import dev.tramontane.chat.Gap;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.TextRequest;
import dev.tramontane.wire.AnswerWriter;
import dev.tramontane.wire.Answering;
import dev.tramontane.wire.Fields;
import dev.tramontane.wire.ReasoningFormat;
import dev.tramontane.wire.TextCompletions;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// `POST /v1/fim/completions`: the text between two others, told as a chat answer, as Mistral has
/// it.
record FimEndpoint(Models models, AnswerTeller teller) implements Endpoint {
    @Override
    public void answer(Exchange exchange) throws IOException {
        Asked asked = Asked.of(exchange, models);
        TextCompletions.Request request =
                TextCompletions.readMiddle(asked.body(), asked.defaults());
        exchange.observation().samples(request.sampling());
        String before = new Fields(asked.body(), "").requiredText("prompt");
        teller.promise(exchange, request.stream(), Answering.Framing.UNNAMED_TO_DONE);
        ServedModel served = asked.served();
        LocalModel model = served.here();
        var own =
                new TextRequest(
                        prompt(model, before, request.suffix()),
                        request.sampling(),
                        request.stop(),
                        exchange.caller().client());
        AnswerWriter.Head head = served.head("fim-");
        var writer = new AnswerWriter(head, ReasoningFormat.HIDDEN, request.usageApart());
        teller.tell(
                exchange,
                new AnswerTeller.Telling(
                        head.id(),
                        writer,
                        List.of(() -> model.continueText(own)),
                        request.stream(),
                        false));
    }

    /// What such a model reads.
    ///
    /// @throws InvalidRequestException when it is none
    static int[] prompt(LocalModel model, String before, Optional<String> behind) {
        return model.gapPrompt(new Gap(before, behind.orElse("")), Integer.MAX_VALUE);
    }
}
