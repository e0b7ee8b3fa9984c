package dev.tramontane.contract;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.mistralai.MistralAiChatResponseMetadata;
import dev.langchain4j.model.mistralai.MistralAiStreamingChatModel;

import org.mockito.InOrder;

import java.util.List;

/// Its module for Mistral.
class LangChain4jMistralStreamingChatModelTest extends ServedStreamingChatModelIT {
    @Override
    StreamingChatModel client(ChatRequestParameters defaults, List<ChatModelListener> listeners) {
        return MistralAiStreamingChatModel.builder()
                .baseUrl(serving.v1())
                .apiKey("any")
                .defaultRequestParameters(defaults)
                .listeners(listeners)
                .build();
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

    /// It tells the call alone.
    @Override
    void verifyCall(
            StreamingChatResponseHandler handler,
            InOrder order,
            int index,
            String id,
            String name,
            String arguments) {
        order.verify(handler).onCompleteToolCall(complete(index, id, name, arguments));
    }

    /// This module has no pieces of calls to tell.
    @Override
    protected boolean supportsPartialToolStreaming(StreamingChatModel model) {
        return false;
    }
}
