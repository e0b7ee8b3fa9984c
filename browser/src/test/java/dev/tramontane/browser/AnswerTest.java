package dev.tramontane.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Browser;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// An answer as it comes, as it is restored, and what can be done with it.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class AnswerTest {
    private static final String TEXT =
            """
            # A title

            Some *words*, **strong** ones, `code` and [a link](https://a.example/b "c"). H<sub>2</sub>O at $5 or $10, <b>not bold</b>.

            ### Deeper

            The $n$th value \\(x^2\\) is in US$ 20:

            $$
            \\int_0^1 x^2\\,dx = \\frac{1}{3}
            $$

            \\begin{align}
            a &= b \\\\
            c &= d
            \\end{align}

            | Left | Right |
            |:-----|------:|
            | a $y$ | 1 |

            7. one
            8. two
               - [x] done

            ```java
            int x = 1; // one
            ```

            As shown[^a] and again [2].

            [^a]: Somebody, *A title*
            [2]: https://b.example/two "Second"

            السلام عليكم

            The end.
            """;

    private static Chromium chromium;
    private static AnswerPage page;

    @BeforeAll
    static void open() throws IOException {
        chromium = Chromium.open(AnswerTest.class);
        page =
                AnswerPage.open(
                        chromium.tab(
                                new Browser.NewContextOptions()
                                        .setViewportSize(1000, 1400)
                                        .setPermissions(
                                                List.of("clipboard-read", "clipboard-write"))),
                        Map.of());
    }

    @AfterAll
    static void close() {
        if (page != null) {
            page.close();
            chromium.close();
        }
    }

    @AfterEach
    void nothing_was_forbidden_or_complained_of() {
        assertEquals(List.of(), page.forbidden());
        assertEquals(List.of(), page.tab().complaints());
    }

    private static int count(String selector) {
        return page.find(selector).count();
    }

    private static String text(String selector) {
        return page.find(selector).first().innerText();
    }

    private static void show(String text) {
        page.begin(Map.of("mode", "think"));
        page.tell("text", text);
        page.finish(Map.of("finish_reason", "stop"));
    }

    @Test
    void markdown_becomes_what_it_means() {
        show(TEXT);
        assertEquals("A title", text("h4.level-1"));
        assertEquals("Deeper", text("h5.level-3"));
        assertEquals("https://a.example/b", page.find("p a").first().getAttribute("href"));
        assertEquals("noopener noreferrer nofollow", page.find("p a").first().getAttribute("rel"));
        assertEquals("2", text("sub"));
        assertTrue(text(".chunk").contains("at $5 or $10, <b>not bold</b>"), text(".chunk"));
        assertEquals(5, count(".math .katex"));
        assertEquals(2, count(".math.display"));
        assertEquals("1", text("td.align-right"));
        assertEquals("7", page.find("ol").first().getAttribute("start"));
        assertEquals("☑ done", text("li.task"));
        page.tab().await("document.querySelectorAll('#answer .hl-type').length > 0");
        assertEquals("int x = 1; // one", text("pre").strip());
        assertEquals(
                "rtl",
                page.tab()
                        .evaluate(
                                "getComputedStyle([...document.querySelectorAll('#answer p')].find(p => p.textContent.startsWith('السلام'))).direction"));
    }

    @Test
    void a_text_in_small_pieces_becomes_the_same_as_at_once() {
        show(TEXT.repeat(4));
        page.tab().await("document.querySelectorAll('#answer .hl-type').length > 0");
        String whole = structure();
        for (int chars : List.of(1, 7)) {
            page.begin(Map.of("mode", "think"));
            page.tab()
                    .page
                    .evaluate(
                            "([text, chars]) => { for (let at = 0; at < text.length; at += chars) { view.text(text.slice(at, at + chars)); view.stream.flush() } }",
                            List.of(TEXT.repeat(4), chars));
            page.finish(Map.of("finish_reason", "stop"));
            assertEquals(whole, structure(), "in pieces of " + chars);
        }
    }

    /// Text and elements, without what colours code by and by.
    private static String structure() {
        return String.valueOf(
                page.tab()
                        .evaluate(
                                """
                                (() => {
                                  view.stream.formatAll()
                                  const body = document.querySelector('#answer .answer-text').cloneNode(true)
                                  for (const code of body.querySelectorAll('code')) code.replaceChildren(code.textContent)
                                  for (const math of body.querySelectorAll('.math')) math.replaceChildren(math.dataset.source)
                                  for (const chunk of body.querySelectorAll('.chunk')) chunk.replaceWith(...chunk.childNodes)
                                  body.normalize()
                                  return body.innerHTML.replace(/ (id|aria-describedby)="[^"]*"/g, '').replace(/\\n+/g, '\\n')
                                })()
                                """));
    }

    @Test
    void what_holds_other_blocks_reads_as_its_first_letter_does() {
        show(
                "> اقتباس\n\n| من | to |\n| --- | --- |\n| 9 | 10 |\n\n- `x` أولا\n\n- second\n\n1. third\n   > رابع\n\n> 5");
        assertEquals(
                "BLOCKQUOTE rtl, TABLE rtl, UL rtl, OL ltr, BLOCKQUOTE rtl, BLOCKQUOTE null",
                page.tab()
                        .evaluate(
                                "[...document.querySelectorAll('#answer .answer-text :is(blockquote, table, ul, ol)')].map(e => `${e.tagName} ${e.getAttribute('dir')}`).join(', ')"));
    }

    @Test
    void citations_are_numbered_and_open_their_sources() {
        show(TEXT);
        assertEquals(2, count("button.citation"));
        page.tab().await("!document.querySelector('#answer .sources').hidden");
        assertEquals("2 sources", text(".sources summary"));
        assertFalse(page.find(".sources li").first().isVisible());
        page.find("button.citation").nth(1).click();
        assertEquals("Second b.example", text(".sources li:nth-child(2)"));
        assertEquals("https://b.example/two", page.find(".sources a").getAttribute("href"));
        assertEquals("LI", page.tab().evaluate("document.activeElement.tagName"));
        assertEquals("Somebody, A title", text(".sources li:nth-child(1)").strip());
    }

    @Test
    void thinking_is_open_while_it_lasts_and_one_line_afterwards() {
        page.begin(Map.of("mode", "think", "budget", 2000));
        page.tell("thinking", "First **this**, then $x$.\n\n");
        page.tell("intervened", Map.of("kind", "circle_nudged", "at_tokens", 9));
        page.tell("thinking", "Then that.\n");
        page.tell("tool", Map.of("name", "search", "arguments", "{\"q\":\"x\"}"));
        page.awaitShown();
        assertEquals("true", page.find(".reasoning-toggle").getAttribute("aria-expanded"));
        assertTrue(text(".trace").contains("The thinking went in a circle"), text(".trace"));
        assertEquals("Tool: search", text(".trace .tool summary"));
        page.tab().button("Answer now").click();
        page.tab().button("Think longer").click();
        page.tab().await("told.length === 2");
        assertEquals(List.of("now", "longer 2048"), page.tab().evaluate("told.splice(0)"));
        assertEquals("4048", page.find("[role=meter]").getAttribute("aria-valuemax"));
        page.tell("text", "The answer.");
        assertEquals("false", page.find(".reasoning-toggle").getAttribute("aria-expanded"));
        assertFalse(page.find(".trace").isVisible());
        page.finish(
                Map.of(
                        "finish_reason",
                        "stop",
                        "thinking_seconds",
                        23.4,
                        "usage",
                        Map.of("completion_tokens_details", Map.of("reasoning_tokens", 1204))));
        assertEquals("Thought for 23\u00a0s · 1,204 tokens", text(".reasoning-label"));
        page.find(".reasoning-toggle").click();
        assertTrue(page.find(".trace").isVisible());
        page.tab().button("Copy the thinking").click();
        page.tab().await("told.includes('copied thinking')");
        assertEquals(
                "First **this**, then $x$.\n\nThen that.\n",
                page.tab().evaluate("navigator.clipboard.readText()"));
        page.tab().evaluate("told.splice(0)");
    }

    @Test
    void what_stepped_in_before_any_thinking_has_a_line_that_is_named() {
        page.begin(Map.of("mode", "think"));
        page.tell("intervened", Map.of("kind", "answer_reserved", "at_tokens", 0));
        page.tell("text", "So.");
        page.finish(Map.of("finish_reason", "stop"));
        assertEquals("Thought · ≈ 0 tokens", text(".reasoning-label"));
        assertEquals(List.of(), page.tab().barriers());
    }

    @Test
    void thinking_that_somebody_opened_stays_open_and_is_remembered() {
        page.begin(Map.of("id", "m1"));
        page.tell("thinking", "Hm. ");
        page.find(".reasoning-toggle").click();
        page.find(".reasoning-toggle").click();
        page.tell("text", "So.");
        assertTrue(page.find(".trace").isVisible());
        Map<String, Object> stored =
                Map.of(
                        "id",
                        "m1",
                        "thinking",
                        "Hm. ",
                        "content",
                        List.of(Map.of("type", "text", "text", "So.")),
                        "answer",
                        Map.of("state", "done", "mode", "think"));
        page.begin(Map.of());
        page.tell("restore", stored);
        page.awaitShown();
        assertTrue(page.find(".trace").isVisible());
        page.begin(Map.of());
        page.tell(
                "restore",
                Map.of(
                        "id",
                        "m2",
                        "thinking",
                        "Hm.",
                        "content",
                        List.of(),
                        "answer",
                        Map.of("state", "done")));
        assertFalse(page.find(".trace").isVisible());
    }

    @Test
    void a_running_answer_that_was_restored_goes_on() {
        page.begin(Map.of());
        page.tell(
                "restore",
                Map.of(
                        "id",
                        "m3",
                        "thinking",
                        "One. ",
                        "content",
                        List.of(),
                        "answer",
                        Map.of(
                                "state",
                                "running",
                                "mode",
                                "think",
                                "interventions",
                                List.of(Map.of("kind", "led_on", "thinking_chars", 4)))));
        page.tell("thinking", "Two.");
        page.awaitShown();
        assertTrue(
                text(".trace")
                        .matches("(?s)One\\.\\s+The model was asked to think longer\\.\\s+Two\\."),
                text(".trace"));
        page.tell("text", "Three");
        page.tell("text", " four.");
        page.finish(Map.of("finish_reason", "stop"));
        assertEquals("Three four.", text(".answer-text").strip());
        assertEquals("Three four.", page.tab().evaluate("view.markdown()"));
    }

    @Test
    void a_stored_answer_that_says_nonsense_is_shown_as_far_as_it_makes_sense() {
        page.begin(Map.of());
        page.tell(
                "restore",
                Map.of(
                        "id",
                        "m4",
                        "thinking",
                        "Hm.",
                        "content",
                        List.of(Map.of("type", "text", "text", "So.")),
                        "answer",
                        Map.of(
                                "state",
                                "done",
                                "interventions",
                                List.of(Map.of("kind", "led_on", "thinking_chars", "x")),
                                "tools",
                                "none",
                                "votes",
                                7,
                                "timings",
                                List.of(),
                                "usage",
                                false)));
        page.awaitShown();
        page.find(".reasoning-toggle").click();
        page.tab().await("document.querySelector('#answer .trace').innerText.includes('Hm.')");
        assertTrue(text(".trace").contains("The model was asked to think longer."), text(".trace"));
        assertEquals("So.", text(".answer-text").strip());
    }

    @Test
    void a_flash_answer_says_how_fast_it_came_and_votes_how_they_agree() {
        page.begin(Map.of("mode", "flash"));
        page.tell("text", "42");
        page.finish(
                Map.of(
                        "finish_reason", "length",
                        "timings",
                                Map.of(
                                        "predicted_per_second",
                                        123.4,
                                        "predicted_n",
                                        500,
                                        "predicted_ms",
                                        4051,
                                        "draft_n",
                                        300,
                                        "draft_n_accepted",
                                        222),
                        "votes",
                                List.of(
                                        Map.of("answer", "42", "count", 5),
                                        Map.of("answer", "41", "count", 2))));
        assertEquals("123 tokens/s", text(".badge"));
        assertFalse(page.find(".tip").isVisible());
        page.find(".badge").hover();
        page.tab()
                .await(
                        "getComputedStyle(document.querySelector('#answer .tip')).visibility === 'visible'");
        assertTrue(text(".tip").contains("222 of 300 guessed tokens were right"), text(".tip"));
        assertEquals("5 of 7 answers agree (71%)", text(".votes summary"));
        assertTrue(text(".end-note").startsWith("The answer stops here"), text(".end-note"));
    }

    @Test
    void a_vote_says_how_many_were_asked_and_that_it_was_decided_early() {
        List<Map<String, Object>> votes = List.of(Map.of("answer", "42", "count", 4));
        page.begin(Map.of("mode", "votes"));
        page.tell("voted", Map.of("samples", 8, "finished", 4, "votes", votes));
        assertEquals("4 of 8 answers agree (100%)", text(".votes summary"));
        Map<String, Object> early =
                Map.of("state", "done", "samples", 8, "samples_finished", 5, "votes", votes);
        page.finish(early);
        assertEquals(
                "4 of 4 answers agree (100%) · decided early, after 5 of 8 answers · 1 broke off and has no vote",
                text(".votes summary"));
        page.begin(Map.of("mode", "votes"));
        page.finish(Map.of("state", "done", "samples", 4, "samples_finished", 4, "votes", votes));
        assertEquals("4 of 4 answers agree (100%)", text(".votes summary"));
        page.begin(Map.of("mode", "votes")); // nobody decided where the server ended
        page.finish(
                Map.of(
                        "state",
                        "interrupted",
                        "samples",
                        8,
                        "samples_finished",
                        4,
                        "votes",
                        votes));
        assertEquals("4 of 8 answers agree (100%)", text(".votes summary"));
    }

    @Test
    void it_tells_what_it_waits_for_and_what_went_wrong() {
        page.begin(Map.of());
        page.tell("progress", Map.of("queue", 2, "computed", 0, "total", 4096));
        assertEquals("Waiting; number 2 in the queue", text(".waiting"));
        page.tell("progress", Map.of("queue", 0, "computed", 1024, "total", 4096));
        assertEquals("Reading: 1,024 of 4,096 tokens", text(".waiting"));
        page.tell("text", "Half an ");
        assertFalse(page.find(".waiting").isVisible());
        page.tell("error", Map.of("message", "the model is gone; ask another one"));
        page.awaitShown();
        assertEquals("the model is gone; ask another one", text(".failure"));
        assertEquals("Half an", text(".answer-text").strip());
    }

    @Test
    void code_is_copied_whole_while_only_a_part_of_it_is_laid_out() {
        String code = "print(\"a line\")\n".repeat(3000);
        show("Look:\n\n```python\n" + code + "```\n\nDone.");
        assertTrue(count(".lines") > 30);
        page.tab().button("Copy").click();
        page.tab().await("told.includes('copied code')");
        assertEquals(code, page.tab().evaluate("navigator.clipboard.readText()"));
        page.tab().evaluate("told.splice(0)");
        page.tab().await("document.querySelectorAll('#answer .hl-string').length >= 3000");
        assertEquals(
                code, page.tab().evaluate("document.querySelector('#answer code').textContent"));
    }

    @Test
    void a_long_trace_keeps_its_text_and_few_of_its_nodes() {
        String trace =
                IntStream.range(0, 12_000)
                        .mapToObj("Let me see: $a_{%d}$ is *not* it.\n\n"::formatted)
                        .collect(Collectors.joining());
        page.begin(Map.of());
        page.tell("thinking", trace);
        page.tell("text", "So.");
        page.finish(Map.of("finish_reason", "stop"));
        page.find(".reasoning-toggle").click();
        page.tab().await("document.querySelectorAll('#answer .trace .katex').length > 0");
        page.tab().evaluate("document.querySelector('#answer .trace').scrollTop = 1e9");
        page.tab()
                .await(
                        "document.querySelector('#answer .trace .chunk:last-child .katex') !== null");
        assertEquals(trace, page.tab().evaluate("view.reasoning.source"));
        assertEquals(
                true,
                page.tab().evaluate("document.querySelectorAll('#answer *').length < 30000"),
                "few nodes of 12,000 paragraphs with formulas");
    }

    @Test
    void selected_formulas_are_copied_as_they_were_written() {
        show("Here $x^2$ is.");
        page.tab()
                .evaluate(
                        "getSelection().selectAllChildren(document.querySelector('#answer .answer-text p'))");
        page.tab().page.keyboard().press("Control+c");
        page.tab()
                .await(
                        "navigator.clipboard.readText().then(text => text.trim() === 'Here $x^2$ is.')");
    }

    @Test
    void nothing_hinders_people() {
        page.begin(Map.of("mode", "flash", "budget", 100));
        page.tell("thinking", TEXT);
        page.find(".reasoning-toggle").click();
        page.find(".reasoning-toggle").click();
        page.tell("text", TEXT);
        page.finish(
                Map.of(
                        "finish_reason", "length",
                        "timings",
                                Map.of(
                                        "predicted_per_second",
                                        123.4,
                                        "predicted_n",
                                        500,
                                        "predicted_ms",
                                        4051),
                        "votes", List.of(Map.of("answer", "42", "count", 5))));
        page.tab().await("document.querySelectorAll('#answer .answer-text .hl-type').length > 0");
        for (String theme : List.of("light", "dark", "contrast")) {
            page.tab().evaluate("document.documentElement.dataset.theme = '" + theme + "'");
            assertEquals(List.of(), page.tab().barriers(), theme);
            page.tab().keep("answer-" + theme);
        }
        page.tab().evaluate("delete document.documentElement.dataset.theme");
    }
}
