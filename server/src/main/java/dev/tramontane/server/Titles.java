package dev.tramontane.server;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.Client;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.Thinking;
import dev.tramontane.engine.Priority;
import dev.tramontane.sampling.SamplingParams;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Has a model name a conversation: in a few tokens, without thinking, behind everybody who waits.
///
/// @param asked the request whose answer the conversation begins with
record Titles(ServedModel served, RunningAnswers running, ChatRequest asked) {
    private static final System.Logger LOG = System.getLogger(Titles.class.getName());
    private static final int MOST_TOKENS = 12;
    private static final int LONGEST_CHARS = 80;
    private static final int SHOWN_CHARS = 2000;
    private static final String TASK =
            "Give the text below a title of two to six words, in the text's own language. Answer with"
                    + " the title alone.\n\n";

    /// @param messages of the conversation
    /// @return empty where the model finds none; the conversation keeps its first words
    Optional<String> find(List<Message> messages) {
        String text =
                messages.getLast().content().stream()
                        .filter(Chunk.TextChunk.class::isInstance)
                        .map(Chunk.TextChunk.class::cast)
                        .map(Chunk.TextChunk::text)
                        .collect(Collectors.joining("\n"));
        String shown = text.substring(0, Math.min(text.length(), SHOWN_CHARS));
        SamplingParams sampling =
                asked.sampling().orElse(served.nature().sampling()).withMaxTokens(MOST_TOKENS);
        ChatRequest request =
                ChatRequest.of(TASK + shown)
                        .withSampling(sampling)
                        .withThinking(
                                served.nature().thinks() ? new Thinking.Off() : Thinking.DEFAULT)
                        .withDefaultSystemPrompt(false)
                        .withClient(new Client(asked.client().owner(), Priority.BACKGROUND));
        try (ChatStream stream = served.model().chat(request);
                Running.Entry _ = running.enter(stream::close)) {
            return cleaned(stream.collect().text());
        } catch (RuntimeException failure) { // the answer is there: a title is not worth an error
            LOG.log(System.Logger.Level.DEBUG, "a conversation has no title", failure);
            return Optional.empty();
        }
    }

    /// The first line without what models put around titles; a formula is an answer, and no title.
    private static Optional<String> cleaned(String told) {
        String line =
                told.strip().lines().findFirst().orElse("").replaceAll("\\p{Cntrl}+", " ").strip();
        String bare =
                line.replaceFirst("(?i)^(title|titre|titel|título|titolo)\\s*:\\s*", "")
                        .replaceAll("^[#*_\"'`«»“”„\\s]+|[*_\"'`«»“”\\s.]+$", "");
        boolean isTitle = !bare.isEmpty() && bare.length() <= LONGEST_CHARS && !bare.contains("\\");
        return isTitle ? Optional.of(bare) : Optional.empty();
    }
}
