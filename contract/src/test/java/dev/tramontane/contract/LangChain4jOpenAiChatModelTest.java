package dev.tramontane.contract;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.TokenUsage;

import java.util.List;

/// Its module for OpenAI.
class LangChain4jOpenAiChatModelTest extends ServedChatModelIT {
    private OpenAiChatModel.OpenAiChatModelBuilder asking() {
        return OpenAiChatModel.builder().baseUrl(serving.v1()).apiKey("any").maxRetries(0);
    }

    @Override
    ChatModel client(ChatRequestParameters defaults) {
        return asking().defaultRequestParameters(defaults).build();
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
}
