package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.engine.EngineOptions;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.LogitBias;
import dev.tramontane.sampling.Penalties;
import dev.tramontane.sampling.SamplingParams;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Texts continued by a model of random weights.
class ContinuedTextTest {
    private static LocalModel model;

    @BeforeAll
    static void open(@TempDir Path folder) throws IOException {
        OtherModel.write(folder.resolve("other.gguf"));
        EngineOptions options = EngineOptions.defaults().withContext(64).withThreads(1);
        model = LocalModel.open(folder.resolve("other.gguf"), options);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static TextRequest text(SamplingParams sampling) {
        return new TextRequest(model.textPrompt("ab"), sampling, List.of(), Client.ANYBODY);
    }

    private static ChatStream.Answer answer(TextRequest request) {
        try (ChatStream stream = model.continueText(request)) {
            return stream.collect();
        }
    }

    @Test
    void a_text_is_held_to_its_form_and_ends_with_it() {
        var form = new ResponseFormat.Choice(List.of("yes, of course", "no"));
        ChatStream.Answer answer = answer(text(SamplingParams.greedy(40)).withFormat(form));
        assertTrue(List.of("yes, of course", "no").contains(answer.text()), answer.text());
        assertEquals(FinishReason.STOP, answer.why());
    }

    @Test
    void a_form_that_is_malformed_is_the_requests_fault() {
        TextRequest request =
                text(SamplingParams.greedy(4)).withFormat(new ResponseFormat.Grammar("root ::= ("));
        assertThrows(InvalidRequestException.class, () -> model.continueText(request));
    }

    @Test
    void a_text_whose_end_is_ignored_goes_on_to_its_last_token() {
        int end = model.tokenizer().special("<|im_end|>").orElseThrow();
        SamplingParams drawn = SamplingParams.greedy(20);
        Penalties none = drawn.penalties();
        var wants = new LogitBias(Map.of(end, LogitBias.MOST));
        SamplingParams ending =
                drawn.withPenalties(new Penalties(wants, none.repetition(), none.dry()));
        assertEquals(FinishReason.STOP, answer(text(ending)).why());
        ChatStream.Answer whole = answer(text(ending).withIgnoredEnd(true));
        assertEquals(FinishReason.LENGTH, whole.why());
        assertEquals(20, whole.usage().completionTokens());
    }

    @Test
    void a_text_that_ends_at_a_stop_text_tells_what_was_cached() {
        int[] prompt = model.textPrompt("a text of more than thirty-two bytes");
        var form = new ResponseFormat.Choice(List.of("yes, of course"));
        SamplingParams sampling = SamplingParams.greedy(20);
        var whole = new TextRequest(prompt, sampling, List.of(), Client.ANYBODY).withFormat(form);
        var cut = new TextRequest(prompt, sampling, List.of(","), Client.ANYBODY).withFormat(form);
        answer(whole);
        int cached = answer(whole).usage().cachedTokens();
        assertTrue(cached > 0, "the prompt was read before");
        ChatStream.Answer stopped = answer(cut);
        assertEquals("yes", stopped.text());
        assertEquals(cached, stopped.usage().cachedTokens());
    }

    @Test
    void a_text_longer_than_the_context_says_by_how_much() {
        var long65 =
                new TextRequest(new int[65], SamplingParams.greedy(1), List.of(), Client.ANYBODY);
        InvalidRequestException refused =
                assertThrows(InvalidRequestException.class, () -> model.continueText(long65));
        assertEquals(new InvalidRequestException.Excess(65, 64), refused.excess().orElseThrow());
        assertEquals(
                "prompt: the text has 65 tokens, which exceeds the available context size of 64 tokens;"
                        + " shorten it, or open the model with a larger context",
                refused.getMessage());
    }

    @Test
    void a_model_without_marks_refuses_a_gap() {
        var gap = new Gap("a", "b");
        assertThrows(InvalidRequestException.class, () -> model.gapPrompt(gap, 10));
    }
}
