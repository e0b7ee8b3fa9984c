package dev.tramontane.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;

import dev.tramontane.chat.Thinking;
import dev.tramontane.engine.EngineOverloadedException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What a view is for a while: edits, dialogs, notices, failures. No state has a barrier either.
final class StatesTest extends BrowserTest {
    private final List<String> barriers = new ArrayList<>();

    private void look(Visit visit, String state) {
        visit.tab.keep("state-" + state);
        visit.tab.barriers().forEach(barrier -> barriers.add(state + ": " + barrier));
    }

    @ParameterizedTest
    @EnumSource(names = {"LIGHT", "DARK"})
    void no_state_between_has_a_barrier(ColorScheme colours) {
        barriers.clear();
        try (Visit visit = Visit.of(chromium(), folder, Visit.desk().setColorScheme(colours))) {
            writing(visit);
            answering(visit);
            keeping(visit);
            comparing(visit);
        }
        assertEquals(List.of(), barriers);
    }

    private void writing(Visit visit) {
        byte[] words = "Some words.".getBytes(StandardCharsets.UTF_8);
        visit.page
                .waitForFileChooser(() -> visit.button("Attach texts or PDFs").click())
                .setFiles(new FilePayload("notes.txt", "text/plain", words));
        visit.page.locator(".attachment:not([aria-busy])").waitFor();
        look(visit, "attached");
        visit.converse("Sum it up.", "Words.");
        visit.page.locator(".turn.user").hover();
        visit.button("Edit").click();
        visit.page.getByLabel("Edit your message").waitFor();
        look(visit, "edited");
        visit.page.keyboard().press("Escape");
    }

    private void answering(Visit visit) {
        visit.say("Fail.");
        visit.stage
                .next()
                .think("I look. ")
                .call("weather", "{}")
                .text("Half an ")
                .fail(new EngineOverloadedException("the queue is full", Duration.ofSeconds(3)));
        visit.button("Try again").waitFor();
        visit.answer().locator(".reasoning-toggle").click();
        look(visit, "failed");
        visit.page.keyboard().press("Control+Shift+'");
        visit.awaitAnnounced("This chat will not be kept");
        look(visit, "temporary");
        visit.button("New chat").click();
    }

    private void keeping(Visit visit) {
        visit.awaitTitles(Stage.TITLE);
        visit.page.locator(".conversation").hover();
        visit.page.locator(".conversation button").click();
        visit.page.locator(".menu").waitFor();
        look(visit, "options");
        visit.choose("Rename");
        visit.page.getByLabel("Title", new Page.GetByLabelOptions().setExact(true)).waitFor();
        look(visit, "renamed");
        visit.page.keyboard().press("Escape");
        visit.page.keyboard().press("Control+K");
        visit.page.keyboard().type("words");
        visit.page.locator(".conversation small").waitFor();
        look(visit, "found");
        visit.page.getByLabel("Search conversations").fill("");
        visit.page.locator(".conversation").hover();
        visit.page.locator(".conversation button").click();
        visit.choose("Archive");
        visit.button("Undo").waitFor();
        look(visit, "archived");
        visit.button("Archive").click();
        visit.awaitTitles(Stage.TITLE);
        look(visit, "archive");
    }

    private void comparing(Visit visit) {
        visit.button("Compare").click();
        visit.page.getByLabel("Answers in the vote").selectOption("3");
        visit.page.getByLabel("Prompt").fill("What is 6 times 7?");
        visit.page.keyboard().press("Enter");
        for (int asked = 0; asked < 5; asked++) {
            Stage.Scene scene = visit.stage.next();
            if (!scene.request.thinking().equals(new Thinking.Off())) {
                scene.think("Six sevens.");
            }
            scene.text("The answer is \\boxed{42}").finish();
        }
        visit.awaitAnnounced("All answers are ready");
        assertThat(visit.page.locator(".column .facts")).hasCount(3);
        look(visit, "compared");
    }
}
