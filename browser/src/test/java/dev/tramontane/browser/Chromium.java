package dev.tramontane.browser;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The machine's Chromium without a screen, driven by Playwright, whose own program runs on the
/// machine's Node. The thread that opened it alone may use it and what it opened.
///
/// Each opening has a profile of its own that is gone afterwards, and each {@link Tab} cookies and
/// storage of its own.
final class Chromium implements AutoCloseable {
    private static final List<String> FLAGS =
            List.of(
                    "--no-sandbox", // tests may run as root
                    "--disable-gpu",
                    "--disable-dev-shm-usage",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--disable-quic");

    /// However busy the machine.
    static final double LONGEST_MILLIS = 120_000;

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(Path program, Path node) {
        PlaywrightAssertions.setDefaultAssertionTimeout(LONGEST_MILLIS);
        playwright =
                Playwright.create(
                        new Playwright.CreateOptions()
                                .setEnv(
                                        Map.of(
                                                "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
                                                "1",
                                                "PLAYWRIGHT_NODEJS_PATH",
                                                node.toString())));
        browser =
                playwright
                        .chromium()
                        .launch(
                                new BrowserType.LaunchOptions()
                                        .setExecutablePath(program)
                                        .setHeadless(true)
                                        .setChromiumSandbox(false)
                                        .setTimeout(LONGEST_MILLIS)
                                        .setArgs(FLAGS));
    }

    /// The browser, or a test that says why it is skipped.
    static Chromium open(Class<?> test) {
        Optional<Path> program = onPath("chromium", "chromium-browser", "google-chrome");
        Optional<Path> node = onPath("node", "nodejs");
        String missing = program.isEmpty() ? "chromium" : "node";
        boolean isHere = program.isPresent() && node.isPresent();
        if (!isHere) {
            System.err.printf(
                    "%s is SKIPPED: no %s on this machine%n", test.getSimpleName(), missing);
        }
        assumeTrue(isHere, "no " + missing + " on this machine");
        return new Chromium(program.orElseThrow(), node.orElseThrow());
    }

    private static Optional<Path> onPath(String... names) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin");
        return Stream.of(names)
                .flatMap(
                        name ->
                                Arrays.stream(path.split(File.pathSeparator))
                                        .map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// An empty tab of 1280 by 800 in English, as a person with default settings has it.
    Tab tab() {
        return tab(new Browser.NewContextOptions().setViewportSize(1280, 800));
    }

    Tab tab(Browser.NewContextOptions options) {
        BrowserContext context = browser.newContext(options.setLocale(localeOf(options)));
        context.setDefaultTimeout(LONGEST_MILLIS);
        return new Tab(context);
    }

    private static String localeOf(Browser.NewContextOptions options) {
        return options.locale == null ? "en-GB" : options.locale;
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
