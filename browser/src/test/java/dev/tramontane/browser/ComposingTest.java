package dev.tramontane.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.FilePayload;

import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.Thinking;

import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;

/// The composer: modes, budgets, models, attachments, commands.
final class ComposingTest extends BrowserTest {
    private static final byte[] PIXEL =
            Base64.getDecoder()
                    .decode(
                            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==");

    private static final Pattern ATTACH = Pattern.compile("^Attach .*texts or PDFs$");

    private static Locator mode(Visit visit, String name) {
        return visit.page.getByRole(
                AriaRole.RADIO, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private static String said(Stage.Scene scene) {
        Message message = scene.request.messages().getLast();
        var text = new StringBuilder();
        for (Chunk chunk : message.content()) {
            text.append(chunk instanceof Chunk.TextChunk(String part) ? part : "[image]");
        }
        return text.toString();
    }

    private static void pick(Visit visit, FilePayload file) {
        visit.page.waitForFileChooser(() -> visit.page.getByLabel(ATTACH).click()).setFiles(file);
    }

    @Test
    void the_mode_and_the_budget_hold_until_they_are_changed() {
        try (Visit visit = visit()) {
            Locator flash = mode(visit, "Flash");
            assertThat(mode(visit, "Think")).isChecked();
            Locator budget = visit.page.getByLabel("Thinking budget");
            budget.focus();
            visit.page.keyboard().press("ArrowRight");
            visit.page.keyboard().press("ArrowRight");
            assertThat(budget).hasAttribute("aria-valuetext", "512 tokens");
            visit.say("Think a little.");
            Stage.Scene scene = visit.stage.next();
            assertEquals(new Thinking.Budget(512), scene.request.thinking());
            scene.text("Done.").finish();
            visit.awaitIdle();
            visit.page.keyboard().press("Control+Shift+E");
            visit.awaitAnnounced("Mode: Flash");
            assertThat(flash).isChecked();
            assertThat(budget).isHidden();
            visit.reload();
            assertThat(flash).isChecked();
            visit.say("At once.");
            assertEquals(new Thinking.Off(), visit.stage.next().request.thinking());
        }
    }

    @Test
    void the_chosen_model_answers_and_what_it_cannot_do_is_not_offered() {
        try (Visit visit = visit()) {
            visit.page.keyboard().press("Control+Shift+M");
            assertThat(visit.page.locator(".menu")).containsText("sees images");
            visit.choose("Seer");
            assertThat(mode(visit, "Think")).isDisabled();
            visit.converse("Hello.", "Hello yourself.");
            assertThat(visit.answer()).containsText("Seer");
            visit.reload();
            assertThat(visit.button("Model: Seer")).isVisible();
        }
    }

    @Test
    void images_go_to_models_that_see_and_others_say_so() {
        try (Visit visit = visit()) {
            var image = new FilePayload("pixel.png", "image/png", PIXEL);
            pick(visit, image);
            assertThat(visit.page.locator(".notice")).containsText("Thinker sees no images");
            visit.button("Model: Thinker").click();
            visit.choose("Seer");
            pick(visit, image);
            visit.page.getByLabel("Description of pixel.png").fill("A red pixel");
            visit.say("What is it?");
            Stage.Scene scene = visit.stage.next();
            assertEquals("[image]What is it?", said(scene));
            scene.text("A pixel.").finish();
            visit.awaitIdle();
            assertThat(visit.page.locator(".bubble img")).hasAttribute("alt", "A red pixel");
            visit.assertClean();
        }
    }

    @Test
    void texts_are_picked_dropped_and_pasted_and_their_size_is_said() {
        try (Visit visit = visit()) {
            byte[] words = "word ".repeat(40).getBytes(StandardCharsets.UTF_8);
            pick(visit, new FilePayload("notes.txt", "text/plain", words));
            Locator chips = visit.page.locator(".composer .attachment");
            assertThat(chips).containsText("notes.txt");
            assertThat(chips.locator("small")).containsText("200 characters");
            for (String way : new String[] {"drop", "paste"}) {
                visit.page.evaluate(
                        """
                        way => {
                          const data = new DataTransfer()
                          data.items.add(new File([`a ${way}`], `${way}.md`, {type: 'text/markdown'}))
                          const target = document.getElementById('message')
                          if (way === 'drop') for (const name of ['dragover', 'drop']) target.dispatchEvent(new DragEvent(name, {dataTransfer: data, bubbles: true, cancelable: true}))
                          else target.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}))
                        }
                        """,
                        way);
                chips.filter(new Locator.FilterOptions().setHasText(way + ".md")).waitFor();
            }
            visit.button("Remove drop.md").click();
            assertThat(chips).hasCount(2);
            visit.tab.await("!document.querySelector('.attachment[aria-busy]')");
            visit.say("Sum it up.");
            Stage.Scene scene = visit.stage.next();
            String said = said(scene);
            assertTrue(
                    said.contains("word word")
                            && said.contains("a paste")
                            && said.endsWith("Sum it up."),
                    said);
            scene.text("Words.").finish();
            visit.awaitIdle();
            assertThat(visit.page.locator(".bubble .attachment")).hasCount(2);
            assertThat(chips).hasCount(0);
        }
    }

    @Test
    void a_pdf_becomes_text_and_what_is_long_for_the_model_is_said() throws IOException {
        try (Visit visit = visit()) {
            pick(visit, new FilePayload("trip.pdf", "application/pdf", pdf("From 9:40 to 13:15")));
            Locator chip = visit.page.locator(".composer .attachment");
            assertThat(chip.locator("small")).containsText("1 page");
            // of the model's 4,096 tokens
            byte[] story = "A long story. ".repeat(400).getBytes(StandardCharsets.UTF_8);
            pick(visit, new FilePayload("story.txt", "text/plain", story));
            assertThat(visit.page.locator(".notice"))
                    .containsText("story.txt takes 34% of what Thinker can read at once");
            visit.button("Remove story.txt").click();
            byte[] broken = {'%', 'P', 'D', 'F', '-', 0, 1, 2};
            pick(visit, new FilePayload("broken.pdf", "application/pdf", broken));
            assertThat(visit.page.locator(".notice")).containsText("broken.pdf");
            assertThat(chip).hasCount(1);
            visit.say("How long is it?");
            String said = said(visit.stage.next());
            assertTrue(
                    said.contains("From 9:40 to 13:15") && said.endsWith("How long is it?"), said);
        }
    }

    private static byte[] pdf(String text) throws IOException {
        try (var document = new PDDocument()) {
            var page = new PDPage();
            document.addPage(page);
            try (var content = new PDPageContentStream(document, page)) {
                content.beginText();
                content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 12);
                content.newLineAtOffset(72, 700);
                content.showText(text);
                content.endText();
            }
            var out = new ByteArrayOutputStream();
            document.save(out);
            return out.toByteArray();
        }
    }

    @Test
    void commands_are_offered_behind_a_slash_and_kept_prompts_with_them() {
        try (Visit visit = visit()) {
            visit.page.keyboard().press("Control+.");
            visit.page.getByText("Prompts", new Page.GetByTextOptions().setExact(true)).click();
            visit.page.getByLabel("Name, such as review").fill("brief");
            visit.page.getByLabel("What it writes").fill("Answer in one sentence.");
            visit.button("Keep prompt").click();
            visit.page.keyboard().press("Escape");
            visit.field().fill("/");
            Locator options = visit.page.locator(".commands [role=option]");
            assertThat(options.first()).hasAttribute("aria-selected", "true");
            visit.field().fill("/br");
            assertThat(options).hasCount(1);
            visit.page.keyboard().press("Enter");
            assertThat(visit.field()).hasValue("Answer in one sentence.");
            visit.say("/flash");
            assertThat(mode(visit, "Flash")).isChecked();
            visit.say("/status");
            assertThat(visit.page.locator("h1")).hasText("Status");
            assertTrue(visit.stage.isIdle(), "no command is a message");
            visit.open("/");
            visit.say("/nonsense is no command");
            assertEquals("/nonsense is no command", said(visit.stage.next()));
            visit.button("New chat").click();
            visit.say("/settings of a camera, which?");
            assertEquals("/settings of a camera, which?", said(visit.stage.next()));
            visit.button("New chat").click();
            visit.say("/compare What is 6 times 7?");
            assertThat(visit.page.getByLabel("Prompt")).hasValue("What is 6 times 7?");
        }
    }

    @Test
    void instructions_stand_above_every_conversation() {
        try (Visit visit = visit()) {
            visit.page.keyboard().press("Control+.");
            visit.page.getByText("Answers", new Page.GetByTextOptions().setExact(true)).click();
            visit.page.getByLabel("Instructions for every conversation").fill("Be brief.");
            visit.page.keyboard().press("Tab");
            visit.button("Close").click();
            visit.say("Hello.");
            Message first = visit.stage.next().request.messages().getFirst();
            assertInstanceOf(Message.SystemMessage.class, first);
            assertTrue(first.content().toString().contains("Be brief."));
        }
    }
}
