package dev.tramontane.contract;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelIT;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.tramontane.langchain4j.TramontaneChatModel;
import dev.tramontane.langchain4j.TramontaneChatRequestParameters;
import dev.tramontane.langchain4j.TramontaneChatResponseMetadata;
import dev.tramontane.server.Script;

import java.util.List;

/// What LangChain4j asks of every provider, asked of our module for it.
class InProcessChatModelTest extends AbstractChatModelIT {
    static TramontaneChatModel model() {
        return TramontaneChatModel.of(Knowing.model(), "script", Script.SAMPLING);
    }

    @Override
    protected List<ChatModel> models() {
        return List.of(model());
    }

    @Override
    protected ChatModel createModelWith(ChatRequestParameters parameters) {
        return model().withDefaults(parameters);
    }

    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int most) {
        return TramontaneChatRequestParameters.builder().maxOutputTokens(most).build();
    }

    @Override
    protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(ChatModel model) {
        return TramontaneChatResponseMetadata.class;
    }

    @Override
    protected boolean supportsChatAsync() {
        return true;
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
