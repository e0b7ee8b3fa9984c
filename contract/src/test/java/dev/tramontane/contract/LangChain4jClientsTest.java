package dev.tramontane.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.catalog.ModelCatalog;
import dev.langchain4j.model.catalog.ModelDescription;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.mistralai.MistralAiChatModel;
import dev.langchain4j.model.mistralai.MistralAiEmbeddingModel;
import dev.langchain4j.model.mistralai.MistralAiModelCatalog;
import dev.langchain4j.model.mistralai.MistralAiStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiModelCatalog;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.Message;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/// What LangChain4j's own tests do not ask: thinking there and back, refusals, the list of models.
class LangChain4jClientsTest {
    @RegisterExtension static final Recorded OPENAI_RECORDED = new Recorded("langchain4j-openai");

    @RegisterExtension static final Recorded MISTRAL_RECORDED = new Recorded("langchain4j-mistral");

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

            @Override
            EmbeddingModel vectors(Serving serving) {
                return OpenAiEmbeddingModel.builder()
                        .baseUrl(serving.v1())
                        .apiKey("any")
                        .modelName("tiny")
                        .build();
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

            @Override
            EmbeddingModel vectors(Serving serving) {
                return MistralAiEmbeddingModel.builder()
                        .baseUrl(serving.v1())
                        .apiKey("any")
                        .modelName("tiny")
                        .build();
            }
        };

        /// What listens to its tests.
        Recorded recorded() {
            return switch (this) {
                case OPENAI -> OPENAI_RECORDED;
                case MISTRAL -> MISTRAL_RECORDED;
            };
        }

        abstract ChatModel model(Serving serving, String key, String name);

        abstract StreamingChatModel streaming(Serving serving);

        abstract ModelCatalog catalog(Serving serving);

        abstract EmbeddingModel vectors(Serving serving);
    }

    private static final UserMessage QUESTION = UserMessage.from("What is the capital of Germany?");

    @ParameterizedTest
    @EnumSource
    void thinking_comes_back_and_is_sent_again(Provider provider) throws InterruptedException {
        try (Serving serving = provider.recorded().serving(Scene.KNOWING)) {
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
        try (Serving serving = provider.recorded().serving(Scene.KNOWING)) {
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
        try (Serving serving = provider.recorded().serving(Scene.LOCKED)) {
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
        try (Serving serving = provider.recorded().serving(Scene.KNOWING)) {
            List<String> names =
                    provider.catalog(serving).listModels().stream()
                            .map(ModelDescription::name)
                            .toList();
            assertEquals(List.of("script", "other"), names);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_tool_is_called_and_its_result_is_answered(Provider provider) {
        try (Serving serving = provider.recorded().serving(Scene.KNOWING)) {
            ChatModel model = provider.model(serving, "any", "script");
            ToolSpecification weather =
                    ToolSpecification.builder()
                            .name("getWeather")
                            .description("The weather of a city")
                            .parameters(
                                    JsonObjectSchema.builder().addStringProperty("city").build())
                            .build();
            var question = UserMessage.from("What is the weather in Munich?");
            ChatRequest first =
                    ChatRequest.builder().messages(question).toolSpecifications(weather).build();
            AiMessage asked = model.chat(first).aiMessage();
            ToolExecutionRequest call = asked.toolExecutionRequests().getFirst();
            assertEquals("{\"city\":\"Munich\"}", call.arguments());
            var result = ToolExecutionResultMessage.from(call, "sunny");
            ChatRequest second =
                    ChatRequest.builder()
                            .messages(question, asked, result)
                            .toolSpecifications(weather)
                            .build();
            assertEquals("The tools say: sunny", model.chat(second).aiMessage().text());
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_schema_is_the_form_of_an_answer(Provider provider) throws InterruptedException {
        try (Serving serving = provider.recorded().serving(Scene.KNOWING)) {
            JsonObjectSchema place =
                    JsonObjectSchema.builder().addStringProperty("city").required("city").build();
            ChatRequest request =
                    ChatRequest.builder()
                            .messages(QUESTION)
                            .responseFormat(
                                    ResponseFormat.builder()
                                            .type(ResponseFormatType.JSON)
                                            .jsonSchema(
                                                    JsonSchema.builder()
                                                            .name("place")
                                                            .rootElement(place)
                                                            .build())
                                            .build())
                            .build();
            ChatResponse answer = provider.model(serving, "any", "script").chat(request);
            assertEquals("{\"city\":\"Berlin\"}", answer.aiMessage().text());
            var format =
                    assertInstanceOf(
                            dev.tramontane.chat.ResponseFormat.JsonSchema.class,
                            serving.model.asked.take().format());
            assertEquals("[\"city\"]", format.schema().path("required").toString());
        }
    }

    @ParameterizedTest
    @EnumSource
    void texts_become_vectors_in_their_order(Provider provider) {
        try (Serving serving = provider.recorded().serving(Scene.VECTORS)) {
            EmbeddingModel model = provider.vectors(serving);
            List<Embedding> both =
                    model.embedAll(
                                    List.of(
                                            TextSegment.from("A day."),
                                            TextSegment.from("A night.")))
                            .content();
            assertEquals(96, both.getFirst().dimension());
            assertEquals(model.embed("A night.").content(), both.getLast());
        }
    }
}
