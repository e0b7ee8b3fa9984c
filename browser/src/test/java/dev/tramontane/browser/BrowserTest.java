package dev.tramontane.browser;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// What tests in the browser share: one browser for a class, a folder for what servers keep.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
abstract class BrowserTest {
    @TempDir Path folder = Path.of("");

    private @Nullable Chromium chromium;

    @BeforeAll
    void openBrowser() {
        chromium = Chromium.open(getClass());
    }

    @AfterAll
    void closeBrowser() {
        if (chromium != null) {
            chromium.close();
        }
    }

    Chromium chromium() {
        return Objects.requireNonNull(chromium);
    }

    Visit visit() {
        return Visit.of(chromium(), folder);
    }
}
