package dev.tramontane.langchain4j;

import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.CompleteResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatStream;

/// Tells a handler an answer as it comes.
///
/// What a handler throws is told to its own `onError`, and the answer goes on: LangChain4j promises
/// that of every model.
final class HandlerTeller {
    private static final System.Logger LOG = System.getLogger(HandlerTeller.class.getName());

    private final StreamingChatResponseHandler handler;
    private final Cancellation cancellation = new Cancellation();

    HandlerTeller(StreamingChatResponseHandler handler) {
        this.handler = handler;
    }

    /// Reads an answer to its end: the outermost frame of its thread.
    void tell(AdaptedModel model, AdaptedModel.Asked asked) {
        var builder = new AnswerBuilder(model.name());
        try (ChatStream answer = model.open(asked)) {
            cancellation.over(answer);
            for (ChatEvent event : answer) {
                if (cancellation.isCancelled()) {
                    return;
                }
                builder.take(event).ifPresent(this::tell);
            }
        } catch (RuntimeException | Error failure) {
            if (!cancellation.isCancelled()) {
                tellFailure(Failures.of(failure));
            }
        }
    }

    private void tell(ChatModelStreamingEvent event) {
        try {
            switch (event) {
                case PartialThinking part ->
                        handler.onPartialThinking(part, new PartialThinkingContext(cancellation));
                case PartialResponse part ->
                        handler.onPartialResponse(part, new PartialResponseContext(cancellation));
                case CompleteToolCall call -> handler.onCompleteToolCall(call);
                case CompleteResponse end -> handler.onCompleteResponse(end.chatResponse());
                default -> throw new IllegalStateException("nobody makes " + event);
            }
        } catch (Exception wrong) {
            tellFailure(wrong);
        }
    }

    private void tellFailure(Throwable failure) {
        try {
            handler.onError(failure);
        } catch (Exception wrong) {
            LOG.log(System.Logger.Level.WARNING, "onError of a streaming handler threw", wrong);
        }
    }
}
