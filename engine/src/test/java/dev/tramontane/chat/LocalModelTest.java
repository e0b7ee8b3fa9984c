package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatStream.Answer;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.Generation;
import dev.tramontane.engine.GenerationRequest;
import dev.tramontane.engine.Waiting;
import dev.tramontane.sampling.Dry;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.GateMask;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.sampling.LogitBias;
import dev.tramontane.sampling.Penalties;
import dev.tramontane.sampling.Repetition;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.weights.ModelFormatException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

class LocalModelTest {
    private static final Path TINY = ChatVectors.FOLDER.resolve("tiny-text-a");
    private static final EngineOptions OPTIONS =
            EngineOptions.defaults().withContext(2048).withThreads(1);

    private static LocalModel model;

    @BeforeAll
    static void open() throws IOException {
        model = LocalModel.open(TINY, OPTIONS);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void the_tokens_of_the_answer_are_scored_where_it_is_asked_for() {
        SamplingParams sampling = SamplingParams.greedy(8).withTopLogprobs(2);
        List<TokenScore> scores = new ArrayList<>();
        var text = new StringBuilder();
        int tokens = 0;
        ChatRequest request = ChatRequest.of("Hi").withSampling(sampling);
        try (ChatStream answer = model.chat(request.withThinking(new Thinking.Off()))) {
            for (ChatEvent event : answer) {
                if (event instanceof ChatEvent.Scored(TokenScore score)) {
                    scores.add(score);
                } else if (event instanceof ChatEvent.Text(String part)) {
                    text.append(part);
                } else if (event instanceof ChatEvent.Finished(var _, Usage usage)) {
                    tokens = usage.completionTokens() - usage.reasoningTokens();
                }
            }
        }
        assertEquals(tokens, scores.size());
        assertTrue(tokens > 0, "it answers");
        for (TokenScore score : scores) {
            assertTrue(score.logprob() <= 0, "a logarithm of a share");
            assertEquals(2, score.top().size());
            assertEquals(score.token(), score.top().getFirst().token(), "greedy takes the first");
        }
        var bytes = new ByteArrayOutputStream();
        scores.forEach(score -> bytes.writeBytes(score.bytes()));
        assertEquals(text.toString(), bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void a_folder_says_how_to_talk_to_its_model() {
        assertEquals("tiny-text-a", model.name());
        assertTrue(model.isInstruct());
        assertTrue(model.thinks());
        assertEquals("v13", model.template().orElseThrow().format());
        assertEquals(2048, model.context());
        assertEquals(SamplingParams.reasoning(0, 2048), model.sampling());
        assertEquals(Optional.empty(), model.notice());
    }

    @Test
    void a_draft_model_with_the_same_vocabulary_changes_no_answer() throws IOException {
        var draft = Optional.of(TINY.resolve("model-q4_0.gguf"));
        try (LocalModel drafted =
                        LocalModel.open(TINY, OPTIONS, LocalModel.Format.FROM_FILES, draft);
                ChatStream with = drafted.chat(question(60));
                ChatStream without = model.chat(question(60))) {
            Answer expected = without.collect();
            Answer answer = with.collect();
            assertEquals(expected.thinking() + expected.text(), answer.thinking() + answer.text());
            assertEquals(60, answer.usage().completionTokens());
        }
    }

    @Test
    void a_draft_model_with_another_vocabulary_is_refused() {
        var draft = Optional.of(ChatVectors.FOLDER.resolve("tiny-qwen3"));
        var refused =
                assertThrows(
                        ModelFormatException.class,
                        () -> LocalModel.open(TINY, OPTIONS, LocalModel.Format.FROM_FILES, draft));
        assertTrue(
                refused.toString().contains("as in the model that it is to draft for"),
                refused.toString());
    }

    @Test
    void an_answer_ends_with_its_reason_and_its_tokens() {
        try (ChatStream stream = model.chat(question(12))) {
            Answer answer = stream.collect();
            assertEquals(FinishReason.LENGTH, answer.why());
            assertEquals(12, answer.usage().completionTokens());
            assertEquals(
                    model.template().orElseThrow().encode(question(12)).length,
                    answer.usage().promptTokens());
        }
    }

    @Test
    void the_default_system_prompt_stands_in_front_unless_unwanted() {
        int without = promptTokens(question(1));
        assertTrue(promptTokens(question(1).withDefaultSystemPrompt(true)) > without);
        ChatRequest silent =
                question(1).withDefaultSystemPrompt(true).withThinking(new Thinking.Off());
        assertEquals(without, promptTokens(silent));
    }

    @Test
    void a_system_prompt_beside_the_weights_is_preferred(@TempDir Path folder) throws IOException {
        Files.copy(TINY.resolve("model-q8_0.gguf"), folder.resolve("model.gguf"));
        Files.copy(TINY.resolve("tekken.json"), folder.resolve("tekken.json"));
        Files.writeString(folder.resolve("SYSTEM_PROMPT.txt"), "Hi[THINK]so[/THINK]\n");
        try (LocalModel other = LocalModel.open(folder.resolve("model.gguf"), OPTIONS);
                ChatStream stream = other.chat(question(1).withDefaultSystemPrompt(true))) {
            int system = 2 + "Hi".length() + 2 + "so".length();
            assertEquals(
                    promptTokens(question(1)) + system, stream.collect().usage().promptTokens());
        }
    }

    @Test
    void a_closed_model_scores_nothing() throws IOException {
        LocalModel used = LocalModel.open(TINY, OPTIONS.withCopiedWeights(true));
        int[] text = used.textPrompt("a text");
        assertEquals(text.length, used.score(text, 1).logprobs().length);
        used.close();
        assertThrows(IllegalStateException.class, () -> used.score(text, 1));
        LocalModel unused = LocalModel.open(TINY, OPTIONS.withCopiedWeights(true));
        unused.close();
        assertThrows(IllegalStateException.class, () -> unused.score(text, 1));
    }

    @Test
    void scores_end_as_answers_do_when_somebody_changes_the_file(@TempDir Path folder)
            throws IOException {
        Path file = folder.resolve("model.gguf");
        Files.copy(TINY.resolve("model-q8_0.gguf"), file);
        Files.copy(TINY.resolve("tekken.json"), folder.resolve("tekken.json"));
        for (boolean scoredBefore : new boolean[] {true, false}) {
            try (LocalModel changed = LocalModel.open(file, OPTIONS)) {
                int[] text = changed.textPrompt("a text");
                if (scoredBefore) {
                    assertEquals(text.length, changed.score(text, 1).logprobs().length);
                }
                Files.setLastModifiedTime(file, FileTime.fromMillis(scoredBefore ? 1 : 2));
                String answer =
                        Waiting.until(
                                "the engine notices",
                                () -> refusal(() -> collected(changed, question(1))),
                                why -> !why.isEmpty());
                assertTrue(answer.contains("was written to"), answer);
                assertEquals(answer, refusal(() -> changed.score(text, 1)));
            }
        }
    }

    /// Why a model's file is refused; empty where it is not.
    private static String refusal(Runnable use) {
        try {
            use.run();
            return "";
        } catch (ModelFormatException changed) {
            return String.valueOf(changed.getMessage());
        }
    }

    @Test
    void a_spent_budget_closes_the_thinking_and_the_answer_follows() {
        ChatRequest request = thinkingAlready(40).withThinking(new Thinking.Budget(6));
        List<ChatEvent> events = events(request);
        Answer answer = collected(request);
        assertTrue(
                events.stream().anyMatch(ChatEvent.Intervened.class::isInstance),
                events.toString());
        assertEquals(7, answer.usage().reasoningTokens());
        assertEquals(40, answer.usage().completionTokens());
        assertFalse(answer.thinking().isEmpty());
        assertFalse(answer.text().isEmpty());
    }

    @Test
    void the_answer_can_be_asked_for_while_the_model_thinks() {
        try (var gate = new GateMask();
                var _ = gated(gate);
                ChatStream stream = model.chat(thinkingAlready(600))) {
            Iterator<ChatEvent> events = stream.iterator();
            gate.allow(20); // enough for a thought to show, too few for the end
            while (!(events.next() instanceof ChatEvent.Thinking)) {}
            stream.answerNow();
            gate.open();
            boolean answered = false;
            while (events.hasNext()) {
                answered |= events.next() instanceof ChatEvent.Text;
            }
            assertTrue(answered);
        }
    }

    @Test
    void the_answer_has_a_place_of_its_own_in_what_may_be_generated() {
        Answer answer = collected(thinkingAlready(40));
        assertEquals(List.of(Intervention.ANSWER_RESERVED), answer.usage().interventions());
        assertInRange(26, 30, answer.usage().reasoningTokens());
        assertFalse(answer.text().isEmpty());
        assertFalse(answer.usage().unfinishedThinking());
        Answer late = collected(thinkingAlready(40, Control.STANDARD.withAnswerReserve(5)));
        assertInRange(30, 35, late.usage().reasoningTokens());
    }

    @Test
    void an_end_inside_the_thinking_says_so_and_keeps_the_thinking() {
        Answer answer = collected(thinkingAlready(40, Control.STANDARD.withAnswerReserve(0)));
        assertTrue(answer.usage().unfinishedThinking());
        assertEquals(40, answer.usage().reasoningTokens());
        assertEquals(FinishReason.LENGTH, answer.why());
        assertEquals(
                List.of(new Chunk.ThinkChunk(answer.thinking(), false)),
                answer.message().content());
    }

    @Test
    void ceilings_hold_whatever_the_request_asks_for() {
        Limits limits = Limits.NONE.withThinkingTokens(8).withAnswerTokens(5).withTotalTokens(30);
        ChatRequest request =
                thinkingAlready(600, Control.STANDARD.withLimits(limits))
                        .withThinking(new Thinking.Budget(100));
        Usage usage = collected(request).usage();
        assertInRange(8, 9, usage.reasoningTokens());
        assertTrue(usage.completionTokens() <= 30, usage.toString());
        ChatRequest silent = question(600).withControl(Control.STANDARD.withLimits(limits));
        Answer answer = collected(silent.withThinking(new Thinking.Off()));
        assertEquals(FinishReason.LENGTH, answer.why());
        assertInRange(5, 29, answer.usage().completionTokens()); // space before it is not counted
    }

    @Test
    void an_effort_that_the_format_cannot_name_is_a_number_of_tokens() {
        ChatRequest request =
                thinkingAlready(1900, Control.STANDARD.withAnswerReserve(1))
                        .withThinking(new Thinking.Effort(Thinking.Level.LOW));
        int tokens = collected(request).usage().reasoningTokens();
        assertInRange(1024 - 128, 1025, tokens);
    }

    @Test
    void longer_thinking_leads_a_model_on_that_would_close_it() {
        int close = model.tokenizer().special(SpecialToken.END_THINK).orElseThrow();
        SamplingParams closes = wanting(close, 200);
        assertEquals("", collected(thinkingAlready(200).withSampling(closes)).thinking());
        try (var gate = new GateMask();
                var _ = gated(gate);
                ChatStream stream = model.chat(thinkingAlready(200).withSampling(closes))) {
            stream.thinkLonger(30);
            gate.open();
            Answer answer = stream.collect();
            assertTrue(answer.thinking().startsWith("\nWait,"), answer.thinking());
            assertTrue(answer.usage().reasoningTokens() >= 30, answer.usage().toString());
            assertEquals(Intervention.LED_ON, answer.usage().interventions().getFirst());
        }
    }

    @Test
    void calls_that_are_forbidden_do_not_come_and_one_inside_the_thinking_closes_it() {
        int mark = model.tokenizer().special(SpecialToken.TOOL_CALLS).orElseThrow();
        SamplingParams calls = wanting(mark, 20);
        ChatRequest request = thinkingAlready(20).withSampling(calls);
        Answer free = collected(request);
        assertEquals("", free.thinking());
        assertTrue(free.text().startsWith("[TOOL_CALLS]"), "calls that are none are text");
        assertEquals(List.of(Intervention.CALLED_THINKING), free.usage().interventions());
        ChatRequest none = request.withToolUse(ToolUse.FREE.withChoice(new ToolChoice.None()));
        assertFalse(collected(none).text().contains("[TOOL_CALLS]"));
    }

    @Test
    void a_call_that_the_model_wants_breaks_no_form_where_there_are_no_tools() {
        int mark = model.tokenizer().special(SpecialToken.TOOL_CALLS).orElseThrow();
        SamplingParams calls = wanting(mark, 60);
        Answer answer =
                collected(
                        thinkingAlready(60)
                                .withSampling(calls)
                                .withThinking(new Thinking.Budget(6))
                                .withFormat(new ResponseFormat.Choice(List.of("yes", "no"))));
        assertTrue(List.of("yes", "no").contains(answer.text()), answer.text());
        assertFalse(answer.thinking().isEmpty());
        assertEquals(List.of(Intervention.BUDGET_SPENT), answer.usage().interventions());
    }

    @Test
    void circles_are_nudged_then_closed_and_a_circling_answer_is_ended_and_trimmed() {
        int letter = model.tokenizer().encode("a")[0];
        SamplingParams circles = wanting(letter, 1900);
        ChatRequest request = thinkingAlready(1900).withSampling(circles);
        Answer answer = collected(request);
        assertEquals(
                List.of(
                        Intervention.CIRCLE_NUDGED,
                        Intervention.CIRCLE_CLOSED,
                        Intervention.CIRCLE_ENDED),
                answer.usage().interventions());
        assertEquals(FinishReason.REPETITION, answer.why());
        assertTrue(answer.thinking().contains("\nI am going in circles."), answer.thinking());
        assertEquals("a", answer.text());
        assertTrue(answer.usage().repetition().tokens() >= 1024, answer.usage().toString());
        assertEquals(
                answer.usage().reasoningTokens() + 1,
                answer.usage().completionTokens(),
                "repeats are not charged");
        Answer unguarded = collected(request.withControl(Control.STANDARD.withGuard(false)));
        assertEquals(FinishReason.LENGTH, unguarded.why());
        assertEquals(List.of(Intervention.ANSWER_RESERVED), unguarded.usage().interventions());
    }

    @Test
    void a_closing_sentence_is_in_the_conversations_language() {
        ChatRequest request =
                thinkingAlready(90, Control.STANDARD.withClosingSentence(true))
                        .withThinking(new Thinking.Budget(3));
        Answer answer = collected(request);
        assertTrue(
                answer.thinking().endsWith("\nI have thought enough; here is my answer."),
                answer.thinking());
        assertFalse(answer.text().isEmpty());
    }

    @Test
    void a_stop_text_ends_the_answer_and_is_no_part_of_it() {
        String text = collected(question(60)).text();
        String stop = text.substring(6, 9);
        Answer stopped = collected(question(60).withStop(List.of(stop)));
        assertEquals(text.substring(0, text.indexOf(stop)), stopped.text());
        assertEquals(FinishReason.STOP, stopped.why());
        assertTrue(stopped.usage().completionTokens() < 60);
        assertEquals(Optional.of(stop), stopped.usage().stopText());
    }

    @Test
    void an_answer_that_ends_at_a_stop_text_tells_what_was_cached() {
        ChatRequest question =
                ChatRequest.of("What is 17 * 23? ".repeat(5))
                        .withSampling(SamplingParams.greedy(60))
                        .withDefaultSystemPrompt(false);
        collected(question);
        Answer whole = collected(question);
        assertTrue(whole.usage().cachedTokens() > 0, "the prompt was read before");
        String stop = whole.text().substring(6, 9);
        Answer stopped = collected(question.withStop(List.of(stop)));
        assertEquals(FinishReason.STOP, stopped.why());
        assertEquals(whole.usage().cachedTokens(), stopped.usage().cachedTokens());
    }

    @Test
    void a_closed_stream_ends_as_cancelled() {
        try (var gate = new GateMask();
                var _ = gated(gate)) {
            ChatStream stream = model.chat(question(600));
            stream.close();
            gate.open();
            assertEquals(FinishReason.CANCELLED, stream.collect().why());
            assertThrows(IllegalStateException.class, stream::iterator);
        }
    }

    @Test
    void the_same_request_is_answered_the_same() {
        assertEquals(collected(question(30)), collected(question(30)));
        SamplingParams seeded = SamplingParams.reasoning(42, 30);
        assertEquals(
                collected(question(30).withSampling(seeded)),
                collected(question(30).withSampling(seeded)));
    }

    @Test
    void a_conversation_longer_than_the_context_is_refused() {
        InvalidRequestException refusal =
                assertThrows(
                        InvalidRequestException.class,
                        () -> model.chat(ChatRequest.of("x".repeat(4000))));
        assertEquals("messages", refusal.parameter());
    }

    @Test
    void text_longer_than_any_context_is_refused_before_it_is_encoded() {
        String half = " ".repeat((1 << 24) + 1);
        List<Message> messages =
                List.of(new Message.SystemMessage(half), new Message.UserMessage(half));
        InvalidRequestException e =
                assertThrows(
                        InvalidRequestException.class, () -> model.chat(ChatRequest.of(messages)));
        assertEquals(
                "messages: the conversation has 33554434 characters, expected 33554432 at most;"
                        + " shorten it",
                e.getMessage());
    }

    @Test
    void the_last_event_is_the_end() {
        List<ChatEvent> events = events(question(5));
        assertInstanceOf(ChatEvent.Finished.class, events.getLast());
        assertInstanceOf(ChatEvent.Progress.class, events.getFirst());
    }

    @Test
    void default_system_prompts_hold_thinking_where_the_format_has_it() {
        for (String release :
                List.of("magistral-2507", "magistral-2509", "ministral-3-reasoning")) {
            List<Chunk> chunks = SystemPrompt.of(release).message(true).content();
            assertEquals(3, chunks.size(), release);
            assertInstanceOf(Chunk.ThinkChunk.class, chunks.get(1), release);
        }
        String plain =
                SystemPrompt.of("magistral-2506").message(false).content().stream()
                        .map(Object::toString)
                        .collect(Collectors.joining());
        assertTrue(plain.contains("<think>\n") && plain.endsWith("Problem:\n\n]"), plain);
    }

    private static void assertInRange(int least, int most, int found) {
        assertTrue(found >= least && found <= most, found + " is not " + least + " to " + most);
    }

    /// A generation beside the conversation that holds the engine back until the gate is open.
    private static Generation gated(GateMask gate) {
        return model.engine()
                .submit(
                        new GenerationRequest(
                                new int[] {1},
                                SamplingParams.greedy(1000),
                                Set.of(),
                                List.of(gate)));
    }

    private static ChatRequest question(int maxTokens) {
        return ChatRequest.of("What is 17 * 23?")
                .withSampling(SamplingParams.greedy(maxTokens))
                .withDefaultSystemPrompt(false);
    }

    /// The model says this token wherever it may.
    private static SamplingParams wanting(int token, int maxTokens) {
        var bias = new LogitBias(Map.of(token, 100f));
        return SamplingParams.greedy(maxTokens)
                .withPenalties(new Penalties(bias, Repetition.OFF, Dry.OFF));
    }

    /// The answer begins inside a thought.
    private static ChatRequest thinkingAlready(int maxTokens) {
        return thinkingAlready(maxTokens, Control.STANDARD);
    }

    private static ChatRequest thinkingAlready(int maxTokens, Control control) {
        var thought = new Chunk.ThinkChunk("Let me see.", false);
        return ChatRequest.of(
                        List.of(
                                new Message.UserMessage("What is 17 * 23?"),
                                new Message.AssistantMessage(List.of(thought), List.of(), true)))
                .withSampling(SamplingParams.greedy(maxTokens))
                .withControl(control)
                .withDefaultSystemPrompt(false);
    }

    private static int promptTokens(ChatRequest request) {
        return collected(request).usage().promptTokens();
    }

    private static Answer collected(ChatRequest request) {
        return collected(model, request);
    }

    private static Answer collected(LocalModel asked, ChatRequest request) {
        try (ChatStream stream = asked.chat(request)) {
            return stream.collect();
        }
    }

    private static List<ChatEvent> events(ChatRequest request) {
        List<ChatEvent> events = new ArrayList<>();
        try (ChatStream stream = model.chat(request)) {
            stream.forEach(events::add);
        }
        return events;
    }
}
