package dev.tramontane.train.command;

import dev.tramontane.eval.suite.Language;
import dev.tramontane.eval.suite.ProblemFamily;
import dev.tramontane.train.nano.Lessons;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Where examples come from.
sealed interface LessonSource {
    /// Files of lines.
    record Files(List<Path> files) implements LessonSource {
        public Files {
            files = List.copyOf(files);
        }
    }

    /// Problems that are made on the spot.
    record Suite(Lessons.Mix mix) implements LessonSource {}

    /// Reads `conversations` or `suite`.
    static LessonSource read(Settings keys) {
        List<Path> files = keys.paths("conversations");
        Optional<Settings> suite = keys.optionalPart("suite");
        if (files.isEmpty() == suite.isEmpty()) {
            throw keys.wrong(
                    "conversations",
                    files.isEmpty()
                            ? "is missing, expected files of conversations, or suite; add one"
                            : "stands beside suite, expected one of the two; leave one out");
        }
        keys.end();
        return suite.<LessonSource>map(LessonSource::suite).orElseGet(() -> new Files(files));
    }

    private static Suite suite(Settings keys) {
        List<ProblemFamily> families = families(keys);
        List<Language> languages = languages(keys);
        List<Integer> levels = keys.numbers("levels", List.of(1, 1, 1));
        keys.end();
        return keys.made(() -> new Suite(new Lessons.Mix(families, languages, levels)));
    }

    /// Families by their keys, or all.
    static List<ProblemFamily> families(Settings keys) {
        List<String> known = ProblemFamily.all().stream().map(ProblemFamily::key).toList();
        List<String> names = keys.texts("families");
        for (String name : names) {
            if (!known.contains(name)) {
                throw keys.unknown("families", name, known);
            }
        }
        return ProblemFamily.all().stream()
                .filter(family -> names.isEmpty() || names.contains(family.key()))
                .toList();
    }

    /// Languages by their codes, or all.
    static List<Language> languages(Settings keys) {
        List<String> known = Stream.of(Language.values()).map(Language::code).toList();
        List<Language> languages = new ArrayList<>();
        for (String code : keys.texts("languages")) {
            languages.add(
                    Language.of(code).orElseThrow(() -> keys.unknown("languages", code, known)));
        }
        return languages.isEmpty() ? List.of(Language.values()) : languages;
    }
}
