package dev.tramontane.contract;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.times;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.tramontane.langchain4j.TramontaneChatRequestParameters;
import dev.tramontane.langchain4j.TramontaneChatResponseMetadata;
import dev.tramontane.langchain4j.TramontaneStreamingChatModel;
import dev.tramontane.server.Script;

import org.mockito.InOrder;

import java.util.List;

/// What LangChain4j asks of every provider that streams, asked of our module for it.
class InProcessStreamingChatModelTest extends AbstractStreamingChatModelIT {
    static TramontaneStreamingChatModel model() {
        return TramontaneStreamingChatModel.of(Knowing.model(), "script", Script.SAMPLING);
    }

    @Override
    protected List<StreamingChatModel> models() {
        return List.of(model());
    }

    @Override
    protected StreamingChatModel createModelWith(ChatRequestParameters parameters) {
        return model().withDefaults(parameters);
    }

    @Override
    public StreamingChatModel createModelWith(ChatModelListener listener) {
        return model().withListeners(List.of(listener));
    }

    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int most) {
        return TramontaneChatRequestParameters.builder().maxOutputTokens(most).build();
    }

    @Override
    protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(
            StreamingChatModel model) {
        return TramontaneChatResponseMetadata.class;
    }

    @Override
    protected void verifyToolCallbacks(
            StreamingChatResponseHandler handler, InOrder order, String id) {
        verifyThinking(handler, order);
        order.verify(handler)
                .onCompleteToolCall(complete(0, id, "getWeather", "{\"city\":\"Munich\"}"));
    }

    @Override
    protected void verifyToolCallbacks(
            StreamingChatResponseHandler handler, InOrder order, String id1, String id2) {
        verifyToolCallbacks(handler, order, id1);
        order.verify(handler)
                .onCompleteToolCall(complete(1, id2, "getTime", "{\"country\":\"France\"}"));
    }

    @Override
    protected void verifyToolCallbacks(
            StreamingChatResponseHandler handler, InOrder order, StreamingChatModel model) {
        verifyThinking(handler, order);
        super.verifyToolCallbacks(handler, order, model);
    }

    private static void verifyThinking(StreamingChatResponseHandler handler, InOrder order) {
        order.verify(handler, times(2)).onPartialThinking(any(), any());
    }

    /// Calls come whole.
    @Override
    protected boolean supportsPartialToolStreaming(StreamingChatModel model) {
        return false;
    }

    /// It waits half a minute to see that nothing comes; our own tests ask the model instead.
    @Override
    protected boolean supportsStreamingCancellation() {
        return false;
    }

    /// The model is the one that was opened; what is asked instead is that another is refused.
    @Override
    protected boolean supportsModelNameParameter() {
        return false;
    }

    /// An image is to be refused by the adapter as what it does not support; here it is the model
    /// that does.
    @Override
    protected boolean assertExceptionType() {
        return false;
    }

    /// The scripted model has no eyes; what is asked instead is that an image is refused.
    @Override
    protected boolean supportsSingleImageInputAsBase64EncodedString() {
        return false;
    }

    /// As above.
    @Override
    protected boolean supportsSingleImageInputAsPublicURL() {
        return false;
    }
}
