package dev.tramontane.contract;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelIT;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.TokenUsage;

import org.junit.jupiter.api.AfterAll;

import java.util.List;

/// What LangChain4j asks of every provider, asked of this server through its module for OpenAI.
class LangChain4jOpenAiChatModelTest extends AbstractChatModelIT {
    private final Serving serving = Serving.of(Knowing.model());

    @AfterAll
    void stop() {
        serving.close();
    }

    private OpenAiChatModel.OpenAiChatModelBuilder asking() {
        return OpenAiChatModel.builder().baseUrl(serving.v1()).apiKey("any").maxRetries(0);
    }

    @Override
    protected List<ChatModel> models() {
        return List.of(
                asking().modelName("script").build(),
                asking().modelName("script")
                        .supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA)
                        .strictJsonSchema(true)
                        .strictTools(true)
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
        OpenAiChatModel.OpenAiChatModelBuilder builder =
                asking().defaultRequestParameters(parameters);
        return parameters.modelName() == null
                ? builder.modelName("script").build()
                : builder.build();
    }

    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int most) {
        return OpenAiChatRequestParameters.builder().maxCompletionTokens(most).build();
    }

    @Override
    protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(ChatModel model) {
        return OpenAiChatResponseMetadata.class;
    }

    @Override
    protected Class<? extends TokenUsage> tokenUsageType(ChatModel model) {
        return OpenAiTokenUsage.class;
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
