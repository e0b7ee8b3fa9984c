package dev.tramontane.server;

import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.TextRequest;
import dev.tramontane.chat.TokenScore;
import dev.tramontane.engine.Scorer;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.wire.Answering;
import dev.tramontane.wire.TextCompletions;
import dev.tramontane.wire.TextWriter;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/// `POST /v1/completions`: texts and token ids are continued as they are.
record CompletionsEndpoint(Models models, RunningAnswers running, AnswerTeller teller)
        implements Endpoint {
    @Override
    public void answer(Exchange exchange) throws IOException {
        Asked asked = Asked.of(exchange, models);
        TextCompletions.Request request =
                TextCompletions.readRequest(asked.body(), asked.defaults());
        exchange.observation().samples(request.sampling());
        exchange.observation().answersEach(request.choices());
        teller.promise(exchange, request.stream(), Answering.Framing.UNNAMED_TO_DONE);
        ServedModel served = asked.served();
        LocalModel model = served.here();
        boolean scores = request.sampling().topLogprobs() >= 0;
        List<TextWriter.Echo> echoes = new ArrayList<>();
        List<Supplier<ChatStream>> starts = new ArrayList<>();
        for (TextCompletions.Prompt prompt : request.prompts()) {
            int[] tokens = tokens(prompt, request, model);
            TextWriter.Echo echo =
                    request.echo()
                            ? echo(exchange, prompt, tokens, request.sampling(), model)
                            : TextWriter.Echo.NONE;
            for (int choice = 0; choice < request.choices(); choice++) {
                SamplingParams sampling = request.sampling();
                var own =
                        new TextRequest(
                                tokens,
                                sampling.withSeed(sampling.seed() + choice),
                                request.stop(),
                                exchange.caller().client());
                echoes.add(echo);
                starts.add(
                        request.generates()
                                ? () -> model.continueText(own)
                                : () -> new NothingMore(tokens.length, FinishReason.LENGTH));
            }
        }
        var head = served.head("cmpl-");
        var writer = new TextWriter(head, echoes, request.choices(), scores, request.usageApart());
        teller.tell(
                exchange,
                new AnswerTeller.Telling(head.id(), writer, starts, request.stream(), false));
    }

    private static int[] tokens(
            TextCompletions.Prompt prompt, TextCompletions.Request request, LocalModel model) {
        return switch (prompt) {
            case TextCompletions.Prompt.Text(String text) ->
                    request.suffix().isPresent()
                            ? FimEndpoint.prompt(model, text, request.suffix())
                            : model.textPrompt(text);
            case TextCompletions.Prompt.Tokens(int[] tokens) -> {
                if (request.suffix().isPresent()) {
                    throw new InvalidRequestException(
                            "suffix",
                            "found one behind token ids, expected a text in front; leave it out");
                }
                yield tokens;
            }
        };
    }

    /// The prompt, and how likely each of its tokens was where that is asked for: the first has
    /// nothing before it.
    private TextWriter.Echo echo(
            Exchange exchange,
            TextCompletions.Prompt prompt,
            int[] tokens,
            SamplingParams sampling,
            LocalModel model)
            throws IOException {
        Tokenizer tokenizer = model.tokenizer();
        model.checkPrompt(tokens); // nothing is scored before that is known
        String text =
                switch (prompt) {
                    case TextCompletions.Prompt.Text(String written) -> written;
                    case TextCompletions.Prompt.Tokens _ ->
                            tokenizer.decode(tokens, Tokenizer.SpecialTokens.KEEP);
                };
        if (sampling.topLogprobs() < 0) {
            return new TextWriter.Echo(text, List.of());
        }
        var isUnwanted = new AtomicBoolean();
        Scorer.Scores scored =
                running.whileWanted(
                        exchange,
                        () -> isUnwanted.set(true),
                        () -> model.score(tokens, sampling.topLogprobs(), isUnwanted::get));
        List<TokenScore> scores = new ArrayList<>(tokens.length);
        for (int i = 0; i < tokens.length; i++) {
            List<TokenScore> top = new ArrayList<>();
            if (i > 0) {
                for (Scorer.Alternative each : scored.top().get(i - 1)) {
                    top.add(
                            TokenScore.of(
                                    each.token(), (float) each.logprob(), List.of(), tokenizer));
                }
            }
            scores.add(TokenScore.of(tokens[i], (float) scored.logprobs()[i], top, tokenizer));
        }
        return new TextWriter.Echo(text, scores);
    }
}
