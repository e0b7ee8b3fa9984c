package dev.tramontane.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What people read, in every language of the page.
class LanguagesTest {
    private static final Path UI = Path.of("../ui");
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern PLACE = Pattern.compile("\\{\\w+}");
    private static final Pattern USED = Pattern.compile("\\bt\\(\"([\\w.]+)\"");
    private static final Pattern BUILT = Pattern.compile("\\bt\\(`([\\w.]+)\\$\\{");

    private static JsonNode texts(String language) throws IOException {
        return JSON.readTree(UI.resolve("languages/" + language + ".json").toFile());
    }

    private static SortedSet<String> keys(JsonNode texts) {
        return new TreeSet<>(texts.propertyNames());
    }

    /// The places of a text, without the count, which a form such as "one page" may do without.
    private static Set<String> places(String text) {
        Set<String> places = new TreeSet<>();
        PLACE.matcher(text).results().forEach(found -> places.add(found.group()));
        places.remove("{count}");
        return places;
    }

    /// Categories of CLDR 48 for whole numbers and fractions.
    @ParameterizedTest
    @CsvSource({
        "en, one other",
        "fr, one many other",
        "de, one other",
        "es, one many other",
        "it, one many other",
        "ar, zero one two few many other",
        "ru, one few many other",
        "zh, other",
        "ja, other"
    })
    void every_language_has_every_text_with_its_places_and_forms(String language, String forms)
            throws IOException {
        JsonNode english = texts("en");
        JsonNode texts = texts(language);
        assertEquals(keys(english), keys(texts));
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : texts.properties()) {
            String key = entry.getKey();
            JsonNode original = english.get(key);
            JsonNode text = entry.getValue();
            if (text.isObject() != original.isObject()) {
                wrong.add(key + " counts in one language alone");
                continue;
            }
            if (text.isObject() && !keys(text).equals(new TreeSet<>(List.of(forms.split(" "))))) {
                wrong.add(key + " has the forms " + keys(text) + ", expected " + forms);
            }
            Set<String> expected =
                    places(
                            original.isObject()
                                    ? original.get("other").asString()
                                    : original.asString());
            Stream<JsonNode> told = text.isObject() ? text.valueStream() : Stream.of(text);
            told.filter(
                            form ->
                                    form.asString().isBlank()
                                            || !places(form.asString()).equals(expected))
                    .forEach(form -> wrong.add(key + " has other places: " + form));
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void what_the_page_says_is_all_there_and_nothing_is_there_in_vain() throws IOException {
        SortedSet<String> known = keys(texts("en"));
        Set<String> missing = new TreeSet<>();
        Set<String> idle = new TreeSet<>(known);
        for (String source : sources()) {
            USED.matcher(source)
                    .results()
                    .map(found -> found.group(1))
                    .filter(key -> !known.contains(key))
                    .forEach(missing::add);
            BUILT.matcher(source)
                    .results()
                    .map(found -> found.group(1))
                    .forEach(
                            begin -> {
                                if (known.tailSet(begin).isEmpty()
                                        || !known.tailSet(begin).first().startsWith(begin)) {
                                    missing.add(begin);
                                }
                                idle.removeIf(key -> key.startsWith(begin));
                            });
            idle.removeIf(key -> source.contains("\"" + key + "\""));
        }
        assertEquals(Set.of(), missing, "texts that there are none of");
        assertEquals(Set.of(), idle, "texts that nothing says");
        assertTrue(known.size() > 100);
    }

    private static List<String> sources() throws IOException {
        List<String> sources = new ArrayList<>();
        try (Stream<Path> files = Files.walk(UI)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".js")).toList()) {
                sources.add(Files.readString(file));
            }
        }
        return sources;
    }
}
