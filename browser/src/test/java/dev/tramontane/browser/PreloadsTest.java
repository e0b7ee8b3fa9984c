package dev.tramontane.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The page's modules are asked for at once, not one behind the other as their imports are read.
class PreloadsTest {
    private static final Path UI = Path.of("../ui");
    private static final Pattern IMPORTED =
            Pattern.compile("(?ms)^import\\s(?:[^;]*?\\sfrom\\s)?\"([^\"]+)\"");
    private static final Pattern PRELOADED =
            Pattern.compile("rel=\"modulepreload\" href=\"([^\"]+)\"");
    private static final Pattern LATER = Pattern.compile("(?m)^ +\"([^\"]+)\",?$");

    @Test
    void every_module_that_the_page_begins_with_is_preloaded_and_no_other() throws IOException {
        NavigableSet<String> needed = needed("/ui/app.js");
        needed.remove("/ui/app.js");
        assertEquals(needed, named(PRELOADED));
        assertTrue(needed.size() > 15, "its imports were found: " + needed);
    }

    @Test
    void what_shows_messages_comes_later_and_all_of_it() throws IOException {
        NavigableSet<String> later = needed("/ui/turn.js");
        later.removeAll(needed("/ui/app.js"));
        assertEquals(later, named(LATER));
        assertTrue(later.contains("/ui/answer/answer.js"), later.toString());
    }

    private static NavigableSet<String> named(Pattern pattern) throws IOException {
        NavigableSet<String> modules = new TreeSet<>();
        pattern.matcher(Files.readString(UI.resolve("index.html")))
                .results()
                .forEach(found -> modules.add(found.group(1)));
        return modules;
    }

    /// A module and all that it imports before it runs.
    private static NavigableSet<String> needed(String module) throws IOException {
        NavigableSet<String> needed = new TreeSet<>();
        gather(module, needed);
        return needed;
    }

    private static void gather(String module, NavigableSet<String> needed) throws IOException {
        if (!needed.add(module) || module.startsWith("/webjars/")) {
            return;
        }
        String source = Files.readString(UI.resolve(module.substring("/ui/".length())));
        for (MatchResult found : IMPORTED.matcher(source).results().toList()) {
            String name = found.group(1);
            gather(
                    name.startsWith("/")
                            ? name
                            : Path.of(module).resolveSibling(name).normalize().toString(),
                    needed);
        }
    }
}
