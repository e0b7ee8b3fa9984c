package dev.tramontane.contract;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.mistralai.MistralAiChatResponseMetadata;
import dev.langchain4j.model.mistralai.MistralAiStreamingChatModel;

import org.junit.jupiter.api.AfterAll;
import org.mockito.InOrder;

import java.util.List;

/// What LangChain4j asks of every provider that streams, asked of this server through its module
/// for Mistral.
class LangChain4jMistralStreamingChatModelTest extends AbstractStreamingChatModelIT {
    private final Serving serving = Serving.of(Knowing.model());

    @AfterAll
    void stop() {
        serving.close();
    }

    private MistralAiStreamingChatModel.MistralAiStreamingChatModelBuilder asking() {
        return MistralAiStreamingChatModel.builder().baseUrl(serving.v1()).apiKey("any");
    }

    @Override
    protected List<StreamingChatModel> models() {
        return List.of(asking().modelName("script").build());
    }

    @Override
    protected String customModelName() {
        return "other";
    }

    @Override
    protected StreamingChatModel createModelWith(ChatRequestParameters parameters) {
        MistralAiStreamingChatModel.MistralAiStreamingChatModelBuilder builder =
                asking().defaultRequestParameters(parameters);
        return parameters.modelName() == null
                ? builder.modelName("script").build()
                : builder.build();
    }

    @Override
    public StreamingChatModel createModelWith(ChatModelListener listener) {
        return asking().modelName("script").listeners(List.of(listener)).build();
    }

    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int most) {
        return ChatRequestParameters.builder().maxOutputTokens(most).build();
    }

    @Override
    protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(
            StreamingChatModel model) {
        return MistralAiChatResponseMetadata.class;
    }

    @Override
    protected void verifyToolCallbacks(
            StreamingChatResponseHandler handler, InOrder order, String id) {
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
    protected boolean supportsPartialToolStreaming(StreamingChatModel model) {
        return false;
    }

    /// The JDK's client may call back on the caller's own thread.
    @Override
    protected boolean assertThreads() {
        return false;
    }

    /// It waits half a minute to see that nothing comes.
    @Override
    protected boolean supportsStreamingCancellation() {
        return false;
    }

    @Override
    protected boolean supportsSingleImageInputAsBase64EncodedString() {
        return false;
    }

    @Override
    protected boolean supportsSingleImageInputAsPublicURL() {
        return false;
    }

    /// It is the server that sees no images, which the client cannot know.
    @Override
    protected boolean assertExceptionType() {
        return false;
    }
}
