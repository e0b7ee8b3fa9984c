package dev.tramontane.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;
import java.util.concurrent.TimeUnit;

/// The tests' own eyes see: a barrier, a complaint, a request.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ChromiumTest {
    @Test
    void what_is_wrong_with_a_page_is_found() {
        try (Chromium chromium = Chromium.open(ChromiumTest.class);
                Tab tab = chromium.tab()) {
            tab.page.setContent(
                    "<html lang=en><title>A page</title><main><h1>All is well</h1></main></html>");
            assertEquals(List.of(), tab.barriers());
            tab.page.setContent(
                    "<html><main><h1 style='color:#aaa'>Pale</h1><img src='http://127.0.0.1:1/x.png'><button></button></main></html>");
            String barriers = String.join("\n", tab.barriers());
            for (String rule :
                    List.of("html-has-lang", "color-contrast", "image-alt", "button-name")) {
                assertTrue(barriers.contains(rule + ": "), rule + " is not in " + barriers);
            }
            assertTrue(tab.requests().contains("http://127.0.0.1:1/x.png"));
            tab.evaluate("setTimeout(() => { throw new Error('a complaint') })");
            tab.await("new Promise(done => setTimeout(() => done(true)))");
            assertTrue(tab.complaints().toString().contains("a complaint"));
            assertEquals(List.of(), tab.complaints(), "told once");
        }
    }
}
