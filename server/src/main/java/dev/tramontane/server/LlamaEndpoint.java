package dev.tramontane.server;

import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.TextRequest;
import dev.tramontane.sampling.LogitBias;
import dev.tramontane.sampling.Penalties;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.wire.Answering;
import dev.tramontane.wire.LlamaRequests;
import dev.tramontane.wire.LlamaRequests.Task;
import dev.tramontane.wire.LlamaSettings;
import dev.tramontane.wire.LlamaWriter;
import dev.tramontane.wire.TextCompletions;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// `POST /completion` and `/infill`, llama-server's own, for editors and programs that know no
/// other.
record LlamaEndpoint(Models models, AnswerTeller teller) {
    /// Of the context, what a gap's surroundings leave for what fills it, at most.
    private static final int SHARE = 4;

    void completion(Exchange exchange) throws IOException {
        Asked asked = Asked.of(exchange, models);
        answer(exchange, asked, LlamaRequests.readCompletion(asked.body(), asked.defaults()));
    }

    void infill(Exchange exchange) throws IOException {
        Asked asked = Asked.of(exchange, models);
        answer(exchange, asked, LlamaRequests.readInfill(asked.body(), asked.defaults()));
    }

    private void answer(Exchange exchange, Asked asked, LlamaRequests.Request request)
            throws IOException {
        teller.promise(exchange, request.stream(), Answering.Framing.UNNAMED);
        ServedModel served = asked.served();
        LocalModel model = served.here();
        SamplingParams sampling = biased(request.choosing(), model.tokenizer());
        exchange.observation().samples(sampling);
        exchange.observation().answersEach(request.choices());
        List<LlamaWriter.Asked> told = new ArrayList<>();
        List<Supplier<ChatStream>> starts = new ArrayList<>();
        for (int[] prompt : prompts(request.task(), sampling, model)) {
            model.checkPrompt(prompt);
            String text = model.tokenizer().decode(prompt, Tokenizer.SpecialTokens.KEEP);
            for (int choice = 0; choice < request.choices(); choice++) {
                SamplingParams own = sampling.withSeed(sampling.seed() + choice);
                told.add(new LlamaWriter.Asked(text, prompt.length, settings(request, own, model)));
                var wanted =
                        new TextRequest(
                                prompt,
                                request.bounds().generates() ? own : own.withMaxTokens(1),
                                request.bounds().stop(),
                                exchange.caller().client(),
                                request.choosing().format(),
                                request.bounds().ignoresEnd());
                starts.add(() -> BoundedText.of(model.continueText(wanted), request.bounds()));
            }
        }
        var head = served.head("llama-");
        var writer = new LlamaWriter(head, request.told(), told);
        teller.tell(
                exchange,
                new AnswerTeller.Telling(
                        head.id(), writer, starts, request.stream(), request.told().progress()));
    }

    /// With the biases of texts, which are their tokens'.
    private static SamplingParams biased(LlamaRequests.Choosing choosing, Tokenizer tokenizer) {
        SamplingParams sampling = choosing.sampling();
        if (choosing.textBias().isEmpty()) {
            return sampling;
        }
        Penalties penalties = sampling.penalties();
        Map<Integer, Float> values = new HashMap<>(penalties.bias().values());
        choosing.textBias()
                .forEach(
                        (text, bias) ->
                                Arrays.stream(tokenizer.encode(text))
                                        .forEach(token -> values.put(token, bias)));
        return sampling.withPenalties(
                new Penalties(new LogitBias(values), penalties.repetition(), penalties.dry()));
    }

    private static ObjectNode settings(
            LlamaRequests.Request request, SamplingParams sampling, LocalModel model) {
        ObjectNode settings = Json.object().put("n_ctx", model.context());
        LlamaSettings.write(request, sampling, model.tokenizer().stopTokens(), settings);
        return settings;
    }

    private static List<int[]> prompts(Task task, SamplingParams sampling, LocalModel model) {
        return switch (task) {
            case Task.Continue(List<LlamaRequests.Prompt> prompts) ->
                    prompts.stream().map(prompt -> tokens(prompt, model)).toList();
            case Task.Fill(var gap) -> {
                int room = Math.min(sampling.maxTokens(), model.context() / SHARE);
                yield List.of(model.gapPrompt(gap, model.context() - room));
            }
        };
    }

    /// The model's first mark stands in front of a text that comes first.
    private static int[] tokens(LlamaRequests.Prompt prompt, LocalModel model) {
        IntStream tokens = IntStream.empty();
        boolean isFirst = true;
        for (TextCompletions.Prompt part : prompt.parts()) {
            int[] more =
                    switch (part) {
                        case TextCompletions.Prompt.Text(String text) ->
                                isFirst ? model.textPrompt(text) : model.tokenizer().encode(text);
                        case TextCompletions.Prompt.Tokens(int[] ids) -> ids;
                    };
            tokens = IntStream.concat(tokens, Arrays.stream(more));
            isFirst = false;
        }
        return tokens.toArray();
    }
}
