package dev.tramontane.contract;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelIT;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.mistralai.MistralAiChatModel;
import dev.langchain4j.model.mistralai.MistralAiChatResponseMetadata;

import org.junit.jupiter.api.AfterAll;

import java.util.List;

/// What LangChain4j asks of every provider, asked of this server through its module for Mistral.
class LangChain4jMistralChatModelTest extends AbstractChatModelIT {
    private final Serving serving = Serving.of(Knowing.model());

    @AfterAll
    void stop() {
        serving.close();
    }

    private MistralAiChatModel.MistralAiChatModelBuilder asking() {
        return new MistralAiChatModel.MistralAiChatModelBuilder()
                .baseUrl(serving.v1())
                .apiKey("any")
                .maxRetries(0);
    }

    @Override
    protected List<ChatModel> models() {
        return List.of(
                asking().modelName("script").build(),
                asking().modelName("script")
                        .supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA)
                        .returnThinking(true)
                        .sendThinking(true)
                        .build());
    }

    @Override
    protected String customModelName() {
        return "other";
    }

    @Override
    protected ChatModel createModelWith(ChatRequestParameters parameters) {
        MistralAiChatModel.MistralAiChatModelBuilder builder =
                asking().defaultRequestParameters(parameters);
        return parameters.modelName() == null
                ? builder.modelName("script").build()
                : builder.build();
    }

    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int most) {
        return ChatRequestParameters.builder().maxOutputTokens(most).build();
    }

    @Override
    protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(ChatModel model) {
        return MistralAiChatResponseMetadata.class;
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
