package dev.tramontane.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.server.Offer;
import dev.tramontane.server.ServedModel;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import javax.imageio.ImageIO;

/// Pictures in the page, looked at by a model that computes: the tiny one of the vectors, whose
/// words mean nothing.
final class SeeingTest extends BrowserTest {
    private static final Path TINY = Path.of("../engine/src/test/resources/vectors/tiny-vision");
    private static final String DETAILS = ".composer .attachment input";

    private Optional<LocalModel> tiny = Optional.empty();

    @BeforeAll
    void openModel() throws IOException {
        EngineOptions options = EngineOptions.defaults().withContext(2048).withThreads(1);
        tiny = Optional.of(LocalModel.open(TINY, options));
    }

    @AfterAll
    void closeModel() {
        tiny.ifPresent(LocalModel::close);
    }

    private Visit visit(Browser.NewContextOptions options) {
        Offer offer = ServedModel.of("tiny", List.of(), 1, tiny.orElseThrow());
        Visit visit = Visit.to(chromium(), folder, options, List.of(offer));
        visit.page.keyboard().press("Control+Shift+E"); // Flash: nobody reads its thinking
        return visit;
    }

    private long seen() {
        return tiny.orElseThrow().engine().stats().work().encodedImages();
    }

    /// So many bars. Each number is another picture, and one that was seen is not encoded again.
    private static byte[] chart(int bars) throws IOException {
        var image = new BufferedImage(640, 400, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = image.createGraphics();
        pen.setColor(Color.WHITE);
        pen.fillRect(0, 0, 640, 400);
        for (int bar = 0; bar < bars; bar++) {
            int height = 80 + bar * 71 % 200;
            pen.setColor(new Color(20 + 25 * (bar % 9), 90, 200 - 15 * (bar % 9)));
            pen.fillRect(40 + bar * 560 / bars, 380 - height, 40, height);
        }
        pen.dispose();
        var out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }

    private static void pick(Visit visit, String name, byte[] png) {
        Locator attach = visit.button("Attach images, texts or PDFs");
        visit.page
                .waitForFileChooser(() -> attach.click())
                .setFiles(new FilePayload(name, "image/png", png));
    }

    /// Pastes into a field, or drops onto it.
    private static void bring(String way, Locator field, String name, byte[] png) {
        field.evaluate(
                """
                (target, [way, name, base64]) => {
                  const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))
                  const data = new DataTransfer()
                  data.items.add(new File([bytes], name, {type: 'image/png'}))
                  if (way === 'drop') for (const kind of ['dragover', 'drop']) target.dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}))
                  else target.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}))
                }
                """,
                List.of(way, name, Base64.getEncoder().encodeToString(png)));
    }

    /// Until the last question shows so many pictures, each drawn.
    private static void awaitPictures(Visit visit, int count) {
        visit.tab.await(
                "count => { const shown = [...document.querySelectorAll('.turn.user')].at(-1)?.querySelectorAll('.bubble img') ?? []; return shown.length === count && [...shown].every(image => image.complete && image.naturalWidth === 640) }",
                count);
    }

    private static void awaitEnd(Visit visit) {
        visit.tab.await(
                "(() => { const { scrollHeight, scrollTop, clientHeight } = document.querySelector('.thread'); return scrollHeight - scrollTop - clientHeight < 2 })()");
        assertThat(visit.page.locator(".to-end")).isHidden();
    }

    @Test
    void pictures_that_are_picked_pasted_and_dropped_are_seen() throws IOException {
        try (Visit visit = visit(Visit.desk())) {
            long before = seen();
            pick(visit, "picked.png", chart(1));
            bring("paste", visit.field(), "pasted.png", chart(2));
            bring("drop", visit.field(), "dropped.png", chart(3));
            assertThat(visit.page.locator(DETAILS)).hasCount(3);
            visit.page.getByLabel("Description of picked.png").fill("One bar");
            visit.button("Remove dropped.png").click();
            visit.say("What do they show?");
            visit.awaitIdle();
            assertThat(visit.page.locator(DETAILS)).hasCount(0);
            assertThat(visit.answer().locator(".problem")).isHidden();
            assertThat(visit.answer().locator(".failure")).isHidden();
            assertEquals(before + 2, seen());
            awaitPictures(visit, 2);
            awaitEnd(visit);
            visit.reload();
            awaitPictures(visit, 2);
            assertThat(visit.page.locator(".bubble img").first()).hasAttribute("alt", "One bar");
            visit.assertClean();
        }
    }

    @Test
    void a_picture_is_enlarged_and_the_focus_comes_back() throws IOException {
        try (Visit visit = visit(Visit.desk())) {
            pick(visit, "ten.png", chart(10));
            visit.page.getByLabel("Description of ten.png").fill("Ten bars");
            pick(visit, "eleven.png", chart(11));
            visit.page.locator(DETAILS).nth(1).waitFor();
            visit.say("What do they show?");
            visit.awaitIdle();
            awaitPictures(visit, 2);
            visit.button("Enlarge Ten bars").focus();
            visit.page.keyboard().press("Enter");
            Locator large = visit.page.locator("dialog img");
            assertThat(large).hasAttribute("alt", "Ten bars");
            assertThat(large).isInViewport(wholly());
            assertTrue(
                    large.boundingBox().width
                            > 1.9 * visit.page.locator(".bubble img").first().boundingBox().width);
            assertEquals(List.of(), visit.tab.barriers());
            visit.tab.keep("seeing-large");
            visit.page.keyboard().press("Escape");
            assertThat(large).hasCount(0);
            assertThat(visit.button("Enlarge Ten bars")).isFocused();
            visit.button("Enlarge Image").click();
            assertThat(large).isVisible();
            visit.assertClean();
        }
    }

    @Test
    void a_picture_alone_is_a_message() throws IOException {
        try (Visit visit = visit(Visit.desk())) {
            long before = seen();
            pick(visit, "alone.png", chart(4));
            visit.page.locator(DETAILS).waitFor();
            visit.field().press("Enter");
            visit.awaitIdle();
            awaitPictures(visit, 1);
            assertEquals(before + 1, seen());
            visit.assertClean();
        }
    }

    @Test
    void a_question_is_edited_with_its_pictures() throws IOException {
        try (Visit visit = visit(Visit.desk())) {
            pick(visit, "five.png", chart(5));
            pick(visit, "six.png", chart(6));
            visit.page.locator(DETAILS).nth(1).waitFor();
            visit.say("What do they show?");
            visit.awaitIdle();
            long before = seen();
            visit.page.locator(".turn.user").hover();
            visit.button("Edit").click();
            Locator kept = visit.page.locator(".edit .attachment");
            assertThat(kept).hasCount(2);
            Locator field = visit.page.getByLabel("Edit your message");
            bring("paste", field, "seven.png", chart(7));
            assertThat(kept).hasCount(3);
            kept.nth(1).getByRole(AriaRole.BUTTON).click();
            kept.first().locator("input").fill("Five bars");
            assertEquals(List.of(), visit.tab.barriers());
            field.fill("And now?");
            field.press("Control+Enter");
            visit.tab.await(
                    "document.querySelector('.turn.user .branches')?.textContent.includes('2/2') === true");
            visit.awaitIdle();
            awaitPictures(visit, 2);
            assertThat(visit.page.locator(".bubble img").first()).hasAttribute("alt", "Five bars");
            assertEquals(before + 1, seen(), "the other is known");
            visit.page.locator(".turn.user").getByLabel("Previous version").click();
            visit.page.getByText("What do they show?").first().waitFor();
            awaitPictures(visit, 2);
            visit.assertClean();
        }
    }

    @Test
    void pictures_are_saved_printed_and_read_elsewhere() throws IOException {
        Path saved = folder.resolve("chart.json");
        try (Visit visit = visit(Visit.desk())) {
            pick(visit, "eight.png", chart(8));
            visit.page.getByLabel("Description of eight.png").fill("Eight bars");
            visit.say("What does it show?");
            visit.awaitIdle();
            Locator options = visit.page.locator(".conversation button").first();
            visit.page.locator(".conversation").first().hover();
            options.click();
            Download markdown = visit.page.waitForDownload(() -> visit.choose("Save as Markdown"));
            markdown.saveAs(folder.resolve("chart.md"));
            String text = Files.readString(folder.resolve("chart.md"));
            assertTrue(text.contains("![Eight bars](data:image/png;base64,"), text);
            visit.page.locator(".conversation").first().hover();
            options.click();
            visit.page.waitForDownload(() -> visit.choose("Save as JSON")).saveAs(saved);
            visit.page.locator(".conversation").first().hover();
            options.click();
            Page printed = visit.tab.context().waitForPage(() -> visit.choose("Printable page"));
            Locator picture = printed.locator("img");
            assertThat(picture).hasAttribute("alt", "Eight bars");
            assertEquals(
                    640,
                    picture.evaluate("image => image.decode().then(() => image.naturalWidth)"));
        }
        try (Visit elsewhere = visit(Visit.desk())) {
            elsewhere.page.keyboard().press("Control+.");
            elsewhere.page.getByText("Data", new Page.GetByTextOptions().setExact(true)).click();
            elsewhere
                    .page
                    .waitForFileChooser(() -> elsewhere.button("Import conversations…").click())
                    .setFiles(saved);
            elsewhere.page.locator(".toast").waitFor();
            elsewhere.button("Close").click();
            elsewhere.page.locator(".conversation a").click();
            awaitPictures(elsewhere, 1);
            assertThat(elsewhere.page.locator(".bubble img")).hasAttribute("alt", "Eight bars");
            elsewhere.assertClean();
        }
    }

    @Test
    void who_reads_along_stays_at_the_end_when_something_above_it_grows() {
        try (Visit visit = visit(Visit.desk())) {
            visit.say("Hello.");
            visit.awaitIdle();
            // as a picture does that is drawn late: a scroll is told before the new height is
            visit.page.evaluate(
                    """
                    () => {
                      document.querySelector('.bubble').style.minBlockSize = '2000px'
                      document.querySelector('.thread').dispatchEvent(new Event('scroll'))
                    }
                    """);
            awaitEnd(visit);
            // as a person does, who has seen the end before going back
            awaitFrames(visit);
            visit.page.locator(".thread").evaluate("thread => { thread.scrollTop = 0 }");
            assertThat(visit.page.locator(".to-end")).isVisible();
            visit.page.evaluate("document.querySelector('.bubble').style.minBlockSize = '3000px'");
            assertThat(visit.page.locator(".to-end")).isVisible();
            assertEquals(0, visit.page.locator(".thread").evaluate("thread => thread.scrollTop"));
        }
    }

    @Test
    void many_pictures_leave_room_to_send_them() throws IOException {
        try (Visit visit = visit(new Browser.NewContextOptions().setViewportSize(390, 664))) {
            for (int bars = 1; bars <= 8; bars++) {
                bring("paste", visit.field(), bars + ".png", chart(bars));
            }
            assertThat(visit.page.locator(DETAILS)).hasCount(8);
            assertThat(visit.button("Send")).isInViewport(wholly());
            assertThat(visit.field()).isInViewport(wholly());
            bring("paste", visit.field(), "17.png", chart(17));
            assertThat(visit.page.locator(".notice")).containsText("8");
            assertEquals(List.of(), visit.tab.barriers());
            visit.tab.keep("seeing-many");
        }
    }

    @Test
    void who_reads_along_stays_at_the_end_when_something_shrinks_and_more_comes() {
        try (Visit visit = visit(Visit.desk())) {
            visit.say("Hello.");
            visit.awaitIdle();
            shape(visit, 2000, 300);
            awaitEnd(visit);
            // as when a message is sent: its pictures leave the composer and are drawn above it at
            // once
            shape(visit, 2000, 0);
            shape(visit, 2400, 0);
            awaitFrames(visit);
            awaitEnd(visit);
            // as when an answer's texts are laid out anew
            shape(visit, 1800, 0);
            shape(visit, 2600, 0);
            awaitFrames(visit);
            awaitEnd(visit);
            // as a person does while an answer grows
            visit.page.mouse().move(640, 300);
            visit.page.mouse().wheel(0, -600);
            assertThat(visit.page.locator(".to-end")).isVisible();
            shape(visit, 3000, 0);
            assertThat(visit.page.locator(".to-end")).isVisible();
        }
    }

    /// Heights of the answer and of the composer, laid out at once.
    private static void shape(Visit visit, int answer, int composer) {
        visit.page.evaluate(
                """
                ([answer, composer]) => {
                  document.querySelector('.turn.assistant').style.minBlockSize = `${answer}px`
                  document.querySelector('.composer').style.minBlockSize = `${composer}px`
                  return document.querySelector('.thread').scrollTop
                }
                """,
                List.of(answer, composer));
    }

    /// Until what was changed is drawn, and what was scrolled is told.
    private static void awaitFrames(Visit visit) {
        visit.page.evaluate(
                "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
    }

    private static LocatorAssertions.IsInViewportOptions wholly() {
        return new LocatorAssertions.IsInViewportOptions().setRatio(1);
    }

    @ParameterizedTest
    @CsvSource({
        "light, 1280, 800, LIGHT, en-GB",
        "dark, 1280, 800, DARK, en-GB",
        "phone, 390, 844, LIGHT, en-GB",
        "phone-dark, 390, 844, DARK, en-GB",
        "rtl, 390, 844, LIGHT, ar",
        "wide, 1920, 1080, LIGHT, en-GB",
        "narrow, 320, 640, LIGHT, de"
    })
    void pictures_have_no_barriers_and_room(
            String look, int width, int height, ColorScheme colours, String locale)
            throws IOException {
        Browser.NewContextOptions options =
                new Browser.NewContextOptions()
                        .setViewportSize(width, height)
                        .setColorScheme(colours)
                        .setLocale(locale);
        try (Visit visit = visit(options)) {
            bring("paste", visit.field(), "chart.png", chart(9));
            bring("drop", visit.field(), "a long name that a camera gave.png", chart(5));
            visit.page.locator(DETAILS).nth(1).waitFor();
            look(visit, "seeing-composer-" + look);
            visit.say("What do these charts show?");
            visit.awaitIdle();
            awaitPictures(visit, 2);
            awaitEnd(visit);
            look(visit, "seeing-answer-" + look);
            visit.page.locator(".turn.user").hover();
            visit.page.locator(".turn.user .tools button").first().click();
            look(visit, "seeing-edit-" + look);
            visit.assertClean();
        }
    }

    private static void look(Visit visit, String name) {
        visit.tab.keep(name);
        assertEquals(List.of(), visit.tab.barriers(), name);
        assertEquals(
                visit.tab.evaluate("innerWidth"),
                visit.tab.evaluate("document.documentElement.scrollWidth"),
                name);
    }
}
