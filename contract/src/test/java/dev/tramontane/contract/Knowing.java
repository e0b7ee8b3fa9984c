package dev.tramontane.contract;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ResponseFormat;
import dev.tramontane.chat.Thinking;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.ToolChoice;
import dev.tramontane.chat.Usage;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.server.Script;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/// A model that knows what clients' tests ask: capitals, the weather, German. It reads what it was
/// sent as a model does: only what arrived can be answered.
///
/// A token is a word. It thinks two of them unless it is told not to. It has no eyes, and says so.
final class Knowing {
    private static final List<String> THOUGHT = List.of("Let me", " see.");
    private static final int PROMPT_TOKENS = 12;

    private final ChatRequest request;
    private final List<Message> messages;

    private Knowing(ChatRequest request) {
        this.request = request;
        this.messages = request.messages();
    }

    static Script model() {
        return Script.of(request -> new Knowing(request).answer());
    }

    /// Too busy for the first so many requests.
    static Script busyFor(int requests) {
        var left = new AtomicInteger(requests);
        return Script.of(
                request -> {
                    if (left.getAndDecrement() > 0) {
                        throw new EngineOverloadedException("full", Duration.ofMillis(2));
                    }
                    return new Knowing(request).answer();
                });
    }

    /// Breaks off behind its first words.
    static Script breaking() {
        return Script.of(new ChatEvent.Text("The capital"));
    }

    private List<ChatEvent> answer() {
        boolean hasImages =
                messages.stream()
                        .flatMap(message -> message.content().stream())
                        .anyMatch(Chunk.ImageChunk.class::isInstance);
        if (hasImages) {
            throw new InvalidRequestException(
                    "messages",
                    "found an image, expected text, since it has no eyes; leave it out");
        }
        List<ChatEvent> events = new ArrayList<>();
        boolean thinks = !request.thinking().equals(new Thinking.Off());
        if (thinks) {
            THOUGHT.forEach(word -> events.add(new ChatEvent.Thinking(word)));
        }
        int reasoning = events.size();
        List<ToolCall> calls = calls();
        FinishReason why = FinishReason.STOP;
        if (!calls.isEmpty()) {
            calls.forEach(call -> events.add(new ChatEvent.ToolCalled(call)));
            why = FinishReason.TOOL_CALLS;
        } else {
            for (String word : stopped(text()).splitWithDelimiters("(?<= )|(?<=\\{)", 0)) {
                events.add(new ChatEvent.Text(word));
            }
        }
        int most = request.sampling().map(SamplingParams::maxTokens).orElse(Integer.MAX_VALUE);
        if (events.size() > most) {
            events.subList(most, events.size()).clear();
            why = FinishReason.LENGTH;
        }
        int told = events.size();
        events.add(
                new ChatEvent.Finished(
                        why, new Usage(PROMPT_TOKENS, told, Math.min(reasoning, told))));
        return events;
    }

    private String stopped(String text) {
        int end = text.length();
        for (String stop : request.stop()) {
            int at = text.indexOf(stop);
            end = at < 0 ? end : Math.min(end, at);
        }
        return text.substring(0, end);
    }

    private List<ToolCall> calls() {
        String question = said(messages.getLast());
        boolean hasResults = messages.getLast() instanceof Message.ToolMessage;
        boolean must = request.toolUse().choice() instanceof ToolChoice.Required;
        if (hasResults || request.toolUse().choice() instanceof ToolChoice.None) {
            return List.of();
        }
        List<ToolCall> calls = new ArrayList<>();
        if (has("getWeather") && question.contains("Munich") && (must || asks("weather"))) {
            calls.add(call("WeatherId", "getWeather", "{\"city\":\"Munich\"}"));
        }
        if (has("getTime") && asks("time in France")) {
            calls.add(call("TimeIdent", "getTime", "{\"country\":\"France\"}"));
        }
        if (has("get_current_time") && asks("time now")) {
            calls.add(call("NowIdenti", "get_current_time", "{}"));
        }
        return calls;
    }

    private static ToolCall call(String id, String name, String arguments) {
        return new ToolCall(Optional.of(id), name, arguments);
    }

    private boolean has(String tool) {
        return request.tools().stream().anyMatch(each -> each.name().equals(tool));
    }

    private boolean asks(String words) {
        return said(messages.getLast()).contains(words);
    }

    private String text() {
        boolean isJson = !request.format().equals(ResponseFormat.TEXT);
        if (messages.getLast() instanceof Message.ToolMessage) {
            return isJson ? "{\"weather\":\"sunny\"}" : "The tools say: " + results();
        }
        if (asks("capital of Germany")) {
            String sum = asks("2 + 2") ? " And 2 + 2 is 4." : "";
            return isJson ? "{\"city\":\"Berlin\"}" : "The capital of Germany is Berlin." + sum;
        }
        if (said(messages.getFirst()).contains("into German") && asks("I love you")) {
            return "Ich liebe dich.";
        }
        if (asks("my favorite color")) {
            return said(messages.getFirst()).contains("green") ? "It is green." : "No idea.";
        }
        return asks("Hello World") ? "Hello World" : "I do not know.";
    }

    /// What tools gave back, each behind the call that it answers.
    private String results() {
        return messages.stream()
                .filter(message -> message instanceof Message.ToolMessage)
                .map(Knowing::said)
                .collect(Collectors.joining(", "));
    }

    private static String said(Message message) {
        return message.content().stream()
                .map(chunk -> chunk instanceof Chunk.TextChunk(String text) ? text : "")
                .collect(Collectors.joining());
    }
}
