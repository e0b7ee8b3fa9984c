package dev.tramontane.contract.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;

import dev.tramontane.chat.Thinking;
import dev.tramontane.contract.Recorded;
import dev.tramontane.contract.Scene;
import dev.tramontane.contract.Serving;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.openai.OpenAiEmbeddingModel;
import org.springframework.ai.openai.OpenAiEmbeddingOptions;

import java.util.List;
import java.util.Map;

/// Its module for OpenAI, which stands on openai-java.
class SpringAiOpenAiTest extends SpringAiIT {
    @RegisterExtension static final Recorded RECORDED = new Recorded("spring-ai-openai");

    @Override
    Recorded recorded() {
        return RECORDED;
    }

    @Override
    ChatModel model(Serving serving, String key, int retries) {
        OpenAiChatOptions options =
                OpenAiChatOptions.builder()
                        .baseUrl(serving.v1())
                        .apiKey(key)
                        .model("script")
                        .maxRetries(retries)
                        .build();
        return OpenAiChatModel.builder().options(options).build();
    }

    @Override
    ChatOptions sampled(int seed, double temperature) {
        return OpenAiChatOptions.builder()
                .model("script")
                .temperature(temperature)
                .topP(0.5)
                .presencePenalty(0.125)
                .maxTokens(4)
                .seed(seed)
                .build();
    }

    @Override
    ChatOptions formed(String schema) {
        return OpenAiChatOptions.builder().model("script").outputSchema(schema).build();
    }

    @Override
    ChatOptions named(String model) {
        return OpenAiChatOptions.builder().model(model).build();
    }

    @Override
    EmbeddingModel vectors(Serving serving) {
        OpenAiEmbeddingOptions options =
                OpenAiEmbeddingOptions.builder()
                        .baseUrl(serving.v1())
                        .apiKey("any")
                        .model("tiny")
                        .build();
        return OpenAiEmbeddingModel.builder().options(options).build();
    }

    @Override
    Class<? extends Exception> refusal(int status) {
        return switch (status) {
            case 401 -> UnauthorizedException.class;
            case 404 -> NotFoundException.class;
            default -> BadRequestException.class;
        };
    }

    private static String thinking(ChatResponse response) {
        Map<String, Object> metadata = response.getResult().getOutput().getMetadata();
        return metadata.getOrDefault("reasoningContent", "").toString();
    }

    @Test
    void its_types_have_the_thinking() {
        try (Serving serving = RECORDED.serving(Scene.KNOWING)) {
            ChatResponse response = model(serving).call(new Prompt(QUESTION));
            assertEquals("Let me see.", thinking(response));
            List<ChatResponse> pieces =
                    model(serving).stream(new Prompt(QUESTION)).collectList().block();
            List<String> streamed = // each piece has all that was thought so far
                    pieces.stream()
                            .filter(piece -> piece.getResult() != null)
                            .map(SpringAiOpenAiTest::thinking)
                            .distinct()
                            .toList();
            assertEquals(List.of("", "Let me", "Let me see."), streamed);
        }
    }

    @Test
    void an_effort_and_fields_of_our_own_arrive() throws InterruptedException {
        try (Serving serving = RECORDED.serving(Scene.KNOWING)) {
            OpenAiChatOptions none =
                    OpenAiChatOptions.builder().model("script").reasoningEffort("none").build();
            model(serving).call(new Prompt(QUESTION, none));
            OpenAiChatOptions budget =
                    OpenAiChatOptions.builder()
                            .model("script")
                            .extraBody(Map.of("thinking_budget", 64))
                            .build();
            model(serving).call(new Prompt(QUESTION, budget));
            assertEquals(new Thinking.Off(), serving.model.asked.take().thinking());
            assertEquals(new Thinking.Budget(64), serving.model.asked.take().thinking());
        }
    }
}
