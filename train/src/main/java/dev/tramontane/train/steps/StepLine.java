package dev.tramontane.train.steps;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// One step's figures by name. {@link RunCurves#FIGURES} are the names that have a chart with a
/// title; others are drawn under their own.
///
/// @param step from 1 on
/// @param figures in the order in which they are written; numbers all
public record StepLine(long step, Map<String, Double> figures) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String STEP = "step";

    public StepLine {
        if (step < 1) {
            throw new IllegalArgumentException("step %d, expected 1 or more".formatted(step));
        }
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
    }

    public StepLine(long step) {
        this(step, Map.of());
    }

    /// The same with one figure more. What is no number (the mean of nothing) is left out.
    public StepLine with(String name, double value) {
        if (!Double.isFinite(value)) {
            return this;
        }
        Map<String, Double> more = new LinkedHashMap<>(figures);
        more.put(name, value);
        return new StepLine(step, more);
    }

    /// The line as JSON, without its end. Whole numbers are written as such.
    String json() {
        ObjectNode node = JSON.createObjectNode().put(STEP, step);
        figures.forEach(
                (name, value) -> {
                    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
                        node.put(name, value.longValue());
                    } else {
                        node.put(name, value);
                    }
                });
        return node.toString();
    }

    /// Reads a line. Values that are no numbers are passed over: others may write more.
    ///
    /// @throws IllegalArgumentException saying what it is instead of a line
    static StepLine read(String json) {
        JsonNode node;
        try {
            node = JSON.readTree(json);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("no JSON", e);
        }
        if (!node.path(STEP).canConvertToLong() || node.path(STEP).longValue() < 1) {
            throw new IllegalArgumentException("has no step from 1 on");
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            if (!entry.getKey().equals(STEP) && entry.getValue().isNumber()) {
                figures.put(entry.getKey(), entry.getValue().doubleValue());
            }
        }
        return new StepLine(node.path(STEP).longValue(), figures);
    }
}
