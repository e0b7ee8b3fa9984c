package dev.tramontane.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.BoundingBox;

import dev.tramontane.chat.Thinking;
import dev.tramontane.server.ApiKey;
import dev.tramontane.server.ApiKeys;
import dev.tramontane.server.ServerConfig;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Settings, shortcuts, the status page, the comparison, and the key.
final class ViewsTest extends BrowserTest {
    private static final String KEY = "a-long-random-key-of-the-tests";

    private static void settings(Visit visit, String tab) {
        visit.page.keyboard().press("Control+.");
        visit.page.locator("[role=tab]").getByText(tab).click();
    }

    @Test
    void language_and_colours_are_chosen_and_stay() {
        try (Visit visit = visit()) {
            settings(visit, "General");
            visit.page.getByLabel("Colours").selectOption("dark");
            assertThat(visit.page.locator("html")).hasAttribute("data-theme", "dark");
            assertEquals(
                    "rgb(22, 24, 26)",
                    visit.tab.evaluate(
                            "getComputedStyle(document.documentElement).backgroundColor"));
            visit.page.getByLabel("Language").selectOption("ar");
            visit.page.waitForSelector("html[dir=rtl][data-ready]");
            assertThat(visit.page.locator("html")).hasAttribute("lang", "ar");
            assertThat(visit.page.locator(".welcome h2")).hasText("فيمَ نفكر اليوم؟");
            double sidebar = visit.page.locator(".sidebar").boundingBox().x;
            assertTrue(sidebar > 900, "the sidebar stands at the right: " + sidebar);
            visit.reload();
            assertThat(visit.page.locator("html")).hasAttribute("dir", "rtl");
            visit.assertClean();
        }
    }

    @Test
    void every_language_of_the_page_can_be_read() {
        for (String language : List.of("en", "fr", "de", "es", "it", "ar", "ru", "zh", "ja")) {
            try (Visit visit = Visit.of(chromium(), folder, Visit.desk().setLocale(language))) {
                assertThat(visit.page.locator("html")).hasAttribute("lang", language);
                assertEquals(List.of(), visit.tab.complaints());
                assertEquals(
                        true,
                        visit.tab.evaluate(
                                "!/\\{\\w+\\}|\\b[a-z]+\\.[a-z]+[A-Z]/.test(document.body.innerText)"),
                        "a place was left, or a key shown");
            }
        }
    }

    @Test
    void shortcuts_are_bound_anew_and_switched_off() {
        try (Visit visit = visit()) {
            visit.page.keyboard().press("Control+/");
            visit.page.locator("[data-action=newChat]").click();
            visit.page.keyboard().press("Control+Alt+N");
            visit.awaitAnnounced("New chat is Ctrl+Alt+N now");
            visit.page.locator("[data-action=temporary]").click();
            visit.page.keyboard().press("Control+Alt+N");
            assertThat(visit.page.locator("[data-action=newChat]")).hasText("none");
            visit.button("Close").click();
            visit.page.keyboard().press("Control+Alt+N");
            visit.awaitAnnounced("This chat will not be kept");
            visit.page.keyboard().press("Control+/");
            visit.button("Standard shortcuts").click();
            assertThat(visit.page.locator("[data-action=newChat]")).hasText("Ctrl+Shift+O");
            visit.page.getByLabel("Keyboard shortcuts").uncheck();
            visit.page.keyboard().press("Escape");
            visit.page.keyboard().press("Control+Shift+E");
            assertThat(visit.page.getByLabel("Think", new Page.GetByLabelOptions().setExact(true)))
                    .isChecked();
        }
    }

    @Test
    void shortcuts_copy_focus_stop_and_hide() {
        try (Visit visit = visit()) {
            var keys = visit.page.keyboard();
            visit.tab.context().grantPermissions(List.of("clipboard-read", "clipboard-write"));
            visit.say("Code.");
            visit.stage.next().text("Here:\n\n```java\nint a = 1;\n```\n\nThat is all.").finish();
            visit.awaitIdle();
            keys.press("Control+Shift+;");
            visit.awaitAnnounced("Copied");
            assertEquals("int a = 1;\n", visit.tab.evaluate("navigator.clipboard.readText()"));
            keys.press("Control+Shift+C");
            visit.tab.await(
                    "navigator.clipboard.readText().then(text => text.startsWith('Here:'))");
            visit.button("Settings").focus();
            keys.press("Shift+Escape");
            assertThat(visit.field()).isFocused();
            keys.press("Control+Shift+S");
            assertThat(visit.page.locator(".sidebar")).isHidden();
            keys.press("Control+Shift+S");
            assertThat(visit.page.locator(".sidebar")).isVisible();
            visit.say("Count.");
            visit.stage.next().text("One, ");
            visit.answer().getByText("One,").waitFor();
            keys.press("Escape");
            visit.awaitIdle();
            assertThat(visit.button("Stop")).isHidden();
        }
    }

    @Test
    void a_dialog_stays_while_its_text_is_selected_and_tells_what_happens() {
        try (Visit visit = visit()) {
            visit.converse("Hello.", "Good day.");
            visit.button("Options of this conversation").click();
            visit.choose("Rename");
            BoundingBox field = visit.page.locator("dialog input").boundingBox();
            visit.page.mouse().move(field.x + field.width / 2, field.y + field.height / 2);
            visit.page.mouse().down();
            visit.page.mouse().move(5, field.y);
            visit.page.mouse().up();
            assertThat(visit.page.locator("dialog #announcer")).hasCount(1);
            assertThat(visit.page.locator("dialog #toasts")).hasCount(1);
            visit.page.mouse().click(5, field.y);
            assertThat(visit.page.locator("dialog")).hasCount(0);
            assertThat(visit.page.locator("body > #announcer")).hasCount(1);
        }
    }

    @Test
    void a_view_that_cannot_be_had_says_so_and_comes_later() {
        try (Visit visit = visit();
                CutLine line = new CutLine(visit.port())) {
            visit.openAt(line.address());
            line.cut();
            visit.button("Status").click();
            visit.page.getByText("The server does not answer").first().waitFor();
            line.mend();
            visit.button("Status").click();
            assertThat(visit.page.locator("h1")).hasText("Status");
        }
    }

    @Test
    void who_writes_to_a_model_elsewhere_is_told() {
        try (Visit visit = Visit.with(chromium(), Visit.config(folder))) {
            visit.page.route(
                    "**/v1/models",
                    route ->
                            route.fulfill(
                                    new Route.FulfillOptions()
                                            .setBody(
                                                    route.fetch()
                                                            .text()
                                                            .replaceFirst(
                                                                    "\"object\":\"model\"",
                                                                    "\"object\":\"model\",\"remote\":true"))
                                            .setContentType("application/json")));
            visit.open("/");
            assertThat(visit.page.locator(".small-print")).containsText("This one runs elsewhere");
            visit.button("Model: Thinker").click();
            visit.choose("Seer");
            assertThat(visit.page.locator(".small-print")).containsText("stays on this server");
        }
    }

    @Test
    void the_status_page_shows_every_model() {
        try (Visit visit = visit()) {
            visit.button("Status").click();
            assertThat(visit.page.locator(".card h2"))
                    .hasText(new String[] {"thinker", "seer", "Control stepped in"});
            assertThat(visit.page.locator(".facts").first()).containsText("Running for");
            visit.tab.keep("status");
            visit.button("New chat").click();
            assertThat(visit.field()).isFocused();
            visit.assertClean();
        }
    }

    @Test
    void one_prompt_is_answered_at_once_with_thought_and_by_a_vote() {
        try (Visit visit = visit()) {
            visit.button("Compare").click();
            visit.page.getByLabel("Answers in the vote").selectOption("3");
            visit.page.getByLabel("Prompt").fill("What is 6 times 7?");
            visit.page.keyboard().press("Enter");
            int samples = 0;
            for (int asked = 0; asked < 5; asked++) {
                Stage.Scene scene = visit.stage.next();
                boolean isFlash = scene.request.thinking().equals(new Thinking.Off());
                String number = !isFlash && samples++ == 0 ? "41" : "42";
                scene.text("The answer is \\boxed{" + number + "}").finish();
            }
            Locator figures = visit.page.locator(".column .facts");
            assertThat(figures).hasCount(3);
            assertThat(figures.first()).containsText("Tokens");
            visit.awaitAnnounced("All answers are ready");
            assertThat(visit.page.locator(".column h2"))
                    .hasText(new String[] {"Flash", "Think", "Vote of 3"});
            assertThat(figures.last()).containsText("%");
            // of flash: its one token, some time, and what the 12 of the prompt and it cost
            assertThat(figures.first().locator("dd"))
                    .hasText(
                            new Pattern[] {
                                Pattern.compile("^1$"),
                                Pattern.compile("\\d"),
                                Pattern.compile("^13$"),
                                Pattern.compile("^–$")
                            });
            visit.open("/");
            assertThat(visit.page.locator(".conversation")).hasCount(0);
        }
    }

    @Test
    void a_vote_that_is_decided_early_says_how_many_were_asked() {
        try (Visit visit = visit()) {
            visit.button("Compare").click();
            visit.page.getByLabel("Answers in the vote").selectOption("3");
            visit.page.getByLabel("Prompt").fill("What is 6 times 7?");
            visit.page.keyboard().press("Enter");
            for (int asked = 0; asked < 5; asked++) {
                visit.stage.next().text("The answer is \\boxed{42}").finish();
            }
            visit.awaitAnnounced("All answers are ready");
            assertThat(visit.page.locator(".votes summary"))
                    .hasText("2 of 2 answers agree (100%) · decided early, after 2 of 3 answers");
            visit.tab.keep("compare-early");
            assertEquals(List.of(), visit.tab.barriers());
        }
    }

    @Test
    void a_server_with_keys_is_opened_with_one() {
        ServerConfig config =
                Visit.config(folder)
                        .withKeys(
                                new ApiKeys(
                                        List.of(
                                                new ApiKey(
                                                        sha256(KEY), "tests", Optional.empty()))));
        try (Visit visit = Visit.with(chromium(), config)) {
            visit.page.navigate(visit.address());
            visit.page
                    .getByLabel("Key", new Page.GetByLabelOptions().setExact(true))
                    .fill("a wrong one");
            visit.page.keyboard().press("Enter");
            visit.page
                    .getByLabel("Key", new Page.GetByLabelOptions().setExact(true))
                    .and(visit.page.locator("input:not([value='a wrong one'])"))
                    .waitFor();
            visit.page.getByLabel("Key", new Page.GetByLabelOptions().setExact(true)).fill(KEY);
            visit.page.keyboard().press("Enter");
            visit.page.waitForSelector("html[data-ready]");
            visit.converse("Open?", "Open.");
            visit.reload();
            assertThat(visit.page.locator("dialog")).hasCount(0);
            visit.awaitTitles(Stage.TITLE);
            assertEquals(
                    0, visit.tab.evaluate("localStorage.getItem('tramontane.key')?.length ?? 0"));
        }
    }

    @Test
    void without_a_store_every_chat_is_temporary_and_the_page_says_so() {
        try (Visit visit = Visit.with(chromium(), ServerConfig.local(0))) {
            visit.open("/");
            assertThat(visit.page.locator(".sidebar-message"))
                    .containsText("keeps no conversations");
            visit.converse("Hello.", "Hello yourself.");
            visit.assertClean();
        }
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
