package dev.tramontane.langchain4j;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.sampling.SamplingParams;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// LangChain4j's chat model over one of ours, which stays its opener's to close.
///
/// Messages, tools, forms of answers and parameters mean what they mean there; the thinking is
/// `AiMessage.thinking()`, and what comes back in later turns is replayed, as the family wants it.
/// What is refused is LangChain4j's `InvalidRequestException` where the request must change,
/// `RateLimitException` where it may come again, and `UnsupportedFeatureException` for what no
/// model of this process does. Safe for any number of threads.
public final class TramontaneChatModel implements ChatModel {
    private final AdaptedModel model;

    private TramontaneChatModel(AdaptedModel model) {
        this.model = model;
    }

    /// Over a model of this process.
    public static TramontaneChatModel of(LocalModel model) {
        return new TramontaneChatModel(AdaptedModel.of(model));
    }

    /// Over any model of ours, such as one on another server.
    ///
    /// @param name as it is told in answers
    /// @param sampling what holds where a request leaves it open
    public static TramontaneChatModel of(
            dev.tramontane.chat.ChatModel model, String name, SamplingParams sampling) {
        return new TramontaneChatModel(AdaptedModel.of(model, name, sampling));
    }

    /// The same with defaults for what its requests leave open.
    ///
    /// @throws dev.langchain4j.exception.UnsupportedFeatureException when they name another model
    public TramontaneChatModel withDefaults(ChatRequestParameters parameters) {
        return new TramontaneChatModel(model.withDefaults(parameters));
    }

    /// The same, and whoever listens is told of each request, its answer or its failure.
    public TramontaneChatModel withListeners(List<ChatModelListener> listeners) {
        return new TramontaneChatModel(model.withListeners(listeners));
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        var builder = new AnswerBuilder(model.name());
        try (ChatStream answer = model.open(model.read(request))) {
            answer.forEach(builder::take);
        } catch (RuntimeException failure) {
            throw Failures.of(failure);
        }
        return builder.response();
    }

    /// Answers on a virtual thread; a cancelled future ends the answer.
    @Override
    public CompletableFuture<ChatResponse> doChatAsync(ChatRequest request) {
        var future = new CompletableFuture<ChatResponse>();
        AdaptedModel.Asked asked = model.read(request);
        var cancellation = new Cancellation();
        var _ =
                future.whenComplete(
                        (_, _) -> {
                            if (future.isCancelled()) {
                                cancellation.cancel();
                            }
                        });
        AdaptedModel.onThread(
                () -> {
                    var builder = new AnswerBuilder(model.name());
                    try (ChatStream answer = model.open(asked)) {
                        cancellation.over(answer);
                        answer.forEach(builder::take);
                        future.complete(builder.response());
                    } catch (RuntimeException | Error failure) { // its thread's outermost frame
                        future.completeExceptionally(Failures.of(failure));
                    }
                });
        return future;
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
