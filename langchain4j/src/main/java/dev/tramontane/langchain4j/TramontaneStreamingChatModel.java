package dev.tramontane.langchain4j;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.sampling.SamplingParams;

import java.util.List;
import java.util.Set;
import java.util.concurrent.Flow;

/// LangChain4j's streaming chat model over one of ours, which stays its opener's to close.
///
/// As {@link TramontaneChatModel}, told as it comes: the thinking to `onPartialThinking`, each tool
/// call as a whole. All of an answer is told on one virtual thread of its own, on which the model
/// is waited for; a handler that dawdles delays nobody else. A handle that is cancelled ends the
/// answer, and nothing is told any more. Safe for any number of threads.
public final class TramontaneStreamingChatModel implements StreamingChatModel {
    private final AdaptedModel model;

    private TramontaneStreamingChatModel(AdaptedModel model) {
        this.model = model;
    }

    /// Over a model of this process.
    public static TramontaneStreamingChatModel of(LocalModel model) {
        return new TramontaneStreamingChatModel(AdaptedModel.of(model));
    }

    /// Over any model of ours, such as one on another server.
    ///
    /// @param name as it is told in answers
    /// @param sampling what holds where a request leaves it open
    public static TramontaneStreamingChatModel of(
            dev.tramontane.chat.ChatModel model, String name, SamplingParams sampling) {
        return new TramontaneStreamingChatModel(AdaptedModel.of(model, name, sampling));
    }

    /// The same with defaults for what its requests leave open.
    ///
    /// @throws dev.langchain4j.exception.UnsupportedFeatureException when they name another model
    public TramontaneStreamingChatModel withDefaults(ChatRequestParameters parameters) {
        return new TramontaneStreamingChatModel(model.withDefaults(parameters));
    }

    /// The same, and whoever listens is told of each request, its answer or its failure.
    public TramontaneStreamingChatModel withListeners(List<ChatModelListener> listeners) {
        return new TramontaneStreamingChatModel(model.withListeners(listeners));
    }

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        AdaptedModel.Asked asked = model.read(request);
        AdaptedModel.onThread(() -> new HandlerTeller(handler).tell(model, asked));
    }

    @Override
    public Flow.Publisher<ChatModelStreamingEvent> doChat(ChatRequest request) {
        AdaptedModel.Asked asked = model.read(request);
        return subscriber -> new SubscribedAnswer(model, asked, subscriber).start();
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return model.defaults();
    }

    @Override
    public List<ChatModelListener> listeners() {
        return model.listeners();
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return AdaptedModel.CAPABILITIES;
    }
}
