package dev.tramontane.contract;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.mistralai.MistralAiChatModel;
import dev.langchain4j.model.mistralai.MistralAiChatResponseMetadata;

import java.util.List;

/// Its module for Mistral.
class LangChain4jMistralChatModelTest extends ServedChatModelIT {
    private MistralAiChatModel.MistralAiChatModelBuilder asking() {
        return new MistralAiChatModel.MistralAiChatModelBuilder()
                .baseUrl(serving.v1())
                .apiKey("any")
                .maxRetries(0);
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
                        .returnThinking(true)
                        .sendThinking(true)
                        .build());
    }

    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int most) {
        return ChatRequestParameters.builder().maxOutputTokens(most).build();
    }

    @Override
    protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(ChatModel model) {
        return MistralAiChatResponseMetadata.class;
    }
}
