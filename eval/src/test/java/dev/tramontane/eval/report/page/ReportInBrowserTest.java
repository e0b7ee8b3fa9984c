package dev.tramontane.eval.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The report in a real browser. `-Dtramontane.screenshots=DIR` keeps what it looks like.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ReportInBrowserTest {
    @TempDir static Path folder;

    private static @Nullable Browser browser;

    @BeforeAll
    static void open() throws IOException {
        Optional<Path> program = Browser.find();
        if (program.isEmpty()) {
            System.err.println("ReportInBrowserTest is SKIPPED: no chromium on this machine");
        }
        assumeTrue(program.isPresent(), "no chromium on this machine");
        browser = new Browser(program.orElseThrow());
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    private static Browser browser() {
        return Objects.requireNonNull(browser);
    }

    private static URI write(Page page, long mostTraceChars) throws IOException {
        Path file = Files.createTempDirectory(folder, "report").resolve("index.html");
        try (Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            new PageWriter(page, mostTraceChars).write(out);
        }
        return file.toUri();
    }

    private static Browser opened(Page page) throws IOException {
        Browser shown = browser();
        shown.size(1200, 900);
        shown.colours("light");
        shown.open(write(page, PageWriter.MOST_TRACE_CHARS));
        return shown;
    }

    @Test
    void the_page_opens_without_a_request_and_without_a_complaint() throws IOException {
        Browser page = opened(Pages.page(5, 4, 400));
        assertEquals("20 of 20 attempts", page.evaluate("count.textContent").asString());
        assertTrue(page.requests().size() >= 1);
        for (String address : page.requests()) {
            assertTrue(
                    address.startsWith("file:") || address.startsWith("data:"),
                    "asks for " + address);
        }
        assertEquals(List.of(), page.complaints());
    }

    @Test
    void what_a_model_wrote_is_text_and_nothing_else() throws IOException {
        Browser page = opened(Pages.page(2, 2, 100));
        page.evaluate("document.querySelector('#grid button').click()");
        page.await("answer.textContent.includes('window.broken')");
        String shown = page.evaluate("answer.textContent").asString();
        assertEquals(Pages.HOSTILE.replace('\uD800', '\uFFFD'), shown);
        page.evaluate("series.value = '1'; series.dispatchEvent(new Event('change'))");
        assertEquals("undefined", page.evaluate("typeof window.broken").asString());
        assertEquals(0, page.evaluate("document.querySelectorAll('main img').length").asInt());
        assertEquals(List.of(), page.complaints());
    }

    @Test
    void the_policy_lets_no_other_script_run() throws IOException {
        Browser page = opened(Pages.page(1, 1, 100));
        page.evaluate(
                "{const s = document.createElement('script'); s.textContent = 'window.broken = 1'; document.body.append(s)}");
        assertEquals("undefined", page.evaluate("typeof window.broken").asString());
        assertTrue(page.complaints().toString().contains("Content Security Policy"));
    }

    @Test
    void attempts_are_told_apart_by_more_than_colour() throws IOException {
        Browser page = opened(Pages.page(5, 8, 50));
        String glyphs =
                page.evaluate(
                                "[...new Set([...document.querySelectorAll('#grid button')].map(b => b.textContent))].sort().join('')")
                        .asString();
        assertEquals("!\u22ef\u2713\u2717", glyphs);
        String label =
                page.evaluate("document.querySelector('#grid button').getAttribute('aria-label')")
                        .asString();
        assertTrue(label.matches("aime-2024-1, sample 1: (right|wrong|truncated|error)"), label);
    }

    @Test
    void the_grid_and_the_reader_are_driven_by_keys() throws IOException {
        Browser page = opened(Pages.page(3, 3, 100));
        assertEquals(
                1,
                page.evaluate("document.querySelectorAll('#grid button[tabindex=\"0\"]').length")
                        .asInt());
        page.evaluate("document.querySelector('#grid button').focus()");
        page.press("ArrowRight");
        page.press("ArrowDown");
        page.press("Enter");
        page.await("document.getElementById('thinking').textContent.includes('Problem 1, try 2')");
        page.press("j");
        page.await("document.getElementById('thinking').textContent.includes('Problem 1, try 3')");
        page.press("k");
        page.press("k");
        page.await("document.getElementById('thinking').textContent.includes('Problem 1, try 1')");
        page.press("/");
        assertEquals("query", page.evaluate("document.activeElement.id").asString());
    }

    @Test
    void filters_and_search_leave_what_they_name() throws IOException {
        Browser page = opened(Pages.page(4, 4, 300));
        page.evaluate("query.value = 'NEEDLE'; query.dispatchEvent(new Event('input'))");
        page.await("progress.textContent.includes('attempts hold')");
        assertEquals("1 of 16 attempts", page.evaluate("count.textContent").asString());
        page.evaluate("document.querySelector('#grid button:not(.off)').click()");
        page.await("document.querySelectorAll('#panes mark').length > 0");
        assertEquals(
                "needle", page.evaluate("document.querySelector('mark').textContent").asString());
        page.evaluate("query.value = ''; query.dispatchEvent(new Event('input'))");
        page.await("count.textContent.startsWith('16 ')");
        page.evaluate("document.getElementById('want-wrong').click()");
        int wrong = page.evaluate("document.querySelectorAll('#grid .v1').length").asInt();
        assertEquals(
                (16 - wrong) + " of 16 attempts", page.evaluate("count.textContent").asString());
    }

    @Test
    void two_thousand_long_traces_are_read_one_at_a_time() throws IOException {
        Browser page = opened(Pages.page(50, 40, 20_000));
        assertEquals("2000 of 2000 attempts", page.evaluate("count.textContent").asString());
        page.evaluate("[...document.querySelectorAll('#grid button')].at(-1).click()");
        page.await(
                "document.getElementById('thinking').textContent.includes('Problem 49, try 40')");
    }

    @Test
    void thinking_that_finds_no_place_is_said_to_be_left_out() throws IOException {
        Browser page = browser();
        page.open(write(Pages.page(2, 2, 5000), 0));
        page.evaluate("[...document.querySelectorAll('#grid button')].at(-1).click()");
        page.await(
                "document.getElementById('thinking').textContent.includes('left out of this page')");
        assertTrue(page.evaluate("answer.textContent").asString().contains("boxed{42}"));
    }

    @Test
    void it_fits_a_narrow_screen_and_prints() throws IOException {
        Browser page = opened(Pages.page(30, 16, 600));
        page.evaluate("document.querySelector('#grid button').click()");
        page.await("document.getElementById('thinking').textContent.length > 100");
        keep("light", page.screenshot());
        page.colours("dark");
        String paper = page.evaluate("getComputedStyle(document.body).backgroundColor").asString();
        assertEquals("rgb(21, 24, 28)", paper);
        keep("dark", page.screenshot());
        page.colours("light");
        page.size(390, 844);
        assertEquals(
                page.evaluate("document.documentElement.clientWidth").asInt(),
                page.evaluate("document.documentElement.scrollWidth").asInt(),
                "nothing sticks out");
        keep("narrow", page.screenshot());
        page.size(1200, 900);
        page.prints(true);
        keep("print", page.screenshot());
        assertEquals("none", page.evaluate("getComputedStyle(reader).display").asString());
        page.prints(false);
        byte[] pdf = page.pdf();
        assertEquals("%PDF", new String(pdf, 0, 4, StandardCharsets.US_ASCII));
    }

    private static void keep(String name, byte[] png) throws IOException {
        String folder = System.getProperty("tramontane.screenshots", "");
        if (!folder.isEmpty()) {
            Files.write(Path.of(folder, name + ".png"), png);
        }
        assertTrue(png.length > 10_000, "a picture of something");
    }
}
