package dev.tramontane.contract;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.TokenUsage;

import org.junit.jupiter.api.AfterAll;
import org.mockito.ArgumentMatchers;
import org.mockito.InOrder;

import java.util.List;

/// What LangChain4j asks of every provider that streams, asked of this server through its module
/// for OpenAI.
class LangChain4jOpenAiStreamingChatModelTest extends AbstractStreamingChatModelIT {
    private final Serving serving = Serving.of(Knowing.model());

    @AfterAll
    void stop() {
        serving.close();
    }

    private OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder asking() {
        return OpenAiStreamingChatModel.builder().baseUrl(serving.v1()).apiKey("any");
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
        OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder builder =
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
        return OpenAiChatRequestParameters.builder().maxCompletionTokens(most).build();
    }

    @Override
    protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(
            StreamingChatModel model) {
        return OpenAiChatResponseMetadata.class;
    }

    @Override
    protected Class<? extends TokenUsage> tokenUsageType(StreamingChatModel model) {
        return OpenAiTokenUsage.class;
    }

    /// Whole calls arrive as one piece.
    @Override
    protected void verifyToolCallbacks(
            StreamingChatResponseHandler handler, InOrder order, String id) {
        verifyCall(handler, order, 0, id, "getWeather", "{\"city\":\"Munich\"}");
    }

    @Override
    protected void verifyToolCallbacks(
            StreamingChatResponseHandler handler, InOrder order, String id1, String id2) {
        verifyToolCallbacks(handler, order, id1);
        verifyCall(handler, order, 1, id2, "getTime", "{\"country\":\"France\"}");
    }

    private static void verifyCall(
            StreamingChatResponseHandler handler,
            InOrder order,
            int index,
            String id,
            String name,
            String arguments) {
        order.verify(handler)
                .onPartialToolCall(
                        ArgumentMatchers.eq(partial(index, id, name, arguments)),
                        ArgumentMatchers.any());
        order.verify(handler).onCompleteToolCall(complete(index, id, name, arguments));
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
