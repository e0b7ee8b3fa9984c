package dev.tramontane.contract.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ResponseFormat;
import dev.tramontane.contract.Recorded;
import dev.tramontane.contract.Scene;
import dev.tramontane.contract.Serving;
import dev.tramontane.sampling.SamplingParams;

import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.converter.BeanOutputConverter;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.tool.annotation.Tool;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// What users of Spring AI ask, whichever of its modules they have.
abstract class SpringAiIT {
    static final String QUESTION = "What is the capital of Germany?";
    static final String ANSWER = "The capital of Germany is Berlin.";
    private static final String WEATHER = "What is the weather in Munich?";

    /// What listens to these tests.
    abstract Recorded recorded();

    /// A model of the module's, which tries again so often where it may.
    abstract ChatModel model(Serving serving, String key, int retries);

    /// Options of the module's: 4 tokens at most, a top-p of 0.5, a presence penalty of 0.125.
    abstract ChatOptions sampled(int seed, double temperature);

    /// Options with the form of an answer.
    abstract ChatOptions formed(String schema);

    /// Options for another model.
    abstract ChatOptions named(String model);

    abstract EmbeddingModel vectors(Serving serving);

    /// What the module throws at such a status.
    abstract Class<? extends Exception> refusal(int status);

    ChatModel model(Serving serving) {
        return model(serving, "any", 0);
    }

    private ChatClient client(Serving serving) {
        return ChatClient.create(model(serving));
    }

    static String text(ChatResponse response) {
        return Objects.requireNonNullElse(response.getResult().getOutput().getText(), "");
    }

    @Test
    void an_answer_has_its_text_its_end_and_its_counts() {
        try (Serving serving = recorded().serving(Scene.KNOWING)) {
            ChatResponse response = model(serving).call(new Prompt(QUESTION));
            assertEquals(ANSWER, text(response));
            assertEquals("STOP", response.getResult().getMetadata().getFinishReason());
            assertEquals("script", response.getMetadata().getModel());
            var usage = response.getMetadata().getUsage();
            assertEquals(12, usage.getPromptTokens());
            assertEquals(
                    usage.getPromptTokens() + usage.getCompletionTokens(), usage.getTotalTokens());
        }
    }

    @Test
    void a_stream_adds_up_to_the_same_answer() {
        try (Serving serving = recorded().serving(Scene.KNOWING)) {
            List<String> pieces =
                    client(serving).prompt(QUESTION).stream().content().collectList().block();
            assertEquals(ANSWER, String.join("", pieces));
            assertTrue(pieces.size() > 1, pieces.toString());
        }
    }

    @Test
    void a_conversation_has_its_system_prompt_and_its_turns() throws InterruptedException {
        try (Serving serving = recorded().serving(Scene.KNOWING)) {
            var turns =
                    List.of(
                            new SystemMessage("Translate into German."),
                            new UserMessage("I love you"));
            assertEquals(
                    "Ich liebe dich.", text(model(serving).call(new Prompt(List.copyOf(turns)))));
            assertEquals(2, serving.model.asked.take().messages().size());
        }
    }

    /// A tool, and where it was called for.
    static final class Weather {
        final List<String> cities = new ArrayList<>();

        @Tool(name = "getWeather", description = "The weather of a city")
        String weather(String city) {
            cities.add(city);
            return "sunny";
        }
    }

    @Test
    void the_loop_of_tools_calls_one_and_answers_with_its_result() {
        try (Serving serving = recorded().serving(Scene.KNOWING)) {
            var weather = new Weather();
            String answer = client(serving).prompt(WEATHER).tools(weather).call().content();
            assertEquals("The tools say: \"sunny\"", answer);
            assertEquals(List.of("Munich"), weather.cities);
        }
    }

    @Test
    void the_loop_of_tools_streams_as_well() {
        try (Serving serving = recorded().serving(Scene.KNOWING)) {
            var weather = new Weather();
            List<String> pieces =
                    client(serving).prompt(WEATHER).tools(weather).stream()
                            .content()
                            .collectList()
                            .block();
            assertEquals("The tools say: \"sunny\"", String.join("", pieces));
            assertEquals(List.of("Munich"), weather.cities);
        }
    }

    /// What an answer is to be made into.
    record Place(String city) {}

    @Test
    void a_record_is_the_form_of_an_answer() throws InterruptedException {
        try (Serving serving = recorded().serving(Scene.KNOWING)) {
            var place = new BeanOutputConverter<>(Place.class);
            Prompt question = new Prompt(QUESTION, formed(place.getJsonSchema()));
            assertEquals(new Place("Berlin"), place.convert(text(model(serving).call(question))));
            var format =
                    assertInstanceOf(
                            ResponseFormat.JsonSchema.class, serving.model.asked.take().format());
            assertEquals("[\"city\"]", format.schema().path("required").toString());
        }
    }

    @Test
    void options_are_the_samplers() throws InterruptedException {
        try (Serving serving = recorded().serving(Scene.KNOWING)) {
            ChatResponse response = model(serving).call(new Prompt(QUESTION, sampled(7, 0.25)));
            assertEquals("The ", text(response)); // behind two tokens of thinking
            SamplingParams sampling = serving.model.asked.take().sampling().orElseThrow();
            assertEquals(0.25f, sampling.temperature());
            assertEquals(0.5f, sampling.topP());
            assertEquals(7, sampling.seed());
            assertEquals(0.125f, sampling.penalties().repetition().presence());
            assertEquals("LENGTH", response.getResult().getMetadata().getFinishReason());
        }
    }

    @Test
    void texts_become_vectors_in_their_order() {
        try (Serving serving = recorded().serving(Scene.VECTORS)) {
            EmbeddingResponse two =
                    vectors(serving).embedForResponse(List.of("A day.", "A night."));
            assertEquals(96, two.getResults().getFirst().getOutput().length);
            assertEquals(1, two.getResults().getLast().getIndex());
            assertTrue(two.getMetadata().getUsage().getPromptTokens() > 2);
        }
    }

    @Test
    void each_refusal_is_the_exception_of_its_status() {
        try (Serving serving = recorded().serving(Scene.LOCKED)) {
            ChatModel stranger = model(serving, "wrong", 0);
            assertThrows(refusal(401), () -> stranger.call(new Prompt(QUESTION)));
            ChatModel known = model(serving, Serving.KEY, 0);
            assertThrows(refusal(404), () -> known.call(new Prompt(QUESTION, named("gpt-9"))));
            Prompt wrong = new Prompt(QUESTION, sampled(7, 9));
            Exception refused = assertThrows(refusal(400), () -> known.call(wrong));
            assertTrue(refused.getMessage().contains("temperature"), refused.getMessage());
        }
    }

    @Test
    void a_busy_server_is_asked_again() {
        try (Serving serving = recorded().serving(Scene.BUSIER)) {
            assertEquals(ANSWER, text(model(serving, "any", 2).call(new Prompt(QUESTION))));
        }
    }

    @Test
    void a_stream_that_breaks_off_is_no_whole_answer() {
        try (Serving serving = recorded().serving(Scene.BREAKING)) {
            var answer = client(serving).prompt(QUESTION).stream().content().collectList();
            assertThrows(RuntimeException.class, answer::block);
        }
    }
}
