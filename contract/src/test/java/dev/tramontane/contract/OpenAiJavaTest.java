package dev.tramontane.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ReasoningEffort;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionMessageToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.Embedding;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;

import dev.tramontane.chat.ResponseFormat;
import dev.tramontane.chat.Thinking;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// openai-java: `validate()` holds each answer against OpenAI's own schema.
class OpenAiJavaTest {
    @RegisterExtension static final Recorded RECORDED = new Recorded("openai-java");

    private static OpenAIClient client(Serving serving, String key, int retries) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(serving.v1())
                .apiKey(key)
                .maxRetries(retries)
                .build();
    }

    private static OpenAIClient client(Serving serving) {
        return client(serving, "any", 0);
    }

    private static ChatCompletionCreateParams.Builder asking(String question) {
        return ChatCompletionCreateParams.builder().model("script").addUserMessage(question);
    }

    private static ChatCompletionCreateParams question() {
        return asking("What is the capital of Germany?").build();
    }

    private static String reasoning(Map<String, JsonValue> others) {
        return others.containsKey("reasoning_content")
                ? others.get("reasoning_content").asStringOrThrow()
                : "";
    }

    @Test
    void an_answer_has_its_thinking_its_text_and_its_counts() {
        try (Serving serving = RECORDED.serving(Scene.KNOWING)) {
            ChatCompletion completion =
                    client(serving).chat().completions().create(question()).validate();
            ChatCompletion.Choice choice = completion.choices().getFirst();
            assertEquals(
                    "The capital of Germany is Berlin.", choice.message().content().orElseThrow());
            assertEquals("Let me see.", reasoning(choice.message()._allProperties()));
            assertEquals(ChatCompletion.Choice.FinishReason.STOP, choice.finishReason());
            var usage = completion.usage().orElseThrow();
            assertEquals(usage.promptTokens() + usage.completionTokens(), usage.totalTokens());
            assertEquals(
                    2,
                    usage.completionTokensDetails().orElseThrow().reasoningTokens().orElseThrow());
            assertEquals("script", completion.model());
        }
    }

    @Test
    void a_stream_adds_up_to_the_same_answer() {
        try (Serving serving = RECORDED.serving(Scene.KNOWING)) {
            ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
            var thinking = new StringBuilder();
            ChatCompletionCreateParams params =
                    asking("What is the capital of Germany?")
                            .streamOptions(
                                    ChatCompletionStreamOptions.builder()
                                            .includeUsage(true)
                                            .build())
                            .build();
            try (StreamResponse<ChatCompletionChunk> chunks =
                    client(serving).chat().completions().createStreaming(params)) {
                chunks.stream()
                        .map(ChatCompletionChunk::validate)
                        .peek(whole::accumulate)
                        .flatMap(chunk -> chunk.choices().stream())
                        .forEach(
                                choice ->
                                        thinking.append(
                                                reasoning(choice.delta()._allProperties())));
            }
            ChatCompletion completion = whole.chatCompletion();
            assertEquals(
                    "The capital of Germany is Berlin.",
                    completion.choices().getFirst().message().content().orElseThrow());
            assertEquals("Let me see.", thinking.toString());
            assertTrue(completion.usage().orElseThrow().totalTokens() > 0);
        }
    }

    private static ChatCompletionFunctionTool weather() {
        return ChatCompletionFunctionTool.builder()
                .function(
                        FunctionDefinition.builder()
                                .name("getWeather")
                                .description("The weather of a city")
                                .parameters(
                                        FunctionParameters.builder()
                                                .putAdditionalProperty(
                                                        "type", JsonValue.from("object"))
                                                .putAdditionalProperty(
                                                        "properties",
                                                        JsonValue.from(
                                                                Map.of(
                                                                        "city",
                                                                        Map.of("type", "string"))))
                                                .build())
                                .build())
                .build();
    }

    @Test
    void a_tool_is_called_and_its_result_is_answered() {
        try (Serving serving = RECORDED.serving(Scene.KNOWING)) {
            OpenAIClient client = client(serving);
            ChatCompletionCreateParams.Builder conversation =
                    asking("What is the weather in Munich?").addTool(weather());
            ChatCompletion.Choice choice =
                    client.chat()
                            .completions()
                            .create(conversation.build())
                            .validate()
                            .choices()
                            .getFirst();
            assertEquals(ChatCompletion.Choice.FinishReason.TOOL_CALLS, choice.finishReason());
            ChatCompletionMessage message = choice.message();
            List<ChatCompletionMessageToolCall> calls = message.toolCalls().orElseThrow();
            assertEquals(
                    "{\"city\":\"Munich\"}", calls.getFirst().asFunction().function().arguments());
            conversation
                    .addMessage(message)
                    .addMessage(
                            ChatCompletionToolMessageParam.builder()
                                    .toolCallId(calls.getFirst().asFunction().id())
                                    .content("sunny")
                                    .build());
            String answer =
                    client.chat()
                            .completions()
                            .create(conversation.build())
                            .choices()
                            .getFirst()
                            .message()
                            .content()
                            .orElseThrow();
            assertEquals("The tools say: sunny", answer);
        }
    }

    @Test
    void calls_of_a_stream_add_up() {
        try (Serving serving = RECORDED.serving(Scene.KNOWING)) {
            ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
            ChatCompletionCreateParams params =
                    asking("What is the weather in Munich?").addTool(weather()).build();
            try (StreamResponse<ChatCompletionChunk> chunks =
                    client(serving).chat().completions().createStreaming(params)) {
                chunks.stream().forEach(whole::accumulate);
            }
            var call =
                    whole.chatCompletion()
                            .choices()
                            .getFirst()
                            .message()
                            .toolCalls()
                            .orElseThrow()
                            .getFirst()
                            .asFunction();
            assertEquals("getWeather", call.function().name());
            assertEquals("{\"city\":\"Munich\"}", call.function().arguments());
        }
    }

    /// What an answer is to be made into.
    public static final class Place {
        public String city = "";
    }

    @Test
    void a_class_is_the_form_of_an_answer() throws InterruptedException {
        try (Serving serving = RECORDED.serving(Scene.KNOWING)) {
            Place place =
                    client(serving)
                            .chat()
                            .completions()
                            .create(
                                    asking("What is the capital of Germany?")
                                            .responseFormat(Place.class)
                                            .build())
                            .choices()
                            .getFirst()
                            .message()
                            .content()
                            .orElseThrow();
            assertEquals("Berlin", place.city);
            var format =
                    assertInstanceOf(
                            ResponseFormat.JsonSchema.class, serving.model.asked.take().format());
            assertEquals("[\"city\"]", format.schema().path("required").toString());
        }
    }

    @Test
    void an_effort_and_fields_of_our_own_arrive() throws InterruptedException {
        try (Serving serving = RECORDED.serving(Scene.KNOWING)) {
            client(serving)
                    .chat()
                    .completions()
                    .create(asking("Hello World").reasoningEffort(ReasoningEffort.NONE).build());
            client(serving)
                    .chat()
                    .completions()
                    .create(
                            asking("Hello World")
                                    .putAdditionalBodyProperty(
                                            "thinking_budget", JsonValue.from(64))
                                    .build());
            assertEquals(new Thinking.Off(), serving.model.asked.take().thinking());
            assertEquals(new Thinking.Budget(64), serving.model.asked.take().thinking());
        }
    }

    @Test
    void each_refusal_is_the_exception_of_its_status() {
        try (Serving serving = RECORDED.serving(Scene.LOCKED)) {
            var unknown =
                    assertThrows(
                            UnauthorizedException.class,
                            () ->
                                    client(serving, "wrong", 0)
                                            .chat()
                                            .completions()
                                            .create(question()));
            assertEquals("invalid_api_key", unknown.code().orElseThrow());
            OpenAIClient client = client(serving, Serving.KEY, 0);
            var missing =
                    assertThrows(
                            NotFoundException.class,
                            () ->
                                    client.chat()
                                            .completions()
                                            .create(asking("Hi").model("gpt-9").build()));
            assertEquals("model", missing.param().orElseThrow());
            var wrong =
                    assertThrows(
                            BadRequestException.class,
                            () ->
                                    client.chat()
                                            .completions()
                                            .create(asking("Hi").temperature(9.0).build()));
            assertEquals("temperature", wrong.param().orElseThrow());
            assertEquals("invalid_request_error", wrong.type().orElseThrow());
        }
    }

    @Test
    void a_busy_server_is_asked_again_when_it_said() {
        try (Serving serving = RECORDED.serving(Scene.BUSIER)) {
            ChatCompletion completion =
                    client(serving, "any", 2).chat().completions().create(question());
            assertEquals(1, completion.choices().size());
        }
        try (Serving serving = RECORDED.serving(Scene.BUSY)) {
            assertThrows(
                    InternalServerException.class,
                    () -> client(serving).chat().completions().create(question()));
        }
    }

    @Test
    void a_stream_that_breaks_off_is_an_error_and_no_end() {
        try (Serving serving = RECORDED.serving(Scene.BREAKING);
                StreamResponse<ChatCompletionChunk> chunks =
                        client(serving).chat().completions().createStreaming(question())) {
            assertThrows(OpenAIException.class, () -> chunks.stream().count());
        }
    }

    @Test
    void the_models_are_listed_and_found() {
        try (Serving serving = RECORDED.serving(Scene.KNOWING)) {
            List<Model> models =
                    client(serving).models().list().data().stream().map(Model::validate).toList();
            assertEquals(
                    "script other",
                    models.stream().map(Model::id).collect(Collectors.joining(" ")));
            assertEquals("other", client(serving).models().retrieve("other").validate().id());
            assertThrows(NotFoundException.class, () -> client(serving).models().retrieve("gpt-9"));
        }
    }

    @Test
    void several_choices_differ_in_their_place_and_their_seed() throws InterruptedException {
        try (Serving serving = RECORDED.serving(Scene.KNOWING)) {
            ChatCompletion completion =
                    client(serving)
                            .chat()
                            .completions()
                            .create(asking("Hello World").n(2).build())
                            .validate();
            assertEquals(
                    List.of(0L, 1L),
                    completion.choices().stream().map(ChatCompletion.Choice::index).toList());
            long first = serving.model.asked.take().sampling().orElseThrow().seed();
            assertEquals(first + 1, serving.model.asked.take().sampling().orElseThrow().seed());
        }
    }

    @Test
    void texts_become_vectors_in_their_order() {
        try (Serving serving = RECORDED.serving(Scene.VECTORS)) {
            EmbeddingCreateParams.Builder texts =
                    EmbeddingCreateParams.builder()
                            .model("tiny")
                            .inputOfArrayOfStrings(List.of("A day.", "A night."));
            CreateEmbeddingResponse two = client(serving).embeddings().create(texts.build());
            assertEquals(List.of(0L, 1L), two.data().stream().map(Embedding::index).toList());
            assertEquals(96, two.validate().data().getFirst().embedding().size());
            assertTrue(two.usage().promptTokens() > 2);
            CreateEmbeddingResponse cut =
                    client(serving).embeddings().create(texts.dimensions(8).build());
            assertEquals(8, cut.validate().data().getLast().embedding().size());
        }
    }
}
