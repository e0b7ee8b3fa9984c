package dev.tramontane.langchain4j;

import static dev.tramontane.langchain4j.Asking.END;
import static dev.tramontane.langchain4j.Asking.over;
import static dev.tramontane.langchain4j.Asking.question;
import static dev.tramontane.langchain4j.Asking.request;
import static dev.tramontane.langchain4j.Asking.thinker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.listener.ChatModelErrorContext;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.Thinking;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.ToolChoice;
import dev.tramontane.chat.Usage;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.server.Script;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

class TramontaneChatModelTest {
    private static final ChatRequestParameters OPEN = ChatRequestParameters.builder().build();

    @Test
    void an_answer_has_thinking_text_counts_and_the_reason_of_its_end() {
        ChatResponse response = over(thinker()).chat(question(OPEN));
        assertEquals("Two and one.", response.aiMessage().thinking());
        assertEquals("Three.", response.aiMessage().text());
        assertEquals(new TokenUsage(7, 9), response.tokenUsage());
        assertEquals(FinishReason.STOP, response.finishReason());
        assertEquals("script", response.modelName());
        assertTrue(response.id().startsWith("chatcmpl-"), response.id());
        var metadata = assertInstanceOf(TramontaneChatResponseMetadata.class, response.metadata());
        assertEquals(5, metadata.usage().reasoningTokens());
        assertEquals(metadata, metadata.toBuilder().build(), "nothing is lost on the way");
        assertEquals("Three.", over(thinker()).chat("How many?"));
        assertEquals(
                Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA),
                over(thinker()).supportedCapabilities());
    }

    @ParameterizedTest
    @CsvSource({"LENGTH,LENGTH", "CONTEXT_FULL,LENGTH", "CANCELLED,OTHER", "STOP,STOP"})
    void each_end_has_its_reason(dev.tramontane.sampling.FinishReason why, FinishReason told) {
        Script model =
                Script.of(new ChatEvent.Text("x"), new ChatEvent.Finished(why, new Usage(1, 1, 0)));
        assertEquals(told, over(model).chat(question(OPEN)).finishReason());
    }

    @Test
    void of_an_answer_that_went_in_circles_one_copy_is_kept() {
        var usage =
                new Usage(1, 0, 2, 0, List.of(), false, new Usage.Repetition(4, "la la ".length()));
        Script model =
                Script.of(
                        new ChatEvent.Text("la la la la "),
                        new ChatEvent.Finished(
                                dev.tramontane.sampling.FinishReason.REPETITION, usage));
        ChatResponse response = over(model).chat(question(OPEN));
        assertEquals("la la ", response.aiMessage().text());
        assertEquals(FinishReason.LENGTH, response.finishReason());
    }

    @Test
    void a_conversation_arrives_as_it_was_said() throws InterruptedException {
        Script model = thinker();
        ToolExecutionRequest call =
                ToolExecutionRequest.builder()
                        .id("abcdefghi")
                        .name("weather")
                        .arguments("{\"city\":\"Nice\"}")
                        .build();
        over(model)
                .chat(
                        SystemMessage.from("Be brief."),
                        UserMessage.from("Ada", "Weather in Nice?"),
                        AiMessage.builder()
                                .thinking("I look it up.")
                                .text("")
                                .toolExecutionRequests(List.of(call))
                                .build(),
                        ToolExecutionResultMessage.from(call, "sunny"),
                        AiMessage.from("Sunny."),
                        UserMessage.from(TextContent.from("And"), TextContent.from("Lyon?")));
        assertEquals(
                List.of(
                        new Message.SystemMessage("Be brief."),
                        new Message.UserMessage("Weather in Nice?"),
                        new Message.AssistantMessage(
                                List.of(new Chunk.ThinkChunk("I look it up.", true)),
                                List.of(
                                        new ToolCall(
                                                Optional.of("abcdefghi"),
                                                "weather",
                                                "{\"city\":\"Nice\"}")),
                                false),
                        new Message.ToolMessage(
                                List.of(new Chunk.TextChunk("sunny")),
                                Optional.of("abcdefghi"),
                                Optional.of("weather")),
                        new Message.AssistantMessage("Sunny."),
                        new Message.UserMessage(
                                List.of(new Chunk.TextChunk("And"), new Chunk.TextChunk("Lyon?")))),
                model.asked.take().messages());
    }

    @Test
    void an_answer_that_came_to_nothing_is_left_out() throws InterruptedException {
        Script model = thinker();
        over(model)
                .chat(
                        UserMessage.from("How many?"),
                        AiMessage.from(""),
                        UserMessage.from("How many?"),
                        AiMessage.builder().build(),
                        UserMessage.from("Say it."));
        assertEquals(
                List.of(
                        new Message.UserMessage("How many?"),
                        new Message.UserMessage("How many?"),
                        new Message.UserMessage("Say it.")),
                model.asked.take().messages());
    }

    @Test
    void what_a_request_leaves_open_is_as_the_model_has_it() throws InterruptedException {
        Script model = thinker();
        over(model).chat(question(OPEN));
        ChatRequest asked = model.asked.take();
        SamplingParams sampling = asked.sampling().orElseThrow();
        assertEquals(Script.SAMPLING.withSeed(sampling.seed()), sampling);
        assertEquals(Thinking.DEFAULT, asked.thinking());
        assertTrue(asked.defaultSystemPrompt());
        assertEquals(List.of(), asked.stop());
        over(model).chat(question(OPEN));
        long next = model.asked.take().sampling().orElseThrow().seed();
        assertTrue(next != sampling.seed(), "each answer is drawn anew");
    }

    @Test
    void parameters_mean_what_they_mean_elsewhere() throws InterruptedException {
        Script model = thinker();
        over(model)
                .chat(
                        question(
                                ChatRequestParameters.builder()
                                        .modelName("script")
                                        .temperature(0.5)
                                        .topP(0.25)
                                        .topK(3)
                                        .frequencyPenalty(1.5)
                                        .presencePenalty(-1.0)
                                        .maxOutputTokens(11)
                                        .stopSequences("STOP", "END")
                                        .build()));
        ChatRequest asked = model.asked.take();
        SamplingParams sampling = asked.sampling().orElseThrow();
        assertEquals(0.5f, sampling.temperature());
        assertEquals(0.25f, sampling.topP());
        assertEquals(3, sampling.topK());
        assertEquals(1.5f, sampling.penalties().repetition().frequency());
        assertEquals(-1f, sampling.penalties().repetition().presence());
        assertEquals(11, sampling.maxTokens());
        assertEquals(List.of("STOP", "END"), asked.stop());
    }

    @Test
    void our_own_parameters_hold_beside_them_and_requests_go_before_defaults()
            throws InterruptedException {
        Script model = thinker();
        TramontaneChatModel seeded =
                over(model)
                        .withDefaults(
                                TramontaneChatRequestParameters.builder()
                                        .thinking(new Thinking.Budget(64))
                                        .seed(5L)
                                        .minP(0.125)
                                        .parallelToolCalls(false)
                                        .temperature(0.5)
                                        .build());
        seeded.chat(question(ChatRequestParameters.builder().topK(4).build()));
        ChatRequest asked = model.asked.take();
        SamplingParams sampling = asked.sampling().orElseThrow();
        assertEquals(new Thinking.Budget(64), asked.thinking());
        assertEquals(5, sampling.seed());
        assertEquals(0.125f, sampling.minP());
        assertEquals(0.5f, sampling.temperature());
        assertEquals(4, sampling.topK());
        assertEquals(false, asked.toolUse().parallel());

        seeded.chat(
                question(
                        TramontaneChatRequestParameters.builder()
                                .thinking(new Thinking.Off())
                                .build()));
        ChatRequest next = model.asked.take();
        assertEquals(new Thinking.Off(), next.thinking());
        assertEquals(5, next.sampling().orElseThrow().seed(), "the default still holds");
    }

    @Test
    void a_vote_tells_the_winner_and_how_it_won() {
        Script model =
                Script.of(
                        request ->
                                List.of(
                                        new ChatEvent.Text(
                                                request.sampling().orElseThrow().seed() == 1
                                                        ? "\\boxed{4}"
                                                        : "\\boxed{3}"),
                                        END));
        ChatResponse response =
                over(model)
                        .chat(
                                question(
                                        TramontaneChatRequestParameters.builder()
                                                .seed(0L)
                                                .votes(3)
                                                .build()));
        assertEquals("\\boxed{3}", response.aiMessage().text());
        var metadata = assertInstanceOf(TramontaneChatResponseMetadata.class, response.metadata());
        assertEquals(2, metadata.votes().orElseThrow().counts().getFirst().count());
    }

    @Test
    void tools_arrive_and_their_calls_come_back() throws InterruptedException {
        Script model =
                Script.of(
                        new ChatEvent.ToolCalled(
                                new ToolCall(
                                        Optional.of("abcdefghi"),
                                        "weather",
                                        "{\"city\":\"Nice\"}")),
                        new ChatEvent.Finished(
                                dev.tramontane.sampling.FinishReason.TOOL_CALLS,
                                new Usage(3, 4, 0)));
        ChatResponse response =
                over(model)
                        .chat(
                                question(
                                        ChatRequestParameters.builder()
                                                .toolSpecifications(Asking.WEATHER)
                                                .toolChoice(
                                                        dev.langchain4j.model.chat.request
                                                                .ToolChoice.REQUIRED)
                                                .build()));
        assertNull(response.aiMessage().text());
        assertEquals(FinishReason.TOOL_EXECUTION, response.finishReason());
        ToolExecutionRequest call = response.aiMessage().toolExecutionRequests().getFirst();
        assertEquals("abcdefghi", call.id());
        assertEquals("weather", call.name());
        assertEquals("{\"city\":\"Nice\"}", call.arguments());
        ChatRequest asked = model.asked.take();
        assertEquals(new ToolChoice.Required(), asked.toolUse().choice());
        var tool = asked.tools().getFirst();
        assertEquals("weather", tool.name());
        assertEquals("The weather of a city", tool.description());
        assertTrue(tool.strict());
        assertEquals(
                "{\"type\":\"object\",\"properties\":{\"city\":{\"description\":\"its name\",\"type\":\"string\"}},"
                        + "\"required\":[\"city\"],\"additionalProperties\":false}",
                tool.parameters().toString());
    }

    @Test
    void what_this_model_does_not_do_is_refused_by_name() {
        TramontaneChatModel model = over(thinker());
        String audio =
                assertThrows(
                                UnsupportedFeatureException.class,
                                () ->
                                        model.chat(
                                                UserMessage.from(
                                                        TextContent.from("What is it?"),
                                                        AudioContent.from("aGk=", "audio/wav"))))
                        .getMessage();
        assertTrue(String.valueOf(audio).startsWith("messages[0].contents[1]: audio"), audio);
        ChatRequestParameters another = ChatRequestParameters.builder().modelName("gpt").build();
        assertThrows(
                UnsupportedFeatureException.class, () -> model.chat(request(another, hello())));
        assertThrows(UnsupportedFeatureException.class, () -> model.withDefaults(another));
    }

    private static UserMessage hello() {
        return UserMessage.from("Hello");
    }

    @Test
    void values_that_mean_nothing_are_refused() {
        TramontaneChatModel model = over(thinker());
        for (ChatRequestParameters wrong :
                List.of(
                        ChatRequestParameters.builder().temperature(-1.0).build(),
                        ChatRequestParameters.builder().temperature(Double.NaN).build(),
                        ChatRequestParameters.builder().topP(Double.POSITIVE_INFINITY).build(),
                        ChatRequestParameters.builder().topK(-7).build(),
                        ChatRequestParameters.builder().maxOutputTokens(0).build(),
                        ChatRequestParameters.builder().frequencyPenalty(9.0).build(),
                        TramontaneChatRequestParameters.builder().minP(1.0).build(),
                        TramontaneChatRequestParameters.builder().votes(1_000_000).build())) {
            assertThrows(
                    InvalidRequestException.class,
                    () -> model.chat(question(wrong)),
                    wrong.toString());
        }
    }

    @Test
    void a_models_refusals_are_told_in_langchain4js_words() {
        var invalid = new dev.tramontane.chat.InvalidRequestException("messages", "too long");
        var full = new EngineOverloadedException("full", Duration.ofSeconds(1));
        var refusal =
                assertThrows(
                        InvalidRequestException.class, () -> over(failing(invalid)).chat("Hi"));
        assertEquals("messages: too long", refusal.getMessage());
        assertEquals(invalid, refusal.getCause());
        assertThrows(RateLimitException.class, () -> over(failing(full)).chat("Hi"));
    }

    private static Script failing(RuntimeException failure) {
        return Script.of(
                _ -> {
                    throw failure;
                });
    }

    @Test
    void listeners_are_told_of_requests_answers_and_failures() {
        List<String> told = new ArrayList<>();
        var listener =
                new ChatModelListener() {
                    @Override
                    public void onRequest(ChatModelRequestContext context) {
                        told.add("asks " + context.chatRequest().modelName());
                    }

                    @Override
                    public void onResponse(ChatModelResponseContext context) {
                        told.add("says " + context.chatResponse().aiMessage().text());
                    }

                    @Override
                    public void onError(ChatModelErrorContext context) {
                        told.add("fails " + context.error().getMessage());
                    }
                };
        over(thinker()).withListeners(List.of(listener)).chat("How many?");
        var full = new EngineOverloadedException("full", Duration.ofSeconds(1));
        var failing = over(failing(full)).withListeners(List.of(listener));
        assertThrows(RateLimitException.class, () -> failing.chat("Hi"));
        assertEquals(List.of("asks script", "says Three.", "asks script", "fails full"), told);
    }

    @Test
    void an_answer_in_the_future_is_the_same_one() throws InterruptedException, ExecutionException {
        ChatResponse response = over(thinker()).chatAsync(question(OPEN)).get();
        assertEquals("Three.", response.aiMessage().text());
        var full = new EngineOverloadedException("full", Duration.ofSeconds(1));
        CompletableFuture<ChatResponse> failing = over(failing(full)).chatAsync(question(OPEN));
        assertInstanceOf(
                RateLimitException.class,
                assertThrows(ExecutionException.class, failing::get).getCause());
    }

    @Test
    void a_cancelled_future_ends_its_answer() throws InterruptedException {
        Script model = Script.holding(new ChatEvent.Text("Once"));
        CompletableFuture<ChatResponse> future = over(model).chatAsync(question(OPEN));
        Script.Running answer = model.running.take();
        future.cancel(true);
        answer.closed.await();
        assertTrue(future.isCancelled());
    }
}
