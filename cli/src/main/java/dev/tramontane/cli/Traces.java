package dev.tramontane.cli;

import dev.tramontane.terminal.UsageException;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Where spans go, as OpenTelemetry's own variables say (`OTEL_EXPORTER_OTLP_ENDPOINT` and so on).
/// Without them nothing of OpenTelemetry's machinery is loaded.
///
/// @param sdk empty where nobody wants spans
record Traces(Optional<OpenTelemetrySdk> sdk) implements AutoCloseable {
    private static final Map<String, String> OURS =
            Map.of(
                    "otel.service.name", "tramontane",
                    "otel.exporter.otlp.protocol", "http/protobuf",
                    "otel.metrics.exporter", "none", // figures are fetched from /metrics
                    "otel.logs.exporter", "none");

    /// What the environment asks for.
    ///
    /// @throws UsageException when it asks for what cannot be had
    static Traces of(Map<String, String> environment) {
        if (!isWanted(environment)) {
            return new Traces(Optional.empty());
        }
        try {
            return new Traces(
                    Optional.of(
                            AutoConfiguredOpenTelemetrySdk.builder()
                                    .addPropertiesSupplier(() -> OURS)
                                    .addPropertiesCustomizer(_ -> properties(environment))
                                    .disableShutdownHook()
                                    .build()
                                    .getOpenTelemetrySdk()));
        } catch (ConfigurationException | IllegalStateException wrong) {
            throw new UsageException(
                    "the OTEL_… variables: %s; correct them (spans are sent as http/protobuf), or unset them to have no spans"
                            .formatted(wrong.getMessage()));
        }
    }

    private static boolean isWanted(Map<String, String> environment) {
        boolean isOff = environment.getOrDefault("OTEL_SDK_DISABLED", "").equalsIgnoreCase("true");
        String exporter = environment.getOrDefault("OTEL_TRACES_EXPORTER", "");
        String address =
                environment.getOrDefault("OTEL_EXPORTER_OTLP_ENDPOINT", "")
                        + environment.getOrDefault("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "");
        return !isOff && !exporter.equals("none") && !(address + exporter).isEmpty();
    }

    /// `OTEL_SERVICE_NAME` is the property `otel.service.name`.
    private static Map<String, String> properties(Map<String, String> environment) {
        Map<String, String> properties = new HashMap<>();
        environment.forEach(
                (name, value) -> {
                    if (name.startsWith("OTEL_") && !value.isEmpty()) {
                        properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
                    }
                });
        return properties;
    }

    /// Where a server tells its spans.
    OpenTelemetry telemetry() {
        return sdk.<OpenTelemetry>map(each -> each).orElseGet(OpenTelemetry::noop);
    }

    /// Sends what waits.
    @Override
    public void close() {
        sdk.ifPresent(OpenTelemetrySdk::close);
    }
}
