package dev.tramontane.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.catalog.ModelCatalog;
import dev.langchain4j.model.catalog.ModelDescription;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.mistralai.MistralAiChatModel;
import dev.langchain4j.model.mistralai.MistralAiModelCatalog;
import dev.langchain4j.model.mistralai.MistralAiStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiModelCatalog;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.Message;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/// What LangChain4j's own tests do not ask: thinking there and back, refusals, the list of models.
class LangChain4jClientsTest {
    /// Its two modules that speak to this server.
    enum Provider {
        OPENAI {
            @Override
            ChatModel model(Serving serving, String key, String name) {
                return OpenAiChatModel.builder()
                        .baseUrl(serving.v1())
                        .apiKey(key)
                        .modelName(name)
                        .returnThinking(true)
                        .sendThinking(true)
                        .maxRetries(0)
                        .build();
            }

            @Override
            StreamingChatModel streaming(Serving serving) {
                return OpenAiStreamingChatModel.builder()
                        .baseUrl(serving.v1())
                        .apiKey("any")
                        .modelName("script")
                        .returnThinking(true)
                        .build();
            }

            @Override
            ModelCatalog catalog(Serving serving) {
                return OpenAiModelCatalog.builder().baseUrl(serving.v1()).apiKey("any").build();
            }
        },
        MISTRAL {
            @Override
            ChatModel model(Serving serving, String key, String name) {
                return new MistralAiChatModel.MistralAiChatModelBuilder()
                        .baseUrl(serving.v1())
                        .apiKey(key)
                        .modelName(name)
                        .returnThinking(true)
                        .sendThinking(true)
                        .maxRetries(0)
                        .build();
            }

            @Override
            StreamingChatModel streaming(Serving serving) {
                return MistralAiStreamingChatModel.builder()
                        .baseUrl(serving.v1())
                        .apiKey("any")
                        .modelName("script")
                        .returnThinking(true)
                        .build();
            }

            @Override
            ModelCatalog catalog(Serving serving) {
                return MistralAiModelCatalog.builder().baseUrl(serving.v1()).apiKey("any").build();
            }
        };

        abstract ChatModel model(Serving serving, String key, String name);

        abstract StreamingChatModel streaming(Serving serving);

        abstract ModelCatalog catalog(Serving serving);
    }

    private static final UserMessage QUESTION = UserMessage.from("What is the capital of Germany?");

    @ParameterizedTest
    @EnumSource
    void thinking_comes_back_and_is_sent_again(Provider provider) throws InterruptedException {
        try (Serving serving = Serving.of(Knowing.model())) {
            ChatModel model = provider.model(serving, "any", "script");
            AiMessage answer = model.chat(QUESTION).aiMessage();
            assertEquals("Let me see.", answer.thinking());
            assertEquals("The capital of Germany is Berlin.", answer.text());
            model.chat(QUESTION, answer, UserMessage.from("Hello World"));
            serving.model.asked.take();
            Message second = serving.model.asked.take().messages().get(1);
            assertEquals(
                    List.of(
                            new Chunk.ThinkChunk("Let me see.", true),
                            new Chunk.TextChunk("The capital of Germany is Berlin.")),
                    second.content());
        }
    }

    @ParameterizedTest
    @EnumSource
    void thinking_is_streamed_in_front_of_the_text(Provider provider) {
        try (Serving serving = Serving.of(Knowing.model())) {
            var told = new StringBuilder();
            var end = new CompletableFuture<ChatResponse>();
            provider.streaming(serving)
                    .chat(
                            ChatRequest.builder().messages(QUESTION).build(),
                            new StreamingChatResponseHandler() {
                                @Override
                                public void onPartialThinking(PartialThinking part) {
                                    told.append('<').append(part.text()).append('>');
                                }

                                @Override
                                public void onPartialResponse(String part) {
                                    told.append(part);
                                }

                                @Override
                                public void onCompleteResponse(ChatResponse response) {
                                    end.complete(response);
                                }

                                @Override
                                public void onError(Throwable failure) {
                                    end.completeExceptionally(failure);
                                }
                            });
            assertEquals("Let me see.", end.join().aiMessage().thinking());
            assertEquals("<Let me>< see.>The capital of Germany is Berlin.", told.toString());
        }
    }

    @ParameterizedTest
    @EnumSource
    void each_refusal_is_the_exception_of_its_status(Provider provider) {
        try (Serving serving = Serving.locked(Knowing.model())) {
            assertThrows(
                    AuthenticationException.class,
                    () -> provider.model(serving, "wrong", "script").chat(QUESTION));
            assertThrows(
                    ModelNotFoundException.class,
                    () -> provider.model(serving, Serving.KEY, "gpt-9").chat(QUESTION));
            ChatRequest wrong = ChatRequest.builder().messages(QUESTION).temperature(9.0).build();
            assertThrows(
                    InvalidRequestException.class,
                    () -> provider.model(serving, Serving.KEY, "script").chat(wrong));
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_models_are_listed(Provider provider) {
        try (Serving serving = Serving.of(Knowing.model())) {
            List<String> names =
                    provider.catalog(serving).listModels().stream()
                            .map(ModelDescription::name)
                            .toList();
            assertEquals(List.of("script", "other"), names);
        }
    }
}
