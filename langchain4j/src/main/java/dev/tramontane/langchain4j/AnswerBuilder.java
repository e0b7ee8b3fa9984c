package dev.tramontane.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.Usage;
import dev.tramontane.chat.Votes;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Our events as LangChain4j's, and the whole answer at their end.
final class AnswerBuilder {
    private final String modelName;
    private final StringBuilder thinking = new StringBuilder();
    private final StringBuilder text = new StringBuilder();
    private final List<ToolExecutionRequest> calls = new ArrayList<>();
    private Optional<Votes> votes = Optional.empty();
    private @Nullable ChatResponse response;

    AnswerBuilder(String modelName) {
        this.modelName = modelName;
    }

    /// Takes the next event.
    ///
    /// @return what LangChain4j's listeners are told of it; empty for what it has no word for
    Optional<ChatModelStreamingEvent> take(ChatEvent event) {
        return switch (event) {
            case ChatEvent.Thinking(String part) -> {
                thinking.append(part);
                yield part.isEmpty() ? Optional.empty() : Optional.of(new PartialThinking(part));
            }
            case ChatEvent.Text(String part) -> {
                text.append(part);
                yield part.isEmpty() ? Optional.empty() : Optional.of(new PartialResponse(part));
            }
            case ChatEvent.ToolCalled(ToolCall call) -> {
                ToolExecutionRequest request =
                        ToolExecutionRequest.builder()
                                .id(call.id().orElse(null))
                                .name(call.name())
                                .arguments(call.arguments())
                                .build();
                calls.add(request);
                yield Optional.of(new CompleteToolCall(calls.size() - 1, request));
            }
            case ChatEvent.Voted(Votes now) -> {
                votes = Optional.of(now);
                yield Optional.empty();
            }
            case ChatEvent.Progress _, ChatEvent.Scored _, ChatEvent.Intervened _ ->
                    Optional.empty();
            case ChatEvent.Finished(var why, Usage usage) -> {
                ChatResponse whole = whole(why, usage);
                response = whole;
                yield Optional.of(new CompleteResponse(whole));
            }
        };
    }

    /// The whole answer.
    ChatResponse response() {
        if (response == null) {
            throw new IllegalStateException("the answer is not complete");
        }
        return response;
    }

    /// Of an answer that went in circles, one copy.
    private ChatResponse whole(dev.tramontane.sampling.FinishReason why, Usage usage) {
        String kept = usage.repetition().trim(text.toString());
        AiMessage message =
                AiMessage.builder()
                        .text(kept.isEmpty() && !calls.isEmpty() ? null : kept)
                        .thinking(thinking.isEmpty() ? null : thinking.toString())
                        .toolExecutionRequests(calls)
                        .build();
        return ChatResponse.builder()
                .aiMessage(message)
                .metadata(
                        TramontaneChatResponseMetadata.builder()
                                .usage(usage)
                                .votes(votes)
                                .id("chatcmpl-" + UUID.randomUUID())
                                .modelName(modelName)
                                .tokenUsage(
                                        new TokenUsage(
                                                usage.promptTokens(), usage.completionTokens()))
                                .finishReason(reason(why))
                                .build())
                .build();
    }

    /// As the server tells it: whatever ended an answer before its time has made it too short.
    private static FinishReason reason(dev.tramontane.sampling.FinishReason why) {
        return switch (why) {
            case STOP -> FinishReason.STOP;
            case TOOL_CALLS -> FinishReason.TOOL_EXECUTION;
            case LENGTH, CONTEXT_FULL, REPETITION -> FinishReason.LENGTH;
            case CANCELLED -> FinishReason.OTHER;
        };
    }
}
