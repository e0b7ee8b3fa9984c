package dev.tramontane.wire;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How long a model is to stay loaded behind a request: Ollama's `keep_alive`, a number of seconds
/// or a text such as `5m` or `1h30m`.
///
/// @param time empty for always, which is any that is below zero
public record OllamaHold(Optional<Duration> time) {
    static final String FIELD = "keep_alive";

    /// In seconds.
    private static final Map<String, Double> UNITS =
            Map.of(
                    "ns", 1e-9, "us", 1e-6, "µs", 1e-6, "ms", 1e-3, "s", 1.0, "m", 60.0, "h",
                    3600.0);

    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,12}(\\.\\d{1,12})?");
    private static final Pattern PART =
            Pattern.compile("(\\d{1,12}(?:\\.\\d{1,12})?)(ns|us|µs|ms|s|m|h)");
    private static final Pattern SPAN = Pattern.compile("-?(" + PART.pattern() + "){1,7}");

    /// What is longer is as good as always.
    private static final double MOST_SECONDS = 1e9;

    /// Whether the model is to go as soon as it may.
    public boolean isNone() {
        return time.filter(Duration::isZero).isPresent();
    }

    /// Empty where a request does not say.
    static Optional<OllamaHold> read(Fields body) {
        Optional<JsonNode> told = body.value(FIELD);
        if (told.isEmpty()) {
            return Optional.empty();
        }
        if (told.get().isNumber()) {
            return Optional.of(ofSeconds(told.get().doubleValue()));
        }
        String text = told.get().isString() ? told.get().stringValue().strip() : "";
        if (NUMBER.matcher(text).matches()) {
            return Optional.of(ofSeconds(Double.parseDouble(text)));
        }
        if (!SPAN.matcher(text).matches()) {
            throw body.unexpected(FIELD, "seconds, or a time such as 5m; -1 is for always");
        }
        return Optional.of(ofSeconds(text.startsWith("-") ? -1 : seconds(text)));
    }

    private static double seconds(String text) {
        double sum = 0;
        Matcher parts = PART.matcher(text);
        while (parts.find()) {
            sum += Double.parseDouble(parts.group(1)) * UNITS.getOrDefault(parts.group(2), 0.0);
        }
        return sum;
    }

    private static OllamaHold ofSeconds(double seconds) {
        boolean isAlways = seconds < 0 || !(seconds < MOST_SECONDS);
        return new OllamaHold(
                isAlways
                        ? Optional.empty()
                        : Optional.of(Duration.ofNanos(Math.round(seconds * 1e9))));
    }
}
