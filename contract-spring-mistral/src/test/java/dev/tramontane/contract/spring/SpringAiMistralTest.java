package dev.tramontane.contract.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tramontane.contract.Recorded;
import dev.tramontane.contract.Scene;
import dev.tramontane.contract.Serving;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.mistralai.MistralAiChatModel;
import org.springframework.ai.mistralai.MistralAiChatOptions;
import org.springframework.ai.mistralai.MistralAiEmbeddingModel;
import org.springframework.ai.mistralai.MistralAiEmbeddingOptions;
import org.springframework.ai.mistralai.api.MistralAiApi;
import org.springframework.ai.retry.NonTransientAiException;
import org.springframework.ai.retry.TransientAiException;
import org.springframework.retry.support.RetryTemplate;
import org.springframework.web.client.RestClient;

/// Its module for Mistral, which has a client of its own.
class SpringAiMistralTest extends SpringAiIT {
    @RegisterExtension static final Recorded RECORDED = new Recorded("spring-ai-mistral");

    @Override
    Recorded recorded() {
        return RECORDED;
    }

    private static MistralAiApi.Builder api(Serving serving, String key) {
        return MistralAiApi.builder().baseUrl(serving.root()).apiKey(key);
    }

    private static ChatModel model(MistralAiApi api, int retries) {
        return MistralAiChatModel.builder()
                .mistralAiApi(api)
                .defaultOptions(MistralAiChatOptions.builder().model("script").build())
                .retryTemplate(
                        RetryTemplate.builder()
                                .maxAttempts(retries + 1)
                                .retryOn(TransientAiException.class)
                                .build())
                .build();
    }

    @Override
    ChatModel model(Serving serving, String key, int retries) {
        return model(api(serving, key).build(), retries);
    }

    @Override
    ChatOptions sampled(int seed, double temperature) {
        return MistralAiChatOptions.builder()
                .temperature(temperature)
                .topP(0.5)
                .presencePenalty(0.125)
                .maxTokens(4)
                .randomSeed(seed)
                .build();
    }

    @Override
    ChatOptions formed(String schema) {
        return MistralAiChatOptions.builder().outputSchema(schema).build();
    }

    @Override
    ChatOptions named(String model) {
        return MistralAiChatOptions.builder().model(model).build();
    }

    @Override
    EmbeddingModel vectors(Serving serving) {
        return MistralAiEmbeddingModel.builder()
                .mistralAiApi(api(serving, "any").build())
                .options(MistralAiEmbeddingOptions.builder().withModel("tiny").build())
                .build();
    }

    @Override
    Class<? extends Exception> refusal(int status) {
        return NonTransientAiException.class;
    }

    /// Its types have texts alone, so it must not be given Mistral's chunks: it does not call
    /// itself Mistral's client, and whoever makes it do so reads nothing.
    @Test
    void chunks_of_thinking_are_for_those_who_ask_for_them() {
        try (Serving serving = RECORDED.serving(Scene.KNOWING)) {
            assertEquals(ANSWER, text(model(serving).call(new Prompt(QUESTION))));
            RestClient.Builder named =
                    RestClient.builder().defaultHeader("User-Agent", "mistral-client-java/1.0");
            MistralAiApi mistrals = api(serving, "any").restClientBuilder(named).build();
            assertThrows(
                    IllegalStateException.class,
                    () -> model(mistrals, 0).call(new Prompt(QUESTION)));
        }
    }
}
