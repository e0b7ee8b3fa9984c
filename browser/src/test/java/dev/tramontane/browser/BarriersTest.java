package dev.tramontane.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ForcedColors;
import com.microsoft.playwright.options.ReducedMotion;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;

/// Nobody is kept out: WCAG 2.2 AA as far as axe sees it, keys alone, small and zoomed screens.
final class BarriersTest extends BrowserTest {
    private static final String ANSWER =
            "It takes **3 h 35 min**, see `Duration`.\n\n| from | to |\n| --- | --- |\n| 9:40 | 13:15 |\n\n```java\nint minutes = 215;\n```\n\n$$13{:}15 - 9{:}40$$\n";

    private static void converse(Visit visit) {
        visit.say("How long is the trip?");
        visit.stage.next().think("From 9:40 to 13:15.").text(ANSWER).finish();
        visit.awaitIdle();
        visit.awaitTitles(Stage.TITLE);
    }

    private static void look(Visit visit, String view, List<String> barriers) {
        visit.tab.keep(view);
        visit.tab.barriers().forEach(barrier -> barriers.add(view + ": " + barrier));
    }

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark", "contrast"})
    void no_view_has_a_barrier(String theme) {
        Browser.NewContextOptions options =
                Visit.desk()
                        .setColorScheme(
                                theme.equals("light") ? ColorScheme.LIGHT : ColorScheme.DARK);
        List<String> barriers = new ArrayList<>();
        try (Visit visit = Visit.of(chromium(), folder, options)) {
            if (theme.equals("contrast")) {
                visit.page.keyboard().press("Control+.");
                visit.page.getByLabel("Colours").selectOption("contrast");
                visit.page.keyboard().press("Escape");
            }
            look(visit, theme + "-welcome", barriers);
            visit.field().fill("/");
            look(visit, theme + "-commands", barriers);
            visit.field().fill("");
            converse(visit);
            look(visit, theme + "-answered", barriers);
            visit.answer().locator("button[aria-expanded]").first().click();
            look(visit, theme + "-thinking", barriers);
            visit.button("Answer again").click();
            look(visit, theme + "-menu", barriers);
            visit.page.keyboard().press("Escape");
            visit.say("And back?");
            visit.stage.next().think("Hm.");
            visit.answer().getByText("Hm.").waitFor();
            visit.say("And then?");
            look(visit, theme + "-answering", barriers);
            visit.button("Model: Thinker").click();
            look(visit, theme + "-models", barriers);
            visit.page.keyboard().press("Escape");
            for (String tab : List.of("General", "Answers", "Prompts", "Shortcuts", "Data")) {
                visit.page.keyboard().press("Control+.");
                visit.page.locator("[role=tab]").getByText(tab).click();
                look(visit, theme + "-settings-" + tab, barriers);
                visit.page.keyboard().press("Escape");
            }
            visit.button("Status").click();
            visit.page.locator(".card").first().waitFor();
            look(visit, theme + "-status", barriers);
            visit.button("Compare").click();
            visit.page.getByLabel("Prompt").waitFor();
            look(visit, theme + "-compare", barriers);
        }
        assertEquals(List.of(), barriers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"320x256", "390x844", "768x1024", "1920x1080"})
    void nothing_sticks_out_from_phone_to_wide_and_at_400_percent(String size) {
        String[] sides = size.split("x");
        int width = Integer.parseInt(sides[0]);
        Browser.NewContextOptions options =
                new Browser.NewContextOptions().setViewportSize(width, Integer.parseInt(sides[1]));
        try (Visit visit = Visit.of(chromium(), folder, options)) {
            visit.say("How long is the trip?");
            visit.stage.next().think("From 9:40 to 13:15.").text(ANSWER).finish();
            visit.awaitIdle();
            visit.tab.keep("size-" + size);
            assertEquals(width, visit.tab.evaluate("document.documentElement.scrollWidth"));
            assertTrue(
                    visit.field().boundingBox().width > Math.min(width / 2.5, 600),
                    "the message field is too narrow");
            assertEquals(List.of(), visit.tab.barriers());
            if (width < 800) {
                visit.button("Show the sidebar").click();
                visit.awaitTitles(Stage.TITLE);
                visit.tab.keep("size-" + size + "-sidebar");
                assertEquals(List.of(), visit.tab.barriers());
                visit.page.keyboard().press("Escape");
                assertThat(visit.button("Show the sidebar")).isFocused();
            }
        }
    }

    @Test
    void a_page_from_right_to_left_has_no_barrier() {
        try (Visit visit = Visit.of(chromium(), folder, Visit.desk().setLocale("ar"))) {
            visit.say("كم تستغرق الرحلة؟");
            visit.stage
                    .next()
                    .think("من 9:40 إلى 13:15.")
                    .text("تستغرق **3 ساعات و35 دقيقة**.")
                    .finish();
            visit.awaitIdle();
            visit.awaitTitles(Stage.TITLE);
            visit.tab.keep("rtl");
            assertEquals(List.of(), visit.tab.barriers());
        }
    }

    @Test
    void a_conversation_is_held_by_keys_alone() {
        try (Visit visit = visit()) {
            var keys = visit.page.keyboard();
            assertThat(visit.field()).isFocused();
            keys.type("By keys");
            keys.press("Enter");
            visit.stage.next().text("Answered.").finish();
            visit.awaitIdle();
            visit.awaitTitles(Stage.TITLE);
            tabTo(visit, "Answer again", "Shift+Tab");
            keys.press("Enter");
            keys.press("ArrowDown");
            keys.press("Enter");
            visit.stage.next().text("Answered at once.").finish();
            visit.awaitIdle();
            tabTo(visit, "Previous version", "Tab");
            keys.press("Enter");
            visit.awaitAnnounced("Version 1 of 2");
            assertEquals("Previous version", focused(visit));
            visit.page.reload();
            visit.page.waitForSelector("html[data-ready]");
            visit.awaitTitles(Stage.TITLE);
            tabTo(visit, "Options of “" + Stage.TITLE + "”", "Tab");
            keys.press("Enter");
            keys.type("r");
            keys.press("Enter");
            keys.press("Control+A");
            keys.type("Renamed by keys");
            keys.press("Enter");
            visit.awaitTitles("Renamed by keys");
            tabTo(visit, "Settings", "Tab");
            keys.press("Enter");
            assertThat(visit.page.locator("[role=tab]").first()).isFocused();
            keys.press("ArrowRight");
            assertThat(visit.page.getByLabel("Instructions for every conversation")).isVisible();
            keys.press("Escape");
            assertEquals("Settings", focused(visit), "the focus goes back where it was");
        }
    }

    private static String focused(Visit visit) {
        return String.valueOf(
                visit.tab.evaluate(
                        "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"));
    }

    private static void tabTo(Visit visit, String name, String key) {
        for (int pressed = 0; pressed < 80; pressed++) {
            if (focused(visit).equals(name)) {
                return;
            }
            visit.page.keyboard().press(key);
        }
        throw new AssertionError("no way to " + name + " by " + key);
    }

    @Test
    void a_screen_reader_hears_states_and_no_tokens() {
        try (Visit visit = visit()) {
            visit.tab.evaluate(
                    "window.heard = []; new MutationObserver(() => heard.push(document.getElementById('announcer').textContent)).observe(document.getElementById('announcer'), {childList: true, subtree: true})");
            visit.say("Tell me.");
            Stage.Scene scene = visit.stage.next();
            for (int word = 0; word < 50; word++) {
                scene.think("thought" + word + " ");
            }
            for (int word = 0; word < 50; word++) {
                scene.text("word" + word + " ");
            }
            scene.finish();
            visit.awaitAnnounced("The answer is ready");
            assertEquals(
                    "Thinking|Answering|The answer is ready",
                    visit.tab.evaluate("heard.join('|')"));
            Object live =
                    visit.tab.evaluate(
                            "document.querySelectorAll('.turn [aria-live], .turn [role=status], .turn [role=log], .turn [role=alert]').length");
            assertEquals(0, live, "nothing in a turn is live");
        }
    }

    @ParameterizedTest
    @EnumSource(ReducedMotion.class)
    void motion_is_only_for_who_wants_it(ReducedMotion motion) {
        try (Visit visit = Visit.of(chromium(), folder, Visit.desk().setReducedMotion(motion))) {
            String lasts =
                    String.valueOf(
                            visit.tab.evaluate(
                                    "getComputedStyle(document.getElementById('frame')).transitionDuration"));
            assertEquals(motion == ReducedMotion.REDUCE, lasts.equals("1e-05s"), lasts);
        }
    }

    @Test
    void forced_colours_show_what_is_chosen() {
        try (Visit visit =
                Visit.of(chromium(), folder, Visit.desk().setForcedColors(ForcedColors.ACTIVE))) {
            String outline =
                    String.valueOf(
                            visit.tab.evaluate(
                                    "getComputedStyle(document.querySelector('.mode input:checked + span')).outlineStyle"));
            assertEquals("solid", outline);
            assertFalse(visit.page.locator(".mode input:checked").count() == 0);
            assertEquals(List.of(), visit.tab.barriers());
        }
    }
}
