package dev.tramontane.wire;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.TokenScore;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Reads the chunks of an answer, or a whole one, in every dialect at once: thinking as chunks of
/// the content, beside it as `reasoning_content` or `reasoning`, or between marks in the text where
/// nothing else told of any.
///
/// White space between thinking and answer belongs to neither. For one thread.
final class AnswerReader {
    private final ThinkingMarks marks;
    private final CallPieces calls = new CallPieces();
    private final List<ChatEvent> events = new ArrayList<>();
    private final List<TokenScore> scores = new ArrayList<>(); // whose text is held back
    private Optional<String> id = Optional.empty();
    private Optional<String> model = Optional.empty();
    private Optional<FinishReason> finish = Optional.empty();
    private Optional<String> stopText = Optional.empty();
    private OptionalInt promptTokens = OptionalInt.empty();
    private OptionalInt cachedTokens = OptionalInt.empty();
    private OptionalInt completionTokens = OptionalInt.empty();
    private OptionalInt reasoningTokens = OptionalInt.empty();
    private long thinkingChars;
    private long answerChars;
    private boolean toldThinking;
    private boolean closedThinking;
    private boolean hasCalls;
    private boolean hasCalled;

    /// @param opensThinking whether untold thinking begins with the text
    AnswerReader(boolean opensThinking) {
        marks = new ThinkingMarks(opensThinking);
    }

    /// The server tells of an error where an answer was expected.
    static final class ErrorException extends IOException {
        private static final long serialVersionUID = 1;
        private final transient ApiError error;

        ErrorException(ApiError error) {
            super(error.message());
            this.error = error;
        }

        ApiError error() {
            return error;
        }
    }

    /// What came is no answer.
    static final class NonsenseException extends IOException {
        private static final long serialVersionUID = 1;

        NonsenseException(String message) {
            super(message);
        }
    }

    /// By which the server knows the answer.
    Optional<String> id() {
        return id;
    }

    /// What the server calls the model that answers.
    Optional<String> model() {
        return model;
    }

    /// Whether anything was generated: another try would generate it again.
    boolean hasBegun() {
        return thinkingChars + answerChars > 0 || !calls.isEmpty() || hasCalls || isFinished();
    }

    /// Whether the end was told.
    boolean isFinished() {
        return finish.isPresent();
    }

    /// @param chunk of a stream, or a whole answer
    List<ChatEvent> accept(JsonNode chunk) throws IOException {
        if (!chunk.isObject()) {
            throw new NonsenseException("a chunk that is no JSON object");
        }
        if (ApiError.is(chunk)) {
            throw new ErrorException(ApiError.of(0, chunk));
        }
        hasCalled = false;
        id = id.or(() -> text(chunk, "id"));
        model = model.or(() -> text(chunk, "model"));
        readProgress(chunk.path("prompt_progress"));
        for (JsonNode choice : chunk.path("choices")) {
            if (choice.path("index").asInt(0) == 0) {
                scores.addAll(Scores.read(choice.path("logprobs")));
                int before = events.size();
                JsonNode message = choice.path("message");
                readDelta(message.isObject() ? message : choice.path("delta"));
                readFinish(choice.path("finish_reason"));
                tellScores(before);
                JsonNode stop = choice.path("stop_reason"); // vLLM's: a text, or a token's id
                stopText = stop.isString() ? Optional.of(stop.stringValue()) : stopText;
            }
        }
        readUsage(chunk.path("usage"));
        return take();
    }

    /// The last events, when nothing more comes: of an answer whose end was not told, a cancelled
    /// one.
    List<ChatEvent> end() {
        endText(); // calls that were not finished are none
        FinishReason why = finish.orElse(FinishReason.CANCELLED);
        boolean called = hasCalls && why == FinishReason.STOP;
        events.add(new ChatEvent.Finished(called ? FinishReason.TOOL_CALLS : why, usage()));
        return take();
    }

    private List<ChatEvent> take() {
        List<ChatEvent> taken = List.copyOf(events);
        events.clear();
        return taken;
    }

    /// In front of the text that they belong to, once it is known to be none of the thinking.
    ///
    /// @param before where this chunk's events begin
    private void tellScores(int before) {
        List<ChatEvent> told = events.subList(before, events.size());
        if (told.stream().anyMatch(ChatEvent.Thinking.class::isInstance)) {
            scores.clear();
        } else if (!told.isEmpty() || isFinished()) {
            events.addAll(before, scores.stream().map(ChatEvent.Scored::new).toList());
            scores.clear();
        }
    }

    private static Optional<String> text(JsonNode node, String field) {
        return Optional.of(node.path(field).asString("")).filter(text -> !text.isEmpty());
    }

    /// llama-server's `return_progress`.
    private void readProgress(JsonNode progress) {
        if (progress.isObject()) {
            events.add(
                    new ChatEvent.Progress(
                            0,
                            tokens(progress, "processed"),
                            tokens(progress, "total"),
                            tokens(progress, "cache")));
        }
    }

    private static int tokens(JsonNode progress, String name) {
        return Math.max(0, progress.path(name).asInt(0));
    }

    /// Whether the last chunk had a piece of a call, which is no event before the call is whole.
    boolean hasCalled() {
        return hasCalled;
    }

    private void readDelta(JsonNode delta) {
        String beside = delta.path("reasoning_content").asString("");
        readThinking(beside.isEmpty() ? delta.path("reasoning").asString("") : beside);
        JsonNode content = delta.path("content");
        if (content.isString()) {
            readText(content.stringValue());
        }
        for (JsonNode part : content) {
            readPart(part);
        }
        readText(delta.path("refusal").asString(""));
        hasCalled |= !delta.path("tool_calls").isEmpty() || delta.path("function_call").isObject();
        calls.add(delta.path("tool_calls"));
        calls.addOld(delta.path("function_call"));
        hasCalls |= !calls.isEmpty();
    }

    private void readPart(JsonNode part) {
        if (!part.path("type").asString("text").equals("thinking")) {
            readText(part.path("text").asString(""));
            return;
        }
        JsonNode thinking = part.path("thinking");
        if (thinking.isString()) {
            readThinking(thinking.stringValue());
        }
        for (JsonNode piece : thinking) {
            readThinking(piece.path("text").asString(""));
        }
        closedThinking |= part.path("closed").asBoolean(false);
    }

    private void readThinking(String text) {
        if (text.isEmpty()) {
            return;
        }
        if (!toldThinking) {
            toldThinking = true;
            marks.end().forEach(this::tellUnlessBlank);
        }
        tell(new ChatEvent.Thinking(text));
    }

    private void tellUnlessBlank(ChatEvent event) {
        if (event instanceof ChatEvent.Text(String text) && !text.isBlank()) {
            tell(event);
        }
    }

    private void readText(String text) {
        if (!toldThinking) {
            marks.append(text).forEach(this::tell);
        } else {
            String shown = answerChars == 0 ? text.stripLeading() : text;
            if (!shown.isEmpty()) {
                tell(new ChatEvent.Text(shown));
            }
        }
    }

    private void endText() {
        if (!toldThinking) {
            marks.end().forEach(this::tell);
        }
    }

    private void tell(ChatEvent event) {
        switch (event) {
            case ChatEvent.Thinking(String text) -> thinkingChars += text.length();
            case ChatEvent.Text(String text) -> answerChars += text.length();
            case ChatEvent.Progress _,
                    ChatEvent.ToolCalled _,
                    ChatEvent.Scored _,
                    ChatEvent.Intervened _,
                    ChatEvent.Voted _,
                    ChatEvent.Finished _ -> {}
        }
        events.add(event);
    }

    private void readFinish(JsonNode reason) throws IOException {
        if (!reason.isString() || isFinished()) {
            return;
        }
        String said = reason.stringValue();
        finish =
                Optional.of(
                        switch (said) {
                            case "stop", "eos", "eos_token", "stop_sequence" -> FinishReason.STOP;
                            case "length", "max_tokens" -> FinishReason.LENGTH;
                            case "model_length" -> FinishReason.CONTEXT_FULL;
                            case "repetition" -> FinishReason.REPETITION;
                            case "tool_calls", "function_call" -> FinishReason.TOOL_CALLS;
                            case "content_filter" ->
                                    throw new ErrorException(
                                            error("content_filter", "the answer was withheld"));
                            case "error", "abort" ->
                                    throw new ErrorException(error(said, "the answer broke off"));
                            default ->
                                    throw new NonsenseException(
                                            "finish_reason "
                                                    + HubAddress.printable(said)
                                                    + ", expected stop, length, model_length or"
                                                    + " tool_calls");
                        });
        endText();
        if (finish.get() == FinishReason.LENGTH || finish.get() == FinishReason.CONTEXT_FULL) {
            calls.dropCut();
        }
        calls.take().forEach(call -> events.add(new ChatEvent.ToolCalled(call)));
    }

    private static ApiError error(String code, String message) {
        return new ApiError(0, "server_error", Optional.of(code), Optional.empty(), message);
    }

    private void readUsage(JsonNode usage) {
        if (!usage.isObject()) {
            return;
        }
        promptTokens = count(usage.path("prompt_tokens"), promptTokens);
        completionTokens = count(usage.path("completion_tokens"), completionTokens);
        cachedTokens = count(usage.path("prompt_cache_hit_tokens"), cachedTokens); // DeepSeek
        cachedTokens = count(usage.path("num_cached_tokens"), cachedTokens); // Mistral
        cachedTokens =
                count(usage.path("prompt_tokens_details").path("cached_tokens"), cachedTokens);
        reasoningTokens =
                count(
                        usage.path("completion_tokens_details").path("reasoning_tokens"),
                        reasoningTokens);
    }

    private static OptionalInt count(JsonNode told, OptionalInt before) {
        boolean isCount = told.isIntegralNumber() && told.canConvertToInt();
        return isCount && told.intValue() >= 0 ? OptionalInt.of(told.intValue()) : before;
    }

    private Usage usage() {
        Set<Usage.Count> untold = EnumSet.noneOf(Usage.Count.class);
        int completion = known(completionTokens, Usage.Count.COMPLETION, untold);
        int reasoning =
                thinkingChars == 0 && reasoningTokens.isEmpty()
                        ? 0
                        : known(reasoningTokens, Usage.Count.REASONING, untold);
        if (untold.contains(Usage.Count.REASONING)) {
            reasoning =
                    (int) (completion * thinkingChars / Math.max(1, thinkingChars + answerChars));
        }
        boolean closed = closedThinking || marks.isClosed();
        return new Usage(
                known(promptTokens, Usage.Count.PROMPT, untold),
                known(cachedTokens, Usage.Count.CACHED, untold),
                completion,
                Math.min(reasoning, completion),
                List.of(),
                thinkingChars > 0 && answerChars == 0 && !hasCalls && !closed,
                Usage.Repetition.NONE,
                untold,
                stopText);
    }

    private static int known(OptionalInt told, Usage.Count what, Set<Usage.Count> untold) {
        if (told.isEmpty()) {
            untold.add(what);
        }
        return told.orElse(0);
    }
}
