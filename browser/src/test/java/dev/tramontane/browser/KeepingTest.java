package dev.tramontane.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;

import dev.tramontane.chat.Thinking;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Conversations that are kept: found, renamed, pinned, archived, deleted, saved and read again.
final class KeepingTest extends BrowserTest {
    /// Three conversations; returns when all stand in the list.
    private static void fill(Visit visit) {
        for (String word : List.of("Apples", "Bees", "Clouds")) {
            visit.converse("Tell me of " + word + ".", word + " are nice.");
            rename(visit, Stage.TITLE, word);
            visit.page.keyboard().press("Control+Shift+O");
        }
        visit.awaitTitles("Clouds", "Bees", "Apples");
    }

    private static void options(Visit visit, String title) {
        Locator row =
                visit.page
                        .locator(".conversation")
                        .filter(new Locator.FilterOptions().setHasText(title))
                        .first();
        row.hover();
        row.locator("button").click();
    }

    private static void rename(Visit visit, String from, String to) {
        visit.page
                .locator(".conversation-title")
                .getByText(from, new Locator.GetByTextOptions().setExact(true))
                .waitFor();
        options(visit, from);
        visit.choose("Rename");
        visit.page.getByLabel("Title", new Page.GetByLabelOptions().setExact(true)).fill(to);
        visit.page.keyboard().press("Enter");
        visit.page
                .locator(".conversation-title")
                .getByText(to, new Locator.GetByTextOptions().setExact(true))
                .waitFor();
    }

    @Test
    void conversations_are_found_by_title_and_by_what_was_said() {
        try (Visit visit = visit()) {
            fill(visit);
            visit.page.keyboard().press("Control+K");
            visit.page.keyboard().type("bees");
            visit.awaitTitles("Bees");
            visit.awaitAnnounced("1 conversation found");
            visit.page.getByLabel("Search conversations").fill("Clouds are nice");
            visit.awaitTitles("Clouds");
            visit.page.locator(".conversation a").click();
            visit.answer().getByText("Clouds are nice.").waitFor();
            assertThat(visit.page.locator("h1")).hasText("Clouds");
            visit.page.getByLabel("Search conversations").fill("nowhere");
            assertThat(visit.page.locator(".sidebar-message")).hasText("Nothing found.");
            visit.assertClean();
        }
    }

    @Test
    void the_pinned_stand_above_and_the_archived_elsewhere() {
        try (Visit visit = visit()) {
            fill(visit);
            options(visit, "Apples");
            visit.choose("Pin");
            visit.awaitTitles("Apples", "Clouds", "Bees");
            assertThat(visit.page.locator(".group").first()).hasText("Pinned");
            options(visit, "Clouds");
            visit.choose("Archive");
            visit.awaitTitles("Apples", "Bees");
            visit.button("Archive").click();
            visit.awaitTitles("Clouds");
            options(visit, "Clouds");
            visit.choose("Take out of the archive");
            assertThat(visit.page.locator(".sidebar-message")).hasText("The archive is empty.");
            visit.button("Archive").click();
            visit.reload();
            visit.tab.await("document.querySelectorAll('.conversation').length === 3");
            assertEquals("Apples", visit.titles().getFirst());
        }
    }

    @Test
    void what_is_deleted_can_be_had_back_for_a_while() {
        try (Visit visit = visit()) {
            fill(visit);
            options(visit, "Bees");
            visit.choose("Delete");
            visit.awaitTitles("Clouds", "Apples");
            visit.button("Undo").click();
            visit.awaitTitles("Clouds", "Bees", "Apples");
            options(visit, "Bees");
            visit.choose("Delete");
            visit.button("Dismiss").click();
            visit.awaitTitles("Clouds", "Apples");
            visit.tab.await(
                    "fetch('/web/conversations').then(told => told.json()).then(list => list.conversations.length === 2)");
            visit.page.locator(".conversation a").first().click();
            visit.answer().waitFor();
            visit.page.keyboard().press("Control+Shift+Backspace");
            assertThat(visit.page.locator(".turn")).hasCount(0);
            visit.reload();
            visit.awaitTitles("Apples");
        }
    }

    @Test
    void who_goes_back_to_what_is_being_deleted_keeps_it() {
        try (Visit visit = visit()) {
            visit.converse("Tell me of bees.", "Bees are nice.");
            visit.awaitTitles(Stage.TITLE);
            visit.page.keyboard().press("Control+Shift+Backspace");
            visit.awaitTitles();
            visit.page.goBack();
            visit.answer().getByText("Bees are nice.").waitFor();
            visit.awaitTitles(Stage.TITLE);
            assertThat(visit.page.locator(".toast")).hasCount(0);
            visit.reload();
            visit.answer().getByText("Bees are nice.").waitFor();
        }
    }

    @Test
    void a_conversation_is_saved_read_elsewhere_and_printed() throws IOException {
        Path saved = folder.resolve("bees.json");
        try (Visit visit = visit()) {
            fill(visit);
            options(visit, "Bees");
            Download markdown = visit.page.waitForDownload(() -> visit.choose("Save as Markdown"));
            assertEquals("Bees.md", markdown.suggestedFilename());
            markdown.saveAs(folder.resolve("bees.md"));
            String text = Files.readString(folder.resolve("bees.md"));
            assertTrue(text.contains("Tell me of Bees.") && text.contains("Bees are nice."), text);
            options(visit, "Bees");
            visit.page.waitForDownload(() -> visit.choose("Save as JSON")).saveAs(saved);
            options(visit, "Bees");
            Page printed = visit.tab.context().waitForPage(() -> visit.choose("Printable page"));
            printed.getByText("Bees are nice.").waitFor();
            assertEquals(0, printed.locator("script").count());
        }
        try (Visit elsewhere = visit()) {
            elsewhere.page.keyboard().press("Control+.");
            elsewhere.page.getByText("Data", new Page.GetByTextOptions().setExact(true)).click();
            elsewhere
                    .page
                    .waitForFileChooser(() -> elsewhere.button("Import conversations…").click())
                    .setFiles(saved);
            elsewhere.page.locator(".toast").waitFor();
            elsewhere.button("Close").click();
            elsewhere.awaitTitles("Bees");
            elsewhere.page.locator(".conversation a").click();
            elsewhere.answer().getByText("Bees are nice.").waitFor();
            Path no = Files.writeString(folder.resolve("no.json"), "no json");
            elsewhere.page.keyboard().press("Control+.");
            elsewhere.page.getByText("Data", new Page.GetByTextOptions().setExact(true)).click();
            elsewhere
                    .page
                    .waitForFileChooser(() -> elsewhere.button("Import conversations…").click())
                    .setFiles(no);
            elsewhere.page.getByText("no.json is no JSON").first().waitFor();
        }
    }

    @Test
    void all_conversations_are_saved_in_one_file() throws IOException {
        Path saved = folder.resolve("all.json");
        try (Visit visit = visit()) {
            fill(visit);
            visit.page.keyboard().press("Control+.");
            visit.page.getByText("Data", new Page.GetByTextOptions().setExact(true)).click();
            visit.page
                    .waitForDownload(() -> visit.button("Save all conversations as JSON").click())
                    .saveAs(saved);
        }
        try (Visit elsewhere = visit()) {
            elsewhere.page.keyboard().press("Control+.");
            elsewhere.page.getByText("Data", new Page.GetByTextOptions().setExact(true)).click();
            elsewhere
                    .page
                    .waitForFileChooser(() -> elsewhere.button("Import conversations…").click())
                    .setFiles(saved);
            elsewhere.tab.await("document.querySelectorAll('.conversation').length === 3");
            assertEquals(
                    List.of("Apples", "Bees", "Clouds"),
                    elsewhere.titles().stream().sorted().toList());
        }
    }

    @Test
    void edits_and_new_answers_stand_beside_what_was_there() {
        try (Visit visit = visit()) {
            visit.converse("First wording.", "First answer.");
            visit.page.locator(".turn.user").hover();
            visit.button("Edit").click();
            visit.page.getByLabel("Edit your message").fill("Second wording.");
            visit.page.keyboard().press("Control+Enter");
            visit.stage.next().text("Second answer.").finish();
            visit.answer().getByText("Second answer.").waitFor();
            visit.awaitIdle();
            assertThat(visit.page.locator(".turn.user .branches")).containsText("2/2");
            visit.button("Answer again").click();
            visit.choose("Flash");
            Stage.Scene flash = visit.stage.next();
            assertEquals(new Thinking.Off(), flash.request.thinking());
            flash.text("Third answer.").finish();
            visit.answer().getByText("Third answer.").waitFor();
            visit.awaitIdle();
            assertThat(visit.page.locator(".turn.assistant .branches")).containsText("2/2");
            visit.page.locator(".turn.assistant").getByLabel("Previous version").click();
            visit.answer().getByText("Second answer.").waitFor();
            visit.awaitAnnounced("Version 1 of 2");
            visit.page.locator(".turn.user").getByLabel("Previous version").click();
            visit.answer().getByText("First answer.").waitFor();
            visit.reload();
            visit.answer().getByText("First answer.").waitFor();
            assertThat(visit.page.locator(".turn.user .branches")).containsText("1/2");
            visit.assertClean();
        }
    }
}
