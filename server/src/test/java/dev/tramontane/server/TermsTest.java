package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.Thinking;
import dev.tramontane.wire.RequestDefaults;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.json.JsonMapper;

import java.util.List;

/// What an operator decided for requests that leave it open.
class TermsTest {
    private static final Terms BRIEF =
            Terms.USUAL
                    .withSystemPrompt("Be brief.")
                    .withDefaults(
                            new RequestDefaults(
                                    new JsonMapper().readTree("{\"thinking_budget\":77}")));

    @Test
    void what_a_request_leaves_open_is_as_its_operator_decided() {
        ChatRequest asked = BRIEF.apply(ChatRequest.of("Hi"));
        assertEquals(new Message.SystemMessage("Be brief."), asked.messages().getFirst());
        assertEquals(2, asked.messages().size());
        assertEquals(new Thinking.Budget(77), asked.thinking());
        assertEquals(asked, BRIEF.apply(asked), "once is enough");
    }

    @Test
    void what_a_request_says_holds() {
        ChatRequest own =
                ChatRequest.of(
                                List.of(
                                        new Message.SystemMessage("Be long."),
                                        new Message.UserMessage("Hi")))
                        .withThinking(new Thinking.Off());
        assertEquals(own, BRIEF.apply(own));
        ChatRequest none = ChatRequest.of("Hi").withDefaultSystemPrompt(false);
        assertEquals(1, BRIEF.apply(none).messages().size());
    }

    @Test
    void an_empty_system_prompt_is_none_at_all() {
        ChatRequest asked = Terms.USUAL.withSystemPrompt("").apply(ChatRequest.of("Hi"));
        assertFalse(asked.defaultSystemPrompt());
        assertEquals(1, asked.messages().size());
    }

    @Test
    void usual_terms_leave_a_model_as_it_is() {
        ChatModel model = Script.of();
        assertSame(model, Terms.USUAL.over(model));
    }
}
