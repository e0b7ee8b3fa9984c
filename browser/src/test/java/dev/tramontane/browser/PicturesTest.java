package dev.tramontane.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.options.ColorScheme;

import dev.tramontane.chat.Thinking;

import org.junit.jupiter.api.Test;

import java.util.List;

/// What the page looks like in use: the README's pictures, with `-Dtramontane.screenshots=DIR`.
final class PicturesTest extends BrowserTest {
    private static final String QUESTION =
            "A train leaves Trieste at 9:40 and reaches Milan, 420 km away, at 13:15. How long is the trip, and how fast is the train?";
    private static final String THINKING =
            """
            From 9:40 to 12:40 are three hours, and from 12:40 to 13:15 another 35 minutes: $3 \\cdot 60 + 35 = 215$ minutes.

            The speed is $420 / (215 / 60)$. Let me see: $215 / 60 \\approx 3.583$, and $420 / 3.583 \\approx 117.2$. \
            Check: $117.2 \\cdot 3.583 \\approx 419.9$. Good.""";
    private static final String ANSWER =
            """
            The trip takes **3 h 35 min**, at about **117 km/h**.

            | from | to | time |
            | --- | --- | ---: |
            | 9:40 | 12:40 | 3 h |
            | 12:40 | 13:15 | 35 min |

            $$v = \\frac{420\\ \\mathrm{km}}{3\\,\\frac{35}{60}\\ \\mathrm{h}} \\approx 117\\ \\mathrm{km/h}$$

            ```python
            minutes = (13 * 60 + 15) - (9 * 60 + 40)
            print(420 / (minutes / 60))  # 117.2
            ```
            """;
    private static final List<String> OTHERS =
            List.of(
                    "Three doors and a goat",
                    "Letter to the landlord",
                    "Why √2 is irrational",
                    "Refactoring the parser");

    private static Browser.NewContextOptions laptop() {
        return new Browser.NewContextOptions().setViewportSize(1280, 880);
    }

    private static void fill(Visit visit) {
        for (String title : OTHERS) {
            visit.stage.entitle(title);
            visit.converse(title + "?", "It is so.");
            visit.page.locator(".conversation-title").getByText(title).first().waitFor();
            visit.page.keyboard().press("Control+Shift+O");
        }
        visit.stage.entitle("From Trieste to Milan");
    }

    private static void ask(Visit visit) {
        visit.say(QUESTION);
        visit.stage.next().ponder(THINKING).text(ANSWER).finish();
        visit.awaitIdle();
        visit.tab.await("document.title.startsWith('From Trieste')");
    }

    private static void awaitDrawn(Visit visit) {
        visit.tab.await("document.querySelectorAll('.math.pending').length === 0");
        visit.tab.await(
                "[...document.querySelectorAll('.code')].every(code => code.querySelector('.hl-number'))");
    }

    private static void assertFits(Visit visit) {
        assertEquals(
                visit.tab.evaluate("innerWidth"),
                visit.tab.evaluate("document.documentElement.scrollWidth"));
        visit.assertClean();
    }

    @Test
    void an_answer_with_its_thinking_on_a_laptop() {
        try (Visit visit = Visit.of(chromium(), folder, laptop())) {
            fill(visit);
            ask(visit);
            visit.answer().locator(".reasoning-toggle").click();
            visit.page.mouse().move(0, 0);
            awaitDrawn(visit);
            visit.tab.keep("page-light");
            assertFits(visit);
        }
    }

    @Test
    void thinking_that_lasts_and_a_message_that_waits_in_dark_colours() {
        Browser.NewContextOptions dark = laptop().setColorScheme(ColorScheme.DARK);
        try (Visit visit = Visit.of(chromium(), folder, dark)) {
            fill(visit);
            for (int steps = 0; steps < 2; steps++) {
                visit.page.getByLabel("Thinking budget").press("ArrowRight");
            }
            ask(visit);
            visit.say("And if it stops in Venice for 20 minutes?");
            visit.stage
                    .next()
                    .ponder(
                            "Then it travels for $215 - 20 = 195$ minutes. The speed while it moves is $420 / (195 / 60) \\approx 129.2$ km/h. But is the stop part of the 3 h 35 min? \"Leaves at 9:40 and reaches Milan at 13:15\" includes it, so");
            visit.answer().getByText("includes it, so").waitFor();
            visit.say("Now in miles, please.");
            visit.page.locator(".queue li").waitFor();
            visit.tab.await(
                    "!document.querySelector('.reasoning.live .reasoning-label').textContent.includes('≈ 0')");
            awaitDrawn(visit);
            visit.tab.keep("page-dark");
            assertFits(visit);
        }
    }

    @Test
    void a_conversation_from_right_to_left_on_a_phone() {
        Browser.NewContextOptions phone =
                new Browser.NewContextOptions().setViewportSize(390, 844).setLocale("ar");
        try (Visit visit = Visit.of(chromium(), folder, phone)) {
            visit.stage.entitle("من تريستا إلى ميلانو");
            visit.say("قطار يغادر في 9:40 ويصل في 13:15. كم تستغرق الرحلة؟");
            visit.stage
                    .next()
                    .ponder("من 9:40 إلى 12:40 ثلاث ساعات، ثم 35 دقيقة حتى 13:15.")
                    .text(
                            "تستغرق الرحلة **3 ساعات و35 دقيقة**.\n\n| من | إلى | المدة |\n| --- | --- | --- |\n| 9:40 | 12:40 | 3 س |\n| 12:40 | 13:15 | 35 د |\n\n```python\nprint(13 * 60 + 15 - (9 * 60 + 40))\n```\n")
                    .finish();
            visit.awaitIdle();
            visit.tab.await("document.title.startsWith('من')");
            assertEquals("rtl", visit.answer().locator("table").getAttribute("dir"));
            awaitDrawn(visit);
            visit.tab.keep("page-phone");
            assertFits(visit);
        }
    }

    @Test
    void a_comparison_on_a_wide_screen() {
        Browser.NewContextOptions wide =
                new Browser.NewContextOptions().setViewportSize(1920, 1080);
        try (Visit visit = Visit.of(chromium(), folder, wide)) {
            fill(visit);
            visit.button("Compare").click();
            visit.page.getByLabel("Answers in the vote").selectOption("3");
            visit.page.getByLabel("Prompt").fill(QUESTION);
            visit.page.keyboard().press("Enter");
            for (int asked = 0; asked < 5; asked++) {
                Stage.Scene scene = visit.stage.next();
                boolean thinks = !scene.request.thinking().equals(new Thinking.Off());
                (thinks ? scene.ponder(THINKING) : scene).text("It ").text("takes ");
                if (!thinks) { // its speed is that of a page that reads along
                    visit.page.getByText("It takes").first().waitFor();
                }
                scene.text("$\\boxed{215}$ minutes.\n\n").text(ANSWER).finish();
            }
            visit.awaitAnnounced("All answers are ready");
            awaitDrawn(visit);
            visit.tab.keep("page-compare");
            assertFits(visit);
        }
    }
}
