package dev.tramontane.server;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.ImageSource;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.TextRequest;
import dev.tramontane.image.RgbImage;
import dev.tramontane.sampling.LogitBias;
import dev.tramontane.sampling.Penalties;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.wire.Answering;
import dev.tramontane.wire.LlamaRequests;
import dev.tramontane.wire.LlamaRequests.Part;
import dev.tramontane.wire.LlamaRequests.Task;
import dev.tramontane.wire.LlamaSettings;
import dev.tramontane.wire.LlamaWriter;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
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
        Task task = seen(asked, request.task());
        teller.promise(exchange, request.stream(), Answering.Framing.UNNAMED);
        ServedModel served = asked.served();
        LocalModel model = served.here();
        SamplingParams sampling = biased(request.choosing(), model.tokenizer());
        exchange.observation().samples(sampling);
        exchange.observation().answersEach(request.choices());
        List<LlamaWriter.Asked> told = new ArrayList<>();
        List<Supplier<ChatStream>> starts = new ArrayList<>();
        for (Reading reading : readings(task, sampling, model)) {
            int[] prompt = reading.tokens();
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
                                        exchange.caller().client())
                                .withFormat(request.choosing().format())
                                .withIgnoredEnd(request.bounds().ignoresEnd())
                                .withImages(reading.images());
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

    /// What the model reads.
    private record Reading(int[] tokens, List<ImageSource> images) {}

    /// With pixels where there were addresses.
    private static Task seen(Asked asked, Task task) {
        if (!(task instanceof Task.Continue(List<LlamaRequests.Prompt> prompts))) {
            return task;
        }
        List<String> places = new ArrayList<>();
        List<Chunk> content = new ArrayList<>();
        for (LlamaRequests.Prompt prompt : prompts) {
            for (Part.Image image : images(prompt)) {
                places.add(image.place());
                content.add(new Chunk.ImageChunk(image.source()));
            }
        }
        if (places.isEmpty()) {
            return task;
        }
        asked.checkImages(places);
        var request = ChatRequest.of(List.of(new Message.UserMessage(content)));
        Iterator<Chunk> pixels =
                asked.withPixels(request, places).messages().getFirst().content().iterator();
        return new Task.Continue(
                prompts.stream().map(prompt -> withPixels(prompt, pixels)).toList());
    }

    private static List<Part.Image> images(LlamaRequests.Prompt prompt) {
        return prompt.parts().stream()
                .filter(Part.Image.class::isInstance)
                .map(Part.Image.class::cast)
                .toList();
    }

    private static LlamaRequests.Prompt withPixels(
            LlamaRequests.Prompt prompt, Iterator<Chunk> pixels) {
        List<Part> parts = new ArrayList<>();
        for (Part part : prompt.parts()) {
            boolean isSeen = part instanceof Part.Image;
            parts.add(
                    isSeen && pixels.next() instanceof Chunk.ImageChunk(ImageSource source)
                            ? new Part.Image(source, "")
                            : part);
        }
        return new LlamaRequests.Prompt(parts);
    }

    private static List<Reading> readings(Task task, SamplingParams sampling, LocalModel model) {
        return switch (task) {
            case Task.Continue(List<LlamaRequests.Prompt> prompts) ->
                    prompts.stream().map(prompt -> reading(prompt, model)).toList();
            case Task.Fill(var gap) -> {
                int room = Math.min(sampling.maxTokens(), model.context() / SHARE);
                yield List.of(new Reading(model.gapPrompt(gap, model.context() - room), List.of()));
            }
        };
    }

    /// The model's first mark stands in front of a text that comes first.
    private static Reading reading(LlamaRequests.Prompt prompt, LocalModel model) {
        IntStream.Builder tokens = IntStream.builder(); // of as many parts as a body holds
        boolean isFirst = true;
        for (Part part : prompt.parts()) {
            int[] more =
                    switch (part) {
                        case Part.Text(String text) ->
                                isFirst ? model.textPrompt(text) : model.tokenizer().encode(text);
                        case Part.Tokens(int[] ids) -> ids;
                        case Part.Image(ImageSource.Pixels(RgbImage image), _) ->
                                model.imagePrompt(image);
                        case Part.Image(ImageSource.Address _, String place) ->
                                throw new IllegalStateException("not decoded: " + place);
                    };
            Arrays.stream(more).forEach(tokens);
            isFirst = false;
        }
        List<ImageSource> images = images(prompt).stream().map(Part.Image::source).toList();
        return new Reading(tokens.build().toArray(), images);
    }
}
