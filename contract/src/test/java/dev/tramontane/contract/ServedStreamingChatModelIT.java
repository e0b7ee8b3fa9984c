package dev.tramontane.contract;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;

import org.junit.jupiter.api.AfterAll;
import org.mockito.InOrder;

import java.util.List;

/// What LangChain4j asks of every provider that streams, asked of this server through one of its
/// modules; {@link ServedChatModelIT} says what is skipped and why.
abstract class ServedStreamingChatModelIT extends AbstractStreamingChatModelIT {
    final Serving serving = Serving.of(Scene.KNOWING);

    @AfterAll
    void stop() {
        serving.close();
    }

    /// The module's model with these defaults, which name the model.
    abstract StreamingChatModel client(
            ChatRequestParameters defaults, List<ChatModelListener> listeners);

    /// Verifies that a call of a stream was told as the module tells it.
    abstract void verifyCall(
            StreamingChatResponseHandler handler,
            InOrder order,
            int index,
            String id,
            String name,
            String arguments);

    @Override
    protected final List<StreamingChatModel> models() {
        return List.of(client(ServedChatModelIT.SCRIPT, List.of()));
    }

    @Override
    protected final StreamingChatModel createModelWith(ChatRequestParameters parameters) {
        return client(parameters.defaultedBy(ServedChatModelIT.SCRIPT), List.of());
    }

    @Override
    public final StreamingChatModel createModelWith(ChatModelListener listener) {
        return client(ServedChatModelIT.SCRIPT, List.of(listener));
    }

    @Override
    protected final String customModelName() {
        return "other";
    }

    /// The server tells each call whole, so there is one piece of it at most.
    @Override
    protected final void verifyToolCallbacks(
            StreamingChatResponseHandler handler, InOrder order, String id) {
        verifyCall(handler, order, 0, id, "getWeather", "{\"city\":\"Munich\"}");
    }

    /// As above, twice.
    @Override
    protected final void verifyToolCallbacks(
            StreamingChatResponseHandler handler, InOrder order, String id1, String id2) {
        verifyToolCallbacks(handler, order, id1);
        verifyCall(handler, order, 1, id2, "getTime", "{\"country\":\"France\"}");
    }

    /// Both modules ask through the JDK's client here, which may call back on the caller's own
    /// thread.
    @Override
    protected final boolean assertThreads() {
        return false;
    }

    /// That test waits half a minute to see that nothing comes. What a client that goes costs is
    /// asked in the server's own tests.
    @Override
    protected final boolean supportsStreamingCancellation() {
        return false;
    }

    /// The scripted model has no eyes; what is asked instead is that an image is refused.
    @Override
    protected final boolean supportsSingleImageInputAsBase64EncodedString() {
        return false;
    }

    /// As above; and the tests that have no images of their own would fetch one from the network.
    @Override
    protected final boolean supportsSingleImageInputAsPublicURL() {
        return false;
    }

    /// It is the server that refuses images, not the client.
    @Override
    protected final boolean assertExceptionType() {
        return false;
    }
}
