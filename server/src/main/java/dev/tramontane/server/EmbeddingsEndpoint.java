package dev.tramontane.server;

import dev.tramontane.chat.Embeddings;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.wire.EmbeddingRequest;
import dev.tramontane.wire.EmbeddingWriter;
import dev.tramontane.wire.TextCompletions.Prompt;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/// The vectors of texts: `POST /v1/embeddings` as OpenAI and Mistral have it, and `/embeddings` as
/// llama-server does.
final class EmbeddingsEndpoint {
    private static final int LARGE_ANSWER_VALUES = 1 << 18; // a megabyte
    private static final int MOST_LARGE_ANSWERS = 8;

    private final Models models;
    private final RunningAnswers running;
    private final Turnstile largeAnswers =
            new Turnstile("requests for many vectors are being answered", MOST_LARGE_ANSWERS);

    EmbeddingsEndpoint(Models models, RunningAnswers running) {
        this.models = models;
        this.running = running;
    }

    /// `POST /v1/embeddings`.
    void embeddings(Exchange exchange) throws IOException {
        answer(exchange, EmbeddingWriter::writeList);
    }

    /// `POST /embeddings`.
    void plain(Exchange exchange) throws IOException {
        answer(exchange, EmbeddingWriter::writePlain);
    }

    private interface Form {
        void write(EmbeddingWriter writer, OutputStream out);
    }

    private void answer(Exchange exchange, Form form) throws IOException {
        Asked asked = Asked.of(exchange, models);
        LocalModel model = asked.served().here();
        EmbeddingRequest request = EmbeddingRequest.read(asked.body(), model.embeddingDim());
        List<int[]> texts = request.texts().stream().map(text -> tokens(text, model)).toList();
        boolean isLarge = (long) texts.size() * model.embeddingDim() > LARGE_ANSWER_VALUES;
        try (Turnstile.Place _ = isLarge ? largeAnswers.enter() : Turnstile.Place.NONE) {
            List<float[]> vectors = vectors(exchange, texts, model);
            int tokens = texts.stream().mapToInt(text -> text.length).sum();
            exchange.observation().reads(tokens);
            String name = asked.served().id();
            var writer = new EmbeddingWriter(Ids.next("embd-"), name, request, vectors, tokens);
            exchange.write(Replies.JSON, out -> form.write(writer, out));
        }
    }

    private static int[] tokens(Prompt text, LocalModel model) {
        return switch (text) {
            case Prompt.Text(String written) -> model.embeddingPrompt(written);
            case Prompt.Tokens(int[] tokens) -> tokens;
        };
    }

    /// All vectors; none is sent before the last is there, so that what goes wrong has a status.
    private List<float[]> vectors(Exchange exchange, List<int[]> texts, LocalModel model)
            throws IOException {
        try (Embeddings read = model.embed(texts, exchange.caller().client())) {
            return running.whileWanted(exchange, read::close, () -> all(read, texts.size()));
        }
    }

    private static List<float[]> all(Embeddings read, int count) {
        List<float[]> vectors = new ArrayList<>(count);
        read.forEachRemaining(vectors::add);
        return vectors;
    }
}
