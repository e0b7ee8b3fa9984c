package dev.tramontane.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.AriaRole;

import dev.tramontane.chat.Message;
import dev.tramontane.chat.Thinking;
import dev.tramontane.engine.Drafts;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.server.ServerConfig;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.regex.Pattern;

/// A question and its answer: streamed, stopped, hurried, waited for, lost and found again.
final class AnsweringTest extends BrowserTest {
    @Test
    void a_question_is_thought_about_answered_and_given_a_title() {
        try (Visit visit = visit()) {
            visit.say("How long is the trip?");
            Stage.Scene scene = visit.stage.next();
            assertInstanceOf(Thinking.Effort.class, scene.request.thinking());
            scene.think("From 9:40 to 13:15. ");
            visit.answer().getByText("From 9:40 to 13:15.").waitFor();
            visit.awaitAnnounced("Thinking");
            assertThat(visit.page.locator(".turn[aria-busy=true]")).hasCount(1);
            scene.text("It takes **3 h 35 min**.");
            assertThat(visit.answer().locator("strong")).hasText("3 h 35 min");
            visit.awaitAnnounced("Answering");
            scene.finish();
            visit.awaitIdle();
            visit.awaitAnnounced("The answer is ready");
            visit.awaitTitles(Stage.TITLE);
            assertThat(visit.page.locator("h1")).hasText(Stage.TITLE);
            assertEquals(Stage.TITLE + " – Tramontane", visit.page.title());
            assertTrue(visit.page.url().contains("/#/c/"), visit.page.url());
            visit.assertClean();
        }
    }

    @Test
    void an_answer_is_stopped_and_what_there_is_stays() {
        try (Visit visit = visit()) {
            visit.say("Count to a million.");
            visit.stage.next().text("One, two, ");
            visit.answer().getByText("One, two,").waitFor();
            visit.button("Stop").click();
            visit.awaitIdle();
            assertThat(visit.button("Stop")).not().isVisible();
            visit.reload();
            visit.answer().getByText("One, two,").waitFor();
            visit.converse("Go on.", "Three.");
        }
    }

    @Test
    void a_long_thought_is_cut_short_and_drawn_out() {
        try (Visit visit = visit()) {
            visit.say("Think.");
            Stage.Scene scene = visit.stage.next().think("Slowly. ");
            visit.answer().getByText("Slowly.").waitFor();
            visit.button("Think longer").click();
            visit.answer().getByText("Longer by").waitFor();
            visit.page.keyboard().press("Control+Shift+Enter");
            visit.answer().getByText("An answer at once.").waitFor();
            visit.awaitIdle();
            assertTrue(visit.answer().textContent().contains("The answer was asked for"));
            assertInstanceOf(Message.UserMessage.class, scene.request.messages().getLast());
        }
    }

    @Test
    void messages_wait_while_an_answer_is_written() {
        try (Visit visit = visit()) {
            visit.say("First.");
            Stage.Scene first = visit.stage.next();
            visit.say("Second.");
            visit.awaitAnnounced("1 message waits for this answer");
            visit.say("Third.");
            visit.say("Fourth.");
            Locator waiting = visit.page.locator(".queue li");
            assertThat(waiting).hasCount(3);
            waiting.nth(1).getByRole(AriaRole.BUTTON).last().click();
            assertThat(waiting).hasCount(2);
            assertTrue(visit.stage.isIdle());
            first.text("One.").finish();
            visit.stage.next().text("Two.").finish();
            visit.stage.next().text("Four.").finish();
            visit.answer().getByText("Four.").waitFor();
            assertThat(visit.page.locator(".turn.user .said"))
                    .hasText(new String[] {"First.", "Second.", "Fourth."});
        }
    }

    @Test
    void the_next_message_does_not_wait_for_a_title() {
        try (Visit visit = visit()) {
            visit.stage.holdTitles();
            visit.say("First.");
            visit.stage.next().text("One.").finish();
            visit.answer().getByText("One.").waitFor();
            Stage.Scene title = visit.stage.next();
            visit.awaitIdle();
            assertThat(visit.button("Stop")).not().isVisible();
            visit.say("Second.");
            visit.stage.next().text("Two.").finish();
            visit.answer().getByText("Two.").waitFor();
            title.text(Stage.TITLE).finish();
            visit.awaitTitles(Stage.TITLE);
            assertThat(visit.page.locator("h1")).hasText(Stage.TITLE);
        }
    }

    @Test
    void what_waits_in_one_conversation_is_not_sent_in_another() {
        try (Visit visit = visit()) {
            Locator waiting = visit.page.locator(".queue li");
            visit.say("First.");
            Stage.Scene first = visit.stage.next().text("One ");
            visit.answer().getByText("One").waitFor();
            visit.say("For the first alone.");
            assertThat(waiting).hasCount(1);
            String address = visit.page.url();
            visit.button("New chat").click();
            assertThat(waiting).hasCount(0);
            visit.say("Another.");
            visit.stage.next().text("Other.").finish();
            visit.answer().getByText("Other.").waitFor();
            visit.awaitIdle();
            assertThat(visit.page.locator(".turn.user .said")).hasText(new String[] {"Another."});
            visit.page.evaluate("address => { location.href = address; }", address);
            visit.answer().getByText("One").waitFor();
            assertThat(waiting).hasCount(1);
            first.text("whole.").finish();
            visit.stage.next().text("Two.").finish();
            visit.answer().getByText("Two.").waitFor();
            assertThat(visit.page.locator(".turn.user .said"))
                    .hasText(new String[] {"First.", "For the first alone."});
        }
    }

    @Test
    void what_waits_is_sent_when_its_conversation_is_come_back_to() {
        try (Visit visit = visit()) {
            visit.say("First.");
            Stage.Scene first = visit.stage.next().text("One.");
            visit.answer().getByText("One.").waitFor();
            visit.say("Second.");
            String address = visit.page.url();
            visit.button("New chat").click();
            first.finish();
            visit.tab.await(
                    "fetch('/web/conversations').then(told => told.json()).then(list => !list.conversations[0].answering)");
            visit.page.evaluate("address => { location.href = address; }", address);
            visit.stage.next().text("Two.").finish();
            visit.answer().getByText("Two.").waitFor();
            assertThat(visit.page.locator(".queue li")).hasCount(0);
        }
    }

    @Test
    void what_is_being_written_waits_while_a_waiting_message_is_changed() {
        try (Visit visit = visit()) {
            visit.say("First.");
            Stage.Scene first = visit.stage.next();
            visit.say("Second.");
            visit.field().fill("A draft.");
            visit.button("Edit waiting message").click();
            assertThat(visit.field()).hasValue("Second.");
            assertThat(visit.page.locator(".queue-text")).hasText(new String[] {"A draft."});
            first.text("One.").finish();
            visit.stage.next().text("To the draft.").finish();
            visit.answer().getByText("To the draft.").waitFor();
            assertThat(visit.field()).hasValue("Second.");
        }
    }

    @Test
    void an_answer_that_ends_in_a_circle_is_cut_where_it_began() {
        try (Visit visit = visit()) {
            visit.say("Go round.");
            visit.stage.next().text("Once. Round and round.").finishRepeating(16);
            visit.page
                    .locator(".turn.assistant p")
                    .getByText("Once.", new Locator.GetByTextOptions().setExact(true))
                    .waitFor();
            visit.awaitIdle();
            assertThat(visit.answer()).not().containsText("Round");
        }
    }

    /// Browsers keep some of what they can from pages of other machines that come without TLS.
    @Test
    void over_plain_http_nothing_is_missing() {
        try (Visit visit = Visit.with(chromium(), Visit.config(folder))) {
            visit.tab
                    .context()
                    .addInitScript(
                            """
                            delete Crypto.prototype.randomUUID;
                            Object.defineProperty(Navigator.prototype, 'clipboard', {get: () => undefined});
                            """);
            visit.open("/");
            visit.converse("Hello.", "Good day.");
            visit.answer().hover();
            visit.button("Copy").last().click();
            visit.awaitAnnounced("Copied");
            visit.field().press("Control+V");
            assertThat(visit.field()).hasValue("Good day.");
            visit.field().fill("");
            visit.button("Temporary chat").first().click();
            visit.converse("Still there?", "Still here.");
            visit.assertClean();
        }
    }

    @Test
    void an_edit_that_cannot_be_sent_stays_as_it_was_written() {
        try (Visit visit = visit();
                CutLine line = new CutLine(visit.port())) {
            visit.openAt(line.address());
            visit.converse("First.", "One.");
            visit.awaitIdle();
            line.cut();
            visit.button("Edit").first().click();
            Locator field = visit.page.locator(".edit textarea");
            field.fill("First, with more words.");
            field.press("Control+Enter");
            visit.page.getByText("The server does not answer").first().waitFor();
            assertThat(field).hasValue("First, with more words.");
            line.mend();
            field.press("Control+Enter");
            visit.stage.next().text("Another one.").finish();
            visit.answer().getByText("Another one.").waitFor();
        }
    }

    @Test
    void a_temporary_chat_that_is_left_is_not_answered_any_more() {
        try (Visit visit = visit()) {
            visit.button("Temporary chat").first().click();
            visit.say("Think for ever.");
            Stage.Scene scene = visit.stage.next().think("Well, ");
            visit.answer().getByText("Well,").waitFor();
            visit.button("New chat").click();
            scene.awaitClosed();
        }
    }

    @Test
    void a_page_that_is_loaded_in_mid_answer_has_all_of_it() {
        try (Visit visit = visit()) {
            visit.say("Tell me a story.");
            Stage.Scene scene = visit.stage.next().think("A wolf? ").text("Once ");
            visit.answer().getByText("Once").waitFor();
            visit.reload();
            visit.answer().getByText("Once").waitFor();
            scene.text("upon a time.").finish();
            visit.answer().getByText("Once upon a time.").waitFor();
            visit.awaitIdle();
            assertThat(visit.page.locator(".turn.assistant")).hasCount(1);
        }
    }

    @Test
    void a_lost_connection_is_told_and_the_answer_goes_on_where_it_was() {
        try (Visit visit = visit();
                CutLine line = new CutLine(visit.port())) {
            visit.openAt(line.address());
            visit.say("Tell me a story.");
            Stage.Scene scene = visit.stage.next().text("Once ");
            visit.answer().getByText("Once").waitFor();
            line.cut();
            visit.page.getByText("The connection was lost.").first().waitFor();
            scene.text("upon ").text("a time.");
            line.mend();
            visit.awaitAnnounced("Connected again");
            visit.answer().getByText("Once upon a time.").waitFor();
            scene.finish();
            visit.awaitIdle();
            assertThat(visit.page.locator(".connection")).isHidden();
        }
    }

    @Test
    void a_message_that_cannot_be_sent_comes_back_with_what_to_do() {
        try (Visit visit = visit();
                CutLine line = new CutLine(visit.port())) {
            visit.openAt(line.address());
            line.cut();
            visit.say("Is anybody there?");
            Locator notice = visit.page.locator(".composer .notice");
            assertThat(notice).containsText("tramontane serve");
            assertThat(visit.field()).hasValue("Is anybody there?");
            line.mend();
            visit.field().press("Enter");
            visit.stage.next().text("Yes.").finish();
            visit.answer().getByText("Yes.").waitFor();
            assertThat(notice).isHidden();
        }
    }

    @Test
    void an_answer_that_failed_says_why_and_is_tried_again() {
        try (Visit visit = visit()) {
            visit.say("Fail.");
            visit.stage
                    .next()
                    .text("Half an ")
                    .fail(
                            new EngineOverloadedException(
                                    "the queue is full", Duration.ofSeconds(3)));
            assertThat(visit.answer()).containsText("the queue is full");
            assertThat(visit.answer()).containsText("Half an");
            visit.button("Try again").click();
            visit.stage.next().text("A whole answer.").finish();
            visit.answer().getByText("A whole answer.").waitFor();
            assertThat(visit.page.locator(".turn.assistant .branches")).containsText("2/2");
        }
    }

    @Test
    void a_long_prompt_tells_how_far_it_was_read_and_its_place_in_the_queue() {
        try (Visit visit = visit()) {
            visit.say("Read this.");
            Stage.Scene scene = visit.stage.next().progress(3, 0, 9000);
            visit.answer().getByText("number 3").waitFor();
            scene.progress(0, 4500, 9000);
            visit.answer().getByText("4,500 of 9,000").waitFor();
            scene.text("Read.").finish();
            visit.awaitIdle();
            assertThat(visit.answer().locator("progress")).isHidden();
        }
    }

    @Test
    void a_flash_answer_comes_without_thinking_and_tells_its_speed_and_its_drafts() {
        try (Visit visit = visit()) {
            visit.page.keyboard().press("Control+Shift+E");
            visit.awaitAnnounced("Mode: Flash");
            visit.say("Repeat it.");
            Stage.Scene scene = visit.stage.next().draft(new Drafts(8, 5));
            assertEquals(new Thinking.Off(), scene.request.thinking());
            scene.text("It ").text("is ").text("repeated.").finish();
            visit.awaitIdle();
            Locator badge = visit.answer().locator(".badge");
            assertThat(badge).containsText("tokens/s");
            assertThat(visit.answer().locator(".tip")).isHidden();
            badge.hover();
            assertThat(visit.answer().locator(".tip"))
                    .containsText("5 of 8 guessed tokens were right");
            assertThat(visit.answer().locator(".reasoning")).isHidden();
            visit.reload();
            visit.answer().locator(".badge").focus();
            assertThat(visit.answer().locator(".tip")).containsText("5 of 8");
        }
    }

    @Test
    void tools_that_were_called_stay_where_they_were() {
        try (Visit visit = visit()) {
            visit.say("What is the weather?");
            visit.stage
                    .next()
                    .think("I should look. ")
                    .call("weather", "{\"in\":\"Trieste\"}")
                    .think("Windy, then.")
                    .text("The tramontane blows.")
                    .call("warn", "{}")
                    .finish();
            visit.awaitIdle();
            assertTools(visit);
            visit.reload();
            assertTools(visit);
        }
    }

    private static void assertTools(Visit visit) {
        Locator thinking = visit.answer().locator(".reasoning-toggle");
        thinking.click();
        Locator within = visit.answer().locator(".trace .tool");
        assertThat(within).hasCount(1);
        within.locator("summary").click();
        assertThat(within).containsText("\"in\": \"Trieste\"");
        assertThat(visit.answer().locator(".trace")).containsText("Windy, then.");
        assertThat(visit.answer().locator(".tools-called .tool"))
                .hasText(Pattern.compile("^Tool: warn"));
        thinking.click();
    }

    @Test
    void an_answer_whose_server_stopped_is_kept_and_tried_again() {
        ServerConfig config = Visit.config(folder);
        try (Visit visit = Visit.with(chromium(), config)) {
            visit.open("/");
            visit.say("Tell me a story.");
            visit.stage.next().think("A wolf?").text("Once upon ");
            visit.answer().getByText("Once upon").waitFor();
        }
        try (Visit visit = Visit.with(chromium(), config)) {
            visit.open("/");
            visit.page.locator(".conversation a").click();
            visit.answer().getByText("Once upon").waitFor();
            assertThat(visit.answer().locator(".problem")).containsText("The server was stopped");
            visit.button("Try again").click();
            visit.stage.next().text("Once upon a time.").finish();
            visit.answer().getByText("Once upon a time.").waitFor();
            assertThat(visit.page.locator(".turn.assistant .branches")).containsText("2/2");
        }
    }

    @Test
    void a_server_that_stops_is_told_to_who_reads_along() {
        try (Visit visit = visit()) {
            visit.say("Tell me a story.");
            visit.stage.next().text("Once upon ");
            visit.answer().getByText("Once upon").waitFor();
            visit.stop();
            assertThat(visit.answer().locator(".problem")).containsText("The server was stopped");
            assertThat(visit.button("Try again")).isVisible();
        }
    }

    @Test
    void a_temporary_chat_leaves_nothing() {
        try (Visit visit = visit()) {
            visit.page.keyboard().press("Control+Shift+'");
            visit.awaitAnnounced("This chat will not be kept");
            visit.say("A secret.");
            visit.stage.next().think("Whose?").text("Safe with me.").finish();
            visit.awaitIdle();
            visit.say("Which one?");
            Stage.Scene second = visit.stage.next();
            assertEquals(3, second.request.messages().size(), "it knows what was said");
            String answered = second.request.messages().get(1).toString();
            assertTrue(answered.contains("Whose?"), "and what it thought: " + answered);
            second.text("That one.").finish();
            visit.awaitIdle();
            visit.reload();
            assertThat(visit.page.locator(".turn")).hasCount(0);
            assertThat(visit.page.locator(".sidebar-message"))
                    .hasText("Your conversations will stand here.");
        }
    }
}
