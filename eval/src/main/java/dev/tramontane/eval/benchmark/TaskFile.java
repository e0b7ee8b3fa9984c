package dev.tramontane.eval.benchmark;

import dev.tramontane.eval.items.ItemShape;
import dev.tramontane.eval.yaml.Fields;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads task files: YAML, of which JSON is a part. `docs/evaluation.md` describes every key.
final class TaskFile {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Fields.Manual MANUAL =
            new Fields.Manual("docs/evaluation.md", TaskFileException::new);

    private TaskFile() {}

    /// @param place the file, for messages
    /// @throws TaskFileException when it is no task
    static Benchmark read(String place, byte[] bytes) {
        Fields task = Fields.read(place, bytes, MANUAL);
        try {
            return benchmark(task, Seeds.digest(bytes));
        } catch (TaskFileException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new TaskFileException(place + ": " + e.getMessage(), e);
        }
    }

    private static Benchmark benchmark(Fields task, String sha256) {
        String name = task.text("name");
        if (!NAME.matcher(name).matches()) {
            throw task.wrong(
                    "name", "is " + name + ", expected small letters, digits, hyphens and dots");
        }
        var about =
                new Benchmark.About(
                        task.optional("title").orElse(name),
                        task.optional("summary").orElse("").strip(),
                        task.optional("licence").orElse("not stated").strip(),
                        sha256);
        var benchmark =
                new Benchmark(
                        name,
                        about,
                        prompt(task),
                        sampling(task),
                        task.whole("samples", 1),
                        task.text("scorer"),
                        source(
                                task.below("items")
                                        .orElseThrow(
                                                () ->
                                                        task.wrong(
                                                                "items",
                                                                "is missing, expected where they are"))),
                        published(task));
        task.end();
        return benchmark;
    }

    private static Prompt prompt(Fields task) {
        Optional<String> system = task.optional("system");
        Object user = task.take("prompt").orElse("");
        Map<String, String> users = new LinkedHashMap<>();
        if (user instanceof Map<?, ?> map) {
            map.forEach(
                    (language, text) -> users.put(String.valueOf(language), String.valueOf(text)));
        } else {
            users.put("", String.valueOf(user));
        }
        users.values().removeIf(String::isBlank);
        if (users.isEmpty()) {
            throw task.wrong("prompt", "is missing, expected a text with {{question}}");
        }
        return new Prompt(system, users);
    }

    private static Benchmark.Sampling sampling(Fields task) {
        Fields sampling = task.below("sampling").orElseGet(() -> task.of(task.place(), Map.of()));
        var read =
                new Benchmark.Sampling(
                        (float) sampling.number("temperature", 0.7),
                        (float) sampling.number("top-p", 0.95),
                        sampling.whole("top-k", 0),
                        (float) sampling.number("min-p", 0),
                        sampling.whole("max-tokens", 40_960));
        sampling.end();
        return read;
    }

    private static ItemSource source(Fields items) {
        if (items.has("generate")) {
            String suite = items.text("generate");
            if (!suite.equals("nano-suite")) {
                throw items.wrong("generate", "is " + suite + ", expected nano-suite");
            }
            var generated =
                    new ItemSource.Generated(
                            items.whole("problems", 180),
                            GeneratedItems.choice(
                                    items.texts("families"),
                                    items.texts("languages"),
                                    items.wholes("levels")));
            items.end();
            return generated;
        }
        var source =
                new ItemSource.Files(
                        items.optional("dataset"),
                        items.flag("gated"),
                        files(items),
                        items.texts("columns"),
                        shape(items),
                        keep(items));
        items.end();
        return source;
    }

    /// A name, a list of names, or names by language; each may be a mapping with its sha256.
    private static List<ItemSource.PublishedFile> files(Fields items) {
        Object node = items.take("files").orElse(List.of());
        List<ItemSource.PublishedFile> files = new ArrayList<>();
        switch (node) {
            case Map<?, ?> byLanguage ->
                    byLanguage.forEach(
                            (language, file) ->
                                    files.add(
                                            file(
                                                    items,
                                                    file,
                                                    Optional.of(String.valueOf(language)))));
            case List<?> list ->
                    list.forEach(file -> files.add(file(items, file, Optional.empty())));
            default -> files.add(file(items, node, Optional.empty()));
        }
        if (files.isEmpty()) {
            throw items.wrong("files", "is missing, expected the names of the files");
        }
        return files;
    }

    private static ItemSource.PublishedFile file(
            Fields items, Object node, Optional<String> language) {
        if (!(node instanceof Map)) {
            return new ItemSource.PublishedFile(String.valueOf(node), language, Optional.empty());
        }
        var file = items.of(items.place() + ": files", node);
        var read =
                new ItemSource.PublishedFile(file.text("path"), language, file.optional("sha256"));
        if (!read.sha256().map(text -> SHA256.matcher(text).matches()).orElse(true)) {
            throw file.wrong("sha256", "is no digest, expected 64 hexadecimal digits");
        }
        file.end();
        return read;
    }

    private static ItemShape shape(Fields items) {
        String shape = items.optional("shape").orElse("question-and-answer");
        return switch (shape) {
            case "question-and-answer" ->
                    new ItemShape.QuestionAndAnswer(
                            items.optional("id"),
                            items.optional("question").orElse("question"),
                            items.optional("answer").orElse("answer"),
                            items.optional("answer-behind"));
            case "right-and-wrong" ->
                    new ItemShape.RightAndWrong(
                            items.optional("id"),
                            items.optional("question").orElse("question"),
                            items.text("right"),
                            items.texts("wrong"));
            case "examination" ->
                    new ItemShape.Examination(
                            items.optional("id"),
                            items.optional("question").orElse("question"),
                            items.optional("answer").orElse("answer"),
                            items.text("type"));
            case "livecodebench" -> new ItemShape.LiveCode();
            default ->
                    throw items.wrong(
                            "shape",
                            "is "
                                    + shape
                                    + ", expected question-and-answer, right-and-wrong,"
                                    + " examination or livecodebench");
        };
    }

    private static List<ItemSource.Keep> keep(Fields items) {
        List<ItemSource.Keep> keep = new ArrayList<>();
        Optional<Fields> all = items.below("keep");
        if (all.isPresent()) {
            all.get()
                    .rest()
                    .forEach(
                            (column, rule) -> {
                                if (rule instanceof Map) {
                                    var range = items.of(items.place() + ": keep", rule);
                                    keep.add(
                                            new ItemSource.Keep(
                                                    column,
                                                    Optional.empty(),
                                                    range.optional("from"),
                                                    range.optional("until")));
                                    range.end();
                                } else {
                                    Optional<String> is = Optional.of(String.valueOf(rule));
                                    keep.add(
                                            new ItemSource.Keep(
                                                    column,
                                                    is,
                                                    Optional.empty(),
                                                    Optional.empty()));
                                }
                            });
        }
        return keep;
    }

    /// `published: {SOURCE: {MODEL: {METRIC: PERCENT}}}`.
    private static List<PublishedFigure> published(Fields task) {
        List<PublishedFigure> figures = new ArrayList<>();
        Optional<Fields> sources = task.below("published");
        if (sources.isEmpty()) {
            return figures;
        }
        String place = sources.get().place();
        sources.get()
                .rest()
                .forEach(
                        (source, models) ->
                                task.of(place, models)
                                        .rest()
                                        .forEach(
                                                (model, metrics) -> {
                                                    var values =
                                                            task.of(place + ": " + model, metrics);
                                                    for (String metric : values.names()) {
                                                        figures.add(
                                                                new PublishedFigure(
                                                                        model,
                                                                        metric,
                                                                        values.number(metric, 0),
                                                                        source));
                                                    }
                                                }));
        return figures;
    }
}
