package dev.tramontane.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;

import dev.tramontane.engine.EngineOptions;
import dev.tramontane.nano.Nano;
import dev.tramontane.server.LocalModels;
import dev.tramontane.server.LocalSettings;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The page over a model that computes: the embedded one, whatever it has learned by now.
final class EmbeddedModelTest extends BrowserTest {
    private static final int BUDGET = 256;
    private static final Pattern THOUGHT = Pattern.compile("· ([\\d,]+) tokens?");

    private LocalSettings nano() throws IOException {
        Path model = folder.resolve("nano.gguf");
        Files.write(model, Nano.bytes());
        Files.write(folder.resolve("system_prompt.txt"), Nano.systemPrompt());
        return LocalSettings.of("nano", model, EngineOptions.defaults().withContext(1024));
    }

    @Test
    void the_embedded_model_thinks_within_its_budget_answers_and_is_watched() throws IOException {
        try (LocalModels models = LocalModels.of(List.of(nano()), LocalModels.Memory.ANY);
                Visit visit = Visit.to(chromium(), folder, List.copyOf(models.offers()))) {
            Locator budget = visit.page.getByLabel("Thinking budget");
            budget.focus();
            visit.page.keyboard().press("ArrowRight");
            assertThat(budget).hasAttribute("aria-valuetext", BUDGET + " tokens");
            visit.say("A train leaves at 9:40 and arrives at 13:15. How long is the trip?");
            visit.answer().locator(".reasoning").waitFor();
            visit.awaitIdle();
            assertThat(visit.answer().locator(".problem")).isHidden();
            int thought = tokens(visit.answer().locator(".reasoning-label").textContent());
            assertTrue(thought > 0 && thought <= BUDGET + 8, "thought for " + thought);
            visit.page.keyboard().press("Control+Shift+E");
            visit.say("Say hello.");
            visit.awaitAnnounced("The answer is ready");
            visit.awaitIdle();
            assertThat(visit.answer().locator(".reasoning")).isHidden();
            assertThat(visit.answer().locator(".badge")).containsText("tokens/s");
            visit.button("Status").click();
            Locator card = visit.page.locator(".card").first();
            assertThat(card.locator("h2")).hasText("nano");
            assertThat(card.locator(".state-label")).hasText("loaded");
            assertThat(card).containsText(Pattern.compile("0 of \\d"));
            assertEquals(List.of(), visit.tab.barriers());
            visit.tab.keep("status-nano");
            visit.assertClean();
        }
    }

    private static int tokens(String label) {
        return THOUGHT.matcher(label)
                .results()
                .findFirst()
                .map((MatchResult found) -> Integer.parseInt(found.group(1).replace(",", "")))
                .orElseThrow(() -> new AssertionError(label));
    }
}
