package dev.tramontane.contract;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.TokenUsage;

import org.mockito.ArgumentMatchers;
import org.mockito.InOrder;

import java.util.List;

/// Its module for OpenAI.
class LangChain4jOpenAiStreamingChatModelTest extends ServedStreamingChatModelIT {
    @Override
    StreamingChatModel client(ChatRequestParameters defaults, List<ChatModelListener> listeners) {
        return OpenAiStreamingChatModel.builder()
                .baseUrl(serving.v1())
                .apiKey("any")
                .defaultRequestParameters(defaults)
                .listeners(listeners)
                .build();
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

    /// It tells a piece, and then the call.
    @Override
    void verifyCall(
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
}
