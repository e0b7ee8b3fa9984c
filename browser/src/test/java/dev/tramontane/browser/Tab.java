package dev.tramontane.browser;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// One tab, and what it asked for and complained of. `-Dtramontane.screenshots=DIR` keeps what
/// {@link #keep} shows.
final class Tab implements AutoCloseable {
    private static final String AXE = script("/axe.min.js");

    /// The rules of WCAG 2.0 to 2.2 at levels A and AA, and what axe holds to be good practice.
    private static final String VIOLATIONS =
            """
            async () => {
              const found = await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
              return found.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 200)} (${n.failureSummary})`))
            }
            """;

    private static final double MILLIS_BETWEEN_LOOKS = 20;

    private final BrowserContext context;
    final Page page;
    private final List<String> requests = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();

    Tab(BrowserContext context) {
        this.context = context;
        context.onRequest(request -> requests.add(request.url()));
        context.onConsoleMessage(
                message -> {
                    if (message.type().equals("error") || message.type().equals("warning")) {
                        complaints.add(message.text() + " at " + message.location());
                    }
                });
        context.onWebError(error -> complaints.add(error.error()));
        page = context.newPage();
    }

    private static String script(String resource) {
        try (InputStream in = Tab.class.getResourceAsStream(resource)) {
            return new String(
                    Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    BrowserContext context() {
        return context;
    }

    /// Every address that was asked for, whether or not an answer came.
    List<String> requests() {
        return requests;
    }

    /// Errors and warnings of the console, and what scripts threw. Each is told once.
    List<String> complaints() {
        List<String> told = List.copyOf(complaints);
        complaints.clear();
        return told;
    }

    @Nullable Object evaluate(String expression) {
        return page.evaluate(expression);
    }

    /// Waits until that is true. Asked for from here, since Playwright's own waiting evaluates
    /// strings, which the page's policy forbids.
    void await(String expression) {
        await(expression, null);
    }

    /// The same for a function of the page's language, of one argument.
    void await(String function, @Nullable Object argument) {
        long end = System.nanoTime() + (long) (Chromium.LONGEST_MILLIS * 1e6);
        while (!Boolean.TRUE.equals(page.evaluate(function, argument))) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain for " + function);
            }
            page.waitForTimeout(MILLIS_BETWEEN_LOOKS);
        }
    }

    Locator button(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    /// What hinders people, each with its place; empty when all is well.
    List<String> barriers() {
        if (!Boolean.TRUE.equals(page.evaluate("typeof axe === 'object'"))) {
            page.evaluate(AXE);
        }
        return ((List<?>) Objects.requireNonNull(page.evaluate(VIOLATIONS)))
                .stream().map(String::valueOf).toList();
    }

    /// Keeps what is shown as NAME.png, where somebody wants to see it.
    void keep(String name) {
        screenshots()
                .ifPresent(
                        folder ->
                                page.screenshot(
                                        new Page.ScreenshotOptions()
                                                .setPath(folder.resolve(name + ".png"))));
    }

    private static Optional<Path> screenshots() {
        Optional<Path> folder =
                Optional.ofNullable(System.getProperty("tramontane.screenshots")).map(Path::of);
        folder.ifPresent(
                path -> {
                    try {
                        Files.createDirectories(path);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
        return folder;
    }

    @Override
    public void close() {
        context.close();
    }
}
