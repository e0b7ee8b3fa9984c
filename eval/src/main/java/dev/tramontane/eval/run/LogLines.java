package dev.tramontane.eval.run;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.benchmark.PublishedFigure;
import dev.tramontane.sampling.FinishReason;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The lines of a log, from and to JSON.
///
/// ```
/// {"kind":"run", "harness":{…}, "task":{…}, "model":{…}, "settings":{…}, "started":"…"}
/// {"kind":"attempt", "problem":"…", "sample":0, "budget":"default", "correct":true, …}
/// ```
final class LogLines {
    /// How a header begins, and nothing else of a log.
    static final String RUN = "{\"kind\":\"run\"";

    private static final int LONGEST_CHARS = 256 << 20;
    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxStringLength(LONGEST_CHARS)
                                                    .build())
                                    .build())
                    .build();

    private LogLines() {}

    /// A line that is none of a log.
    static final class WrongLineException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        WrongLineException(String message) {
            super(message);
        }
    }

    /// Whether a line, or as much of it as is there, begins as a header does.
    static boolean beginsRun(String line) {
        return line.startsWith(RUN) || RUN.startsWith(line);
    }

    static String line(RunHeader header) {
        ObjectNode line = MAPPER.createObjectNode().put("kind", "run");
        line.putObject("harness")
                .put("version", header.harness().version())
                .put("log", header.harness().log())
                .put("java", header.harness().java());
        RunHeader.Task task = header.task();
        ObjectNode about =
                line.putObject("task")
                        .put("name", task.name())
                        .put("title", task.title())
                        .put("file_sha256", task.file())
                        .put("items_sha256", task.items())
                        .put("problems", task.problems())
                        .put("scorer", task.scorer());
        ArrayNode published = about.putArray("published");
        for (PublishedFigure each : task.published()) {
            published
                    .addObject()
                    .put("model", each.model())
                    .put("metric", each.metric())
                    .put("percent", each.percent())
                    .put("source", each.source());
        }
        RunHeader.Model model = header.model();
        ObjectNode who =
                line.putObject("model").put("name", model.name()).put("place", model.place());
        model.sha256().ifPresent(text -> who.put("sha256", text));
        model.reported().ifPresent(text -> who.put("reported", text));
        model.format().ifPresent(text -> who.put("format", text));
        model.context().ifPresent(number -> who.put("context", number));
        RunHeader.Settings settings = header.settings();
        ObjectNode how =
                line.putObject("settings")
                        .put("temperature", settings.temperature())
                        .put("top_p", settings.topP())
                        .put("top_k", settings.topK())
                        .put("min_p", settings.minP())
                        .put("max_tokens", settings.maxTokens())
                        .put("samples", settings.samples());
        ArrayNode budgets = how.putArray("budgets");
        settings.budgets().forEach(budgets::add);
        how.put("seed", settings.seed());
        return line.put("started", header.started()).toString();
    }

    static String line(Attempt attempt) {
        Attempt.Key key = attempt.key();
        ObjectNode line =
                MAPPER.createObjectNode()
                        .put("kind", "attempt")
                        .put("problem", key.problem())
                        .put("sample", key.sample())
                        .put("budget", key.budget());
        if (!key.language().isEmpty()) {
            line.put("language", key.language());
        }
        line.put("prompt_sha256", attempt.prompt()).put("seed", attempt.seed());
        switch (attempt.outcome()) {
            case Attempt.Graded(Grade grade, FinishReason why, boolean truncated) -> {
                line.put("correct", grade.correct());
                grade.extracted()
                        .ifPresentOrElse(
                                text -> line.put("extracted", text),
                                () -> line.putNull("extracted"));
                grade.choice().ifPresent(text -> line.put("choice", text));
                line.put("why", grade.why())
                        .put("finish_reason", why.name().toLowerCase(Locale.ROOT))
                        .put("truncated", truncated);
            }
            case Attempt.Failed(String error) -> line.put("error", error);
        }
        line.put("prompt_tokens", attempt.spent().promptTokens())
                .put("thinking_tokens", attempt.spent().thinkingTokens())
                .put("answer_tokens", attempt.spent().answerTokens())
                .put("seconds", attempt.spent().seconds());
        ArrayNode interventions = line.putArray("interventions");
        attempt.interventions().forEach(interventions::add);
        return line.put("thinking", attempt.thinking()).put("answer", attempt.answer()).toString();
    }

    /// @throws WrongLineException when it is no such line
    static RunHeader header(String text) {
        JsonNode line = parse(text, "run");
        JsonNode harness = line.path("harness");
        JsonNode task = line.path("task");
        List<PublishedFigure> published = new ArrayList<>();
        for (JsonNode each : task.path("published")) {
            published.add(
                    new PublishedFigure(
                            text(each, "model"),
                            text(each, "metric"),
                            number(each, "percent"),
                            text(each, "source")));
        }
        JsonNode model = line.path("model");
        JsonNode settings = line.path("settings");
        List<String> budgets = new ArrayList<>();
        settings.path("budgets").forEach(each -> budgets.add(each.asString("")));
        return new RunHeader(
                new RunHeader.Harness(
                        text(harness, "version"), whole(harness, "log"), text(harness, "java")),
                new RunHeader.Task(
                        text(task, "name"),
                        text(task, "title"),
                        text(task, "file_sha256"),
                        text(task, "items_sha256"),
                        whole(task, "problems"),
                        text(task, "scorer"),
                        published),
                new RunHeader.Model(
                        text(model, "name"),
                        text(model, "place"),
                        optional(model, "sha256"),
                        optional(model, "reported"),
                        optional(model, "format"),
                        model.has("context")
                                ? Optional.of(whole(model, "context"))
                                : Optional.empty()),
                new RunHeader.Settings(
                        (float) number(settings, "temperature"),
                        (float) number(settings, "top_p"),
                        whole(settings, "top_k"),
                        (float) number(settings, "min_p"),
                        whole(settings, "max_tokens"),
                        whole(settings, "samples"),
                        budgets,
                        settings.path("seed").longValue()),
                text(line, "started"));
    }

    /// @throws WrongLineException when it is no such line
    static Attempt attempt(String text) {
        JsonNode line = parse(text, "attempt");
        List<String> interventions = new ArrayList<>();
        line.path("interventions").forEach(each -> interventions.add(each.asString("")));
        return new Attempt(
                new Attempt.Key(
                        text(line, "problem"),
                        whole(line, "sample"),
                        text(line, "budget"),
                        line.path("language").asString("")),
                text(line, "prompt_sha256"),
                whole(line, "seed"),
                outcome(line),
                new Attempt.Spent(
                        whole(line, "prompt_tokens"),
                        whole(line, "thinking_tokens"),
                        whole(line, "answer_tokens"),
                        number(line, "seconds")),
                interventions,
                text(line, "thinking"),
                text(line, "answer"));
    }

    private static Attempt.Outcome outcome(JsonNode line) {
        if (line.has("error")) {
            return new Attempt.Failed(text(line, "error"));
        }
        var grade =
                new Grade(
                        flag(line, "correct"),
                        optional(line, "extracted"),
                        optional(line, "choice"),
                        text(line, "why"));
        String reason = text(line, "finish_reason").toUpperCase(Locale.ROOT);
        for (FinishReason each : FinishReason.values()) {
            if (each.name().equals(reason)) {
                return new Attempt.Graded(grade, each, flag(line, "truncated"));
            }
        }
        throw new WrongLineException("finish_reason is " + reason);
    }

    private static JsonNode parse(String text, String kind) {
        try {
            JsonNode line = MAPPER.readTree(text);
            if (line.path("kind").asString("").equals(kind)) {
                return line;
            }
        } catch (JacksonException _) {
            // said below
        }
        throw new WrongLineException("no JSON object of kind " + kind);
    }

    private static String text(JsonNode node, String field) {
        return optional(node, field)
                .orElseThrow(() -> new WrongLineException(field + " is missing, expected a text"));
    }

    private static Optional<String> optional(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isString() ? Optional.of(value.stringValue()) : Optional.empty();
    }

    private static double number(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (!value.isNumber()) {
            throw new WrongLineException(field + " is missing, expected a number");
        }
        return value.doubleValue();
    }

    private static int whole(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (!value.isInt()) {
            throw new WrongLineException(field + " is missing, expected a whole number");
        }
        return value.intValue();
    }

    private static boolean flag(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (!value.isBoolean()) {
            throw new WrongLineException(field + " is missing, expected true or false");
        }
        return value.booleanValue();
    }
}
