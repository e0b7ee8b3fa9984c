package dev.tramontane.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;

import dev.tramontane.server.Models;
import dev.tramontane.server.Offer;
import dev.tramontane.server.Prices;
import dev.tramontane.server.Server;
import dev.tramontane.server.ServerConfig;
import dev.tramontane.server.Terms;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Somebody who opened the chat page: the real server over a {@link Stage}, and a tab.
///
/// The server offers two models of one stage: `thinker`, which thinks and has its price, and
/// `seer`, which sees and does not think.
final class Visit implements AutoCloseable {
    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

    /// One for each token, whichever it is.
    private static final Terms PRICED =
            Terms.USUAL.withPrices(new Prices(MILLION, MILLION, MILLION, MILLION));

    final Stage stage = new Stage();
    final Tab tab;
    final Page page;
    private final Server server;
    private final String address;

    private Visit(
            Chromium chromium,
            Browser.NewContextOptions options,
            ServerConfig config,
            List<Offer> others) {
        List<Offer> offers = new ArrayList<>(others);
        if (others.isEmpty()) {
            offers.add(stage.served("thinker", "Thinker", true, false, PRICED));
            offers.add(stage.served("seer", "Seer", false, true, Terms.USUAL));
        }
        try {
            server = Server.start(config, new Models(offers));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        address = "http://127.0.0.1:" + server.port();
        tab = chromium.tab(options);
        page = tab.page;
    }

    /// As a person with default settings has it, with conversations in a folder.
    static Visit of(Chromium chromium, Path folder) {
        return of(chromium, folder, desk());
    }

    static Visit of(Chromium chromium, Path folder, Browser.NewContextOptions options) {
        return of(chromium, options, config(folder), List.of());
    }

    /// To a server with other models than the stage's.
    static Visit to(Chromium chromium, Path folder, List<Offer> models) {
        return to(chromium, folder, desk(), models);
    }

    static Visit to(
            Chromium chromium, Path folder, Browser.NewContextOptions options, List<Offer> models) {
        return of(chromium, options, config(folder), models);
    }

    private static Visit of(
            Chromium chromium,
            Browser.NewContextOptions options,
            ServerConfig config,
            List<Offer> models) {
        var visit = new Visit(chromium, options, config, models);
        visit.open("/");
        return visit;
    }

    /// Not opened yet.
    static Visit with(Chromium chromium, ServerConfig config) {
        return new Visit(chromium, desk(), config, List.of());
    }

    static Browser.NewContextOptions desk() {
        return new Browser.NewContextOptions().setViewportSize(1280, 800);
    }

    /// Answers that a scenario leaves open hold nobody up.
    static ServerConfig config(Path folder) {
        try {
            Path file = Files.createTempDirectory(folder, "store").resolve("conversations.db");
            return ServerConfig.local(0)
                    .withStore(file.toUri())
                    .withLimits(ServerConfig.Limits.STANDARD.withGrace(Duration.ZERO));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address() {
        return address;
    }

    int port() {
        return server.port();
    }

    void open(String path) {
        openAt(address + path);
    }

    void openAt(String url) {
        page.navigate(url);
        awaitReady();
    }

    void reload() {
        page.reload();
        awaitReady();
    }

    private void awaitReady() {
        page.waitForSelector("html[data-ready]");
    }

    Locator field() {
        return page.locator("#message");
    }

    /// Writes a message and sends it.
    void say(String text) {
        field().fill(text);
        field().press("Enter");
    }

    /// Says something and has it answered; returns when the page shows the answer.
    void converse(String text, String answer) {
        say(text);
        stage.next().text(answer).finish();
        answer().getByText(answer).waitFor();
        awaitIdle();
    }

    /// Until the answer has its tools; its title may come later.
    void awaitIdle() {
        tab.await("!document.querySelector('.turn[aria-busy=true]')");
        page.locator(".turn.assistant .tools button").last().waitFor();
    }

    /// The last answer.
    Locator answer() {
        return page.locator(".turn.assistant").last();
    }

    Locator button(String name) {
        return tab.button(name);
    }

    /// Chooses from the menu that is open.
    void choose(String item) {
        page.locator(".menu .menu-text > span:first-child")
                .getByText(item, new Locator.GetByTextOptions().setExact(true))
                .click();
    }

    /// The titles in the sidebar, from above.
    List<String> titles() {
        return page.locator(".conversation-title").allTextContents();
    }

    void awaitTitles(String... titles) {
        String wanted = String.join("|", titles);
        tab.await(
                "wanted => [...document.querySelectorAll('.conversation-title')].map(t => t.textContent).join('|') === wanted",
                wanted);
    }

    /// Until a screen reader was told so.
    void awaitAnnounced(String words) {
        tab.await(
                "words => document.getElementById('announcer').textContent.includes(words)", words);
    }

    /// The server ends while the page is open.
    void stop() {
        server.close();
    }

    /// That nothing went wrong, and nothing was asked for elsewhere.
    void assertClean() {
        assertEquals(List.of(), tab.complaints());
        assertEquals(
                List.of(),
                tab.requests().stream()
                        .filter(
                                url ->
                                        !url.startsWith("http://127.0.0.1:")
                                                && !url.startsWith("data:")
                                                && !url.startsWith("blob:"))
                        .toList());
    }

    @Override
    public void close() {
        tab.close();
        server.close();
    }
}
