package dev.tramontane.server.telemetry;

import dev.tramontane.sampling.SamplingParams;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntSupplier;

/// Requests that take a model's time as spans: one of HTTP's (`POST /v1/chat/completions`), part of
/// the client's own trace where it told of one, and within it one of the model's (`chat nano`), as
/// OpenTelemetry's conventions for HTTP servers and generative models have them. Nothing of what
/// was asked or answered is in them, stop texts included.
public final class Spans {
    static final String PROVIDER = "tramontane";

    private static final String SCOPE = "dev.tramontane.server";
    private static final AttributeKey<List<String>> FINISH_REASONS =
            AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");
    private static final AttributeKey<List<String>> INTERVENTIONS =
            AttributeKey.stringArrayKey("tramontane.interventions");

    private final OpenTelemetry telemetry;
    private final Tracer tracer;
    private final String address;
    private final IntSupplier port;

    /// @param address that the server listens on
    /// @param port asked when a span is written
    public Spans(OpenTelemetry telemetry, String address, IntSupplier port) {
        this.telemetry = telemetry;
        this.tracer = telemetry.getTracer(SCOPE);
        this.address = address;
        this.port = port;
    }

    /// The span of a request, within the one that it belongs to, as its headers tell (W3C's
    /// `traceparent`, unless something else is configured).
    Context begin(Observer.Arrival arrival, Instant time) {
        Context parent =
                telemetry
                        .getPropagators()
                        .getTextMapPropagator()
                        .extract(Context.root(), arrival.header(), Headers.INSTANCE);
        String method = Meters.method(arrival.method());
        String route = arrival.route().orElse("");
        Span span =
                begin("%s %s".formatted(method, route), SpanKind.SERVER, parent, time)
                        .setAttribute("http.request.method", method)
                        .setAttribute("http.route", route)
                        .startSpan();
        return parent.with(span);
    }

    /// What takes a span to other servers; nothing where there are no spans.
    Map<String, String> headers(Context span) {
        Map<String, String> headers = new TreeMap<>();
        telemetry
                .getPropagators()
                .getTextMapPropagator()
                .inject(
                        span,
                        headers,
                        (carrier, name, value) -> {
                            if (carrier != null) {
                                carrier.put(name, value);
                            }
                        });
        return headers;
    }

    private enum Headers implements TextMapGetter<Function<String, Optional<String>>> {
        INSTANCE;

        @Override
        public @Nullable String get(
                @Nullable Function<String, Optional<String>> header, String name) {
            return header == null ? null : header.apply(name).orElse(null);
        }
    }

    void take(Observed observed) {
        if (!observed.request().costs()) {
            return;
        }
        Observed.Request request = observed.request();
        Observed.Outcome outcome = observed.outcome();
        Span span = Span.fromContext(request.span());
        span.setAttribute("url.path", request.path())
                .setAttribute("url.scheme", "http")
                .setAttribute("http.response.status_code", (long) outcome.status())
                .setAttribute("tramontane.request.id", request.id());
        if (!request.userAgent().isEmpty()) {
            span.setAttribute("user_agent.original", request.userAgent());
        }
        observed.generated().ifPresent(generated -> take(generated, observed, request.span()));
        fail(span, outcome, outcome.status() >= 500);
        span.end(request.time().plus(outcome.took()));
    }

    private SpanBuilder begin(String name, SpanKind kind, Context parent, Instant start) {
        return tracer.spanBuilder(name)
                .setSpanKind(kind)
                .setParent(parent)
                .setStartTimestamp(start)
                .setAttribute("server.address", address)
                .setAttribute("server.port", (long) port.getAsInt());
    }

    private void take(Observed.Generated generated, Observed observed, Context parent) {
        Observed.Asked asked = generated.asked();
        Instant came = observed.request().time();
        SpanBuilder builder =
                begin(
                                "%s %s".formatted(asked.operation(), asked.model()),
                                asked.isHere() ? SpanKind.INTERNAL : SpanKind.CLIENT,
                                parent,
                                came.plus(generated.began()))
                        .setAttribute("gen_ai.operation.name", asked.operation())
                        .setAttribute("gen_ai.provider.name", PROVIDER)
                        .setAttribute("gen_ai.request.model", asked.model());
        asked.sampling().ifPresent(sampling -> tell(sampling, builder));
        if (generated.choices().size() > 1) {
            builder.setAttribute("gen_ai.request.choice.count", (long) generated.choices().size());
        }
        Span span = builder.startSpan();
        tell(generated, span);
        generated.firstToken().ifPresent(time -> span.addEvent("first token", came.plus(time)));
        fail(span, observed.outcome(), true);
        Duration end =
                generated.choices().stream()
                        .map(Observed.Choice::end)
                        .max(Duration::compareTo)
                        .orElse(observed.outcome().took());
        span.end(came.plus(end));
    }

    private static void tell(SamplingParams sampling, SpanBuilder builder) {
        builder.setAttribute("gen_ai.request.temperature", number(sampling.temperature()))
                .setAttribute("gen_ai.request.top_p", number(sampling.topP()))
                .setAttribute("gen_ai.request.top_k", (double) sampling.topK())
                .setAttribute("gen_ai.request.seed", sampling.seed())
                .setAttribute("gen_ai.request.max_tokens", (long) sampling.maxTokens())
                .setAttribute(
                        "gen_ai.request.frequency_penalty",
                        number(sampling.penalties().repetition().frequency()))
                .setAttribute(
                        "gen_ai.request.presence_penalty",
                        number(sampling.penalties().repetition().presence()));
    }

    /// As it was written, not as the nearest `float` is.
    private static double number(float value) {
        return Double.parseDouble(Float.toString(value));
    }

    private static void tell(Observed.Generated generated, Span span) {
        if (!generated.id().isEmpty()) {
            span.setAttribute("gen_ai.response.id", generated.id());
        }
        Observed.Tokens tokens = generated.tokens();
        span.setAttribute("gen_ai.response.model", generated.asked().model());
        span.setAttribute("gen_ai.usage.input_tokens", (long) tokens.input());
        span.setAttribute("gen_ai.usage.output_tokens", (long) tokens.output());
        span.setAttribute("gen_ai.usage.cache_read.input_tokens", (long) tokens.cached());
        span.setAttribute("gen_ai.usage.reasoning.output_tokens", (long) tokens.reasoning());
        List<Observed.Choice> choices = generated.choices();
        if (choices.isEmpty()) {
            return;
        }
        span.setAttribute(
                FINISH_REASONS, choices.stream().map(choice -> Meters.word(choice.why())).toList());
        List<String> interventions =
                choices.stream()
                        .flatMap(choice -> choice.usage().interventions().stream())
                        .map(Meters::word)
                        .toList();
        if (!interventions.isEmpty()) {
            span.setAttribute(INTERVENTIONS, interventions);
        }
    }

    /// A fault of the client's is none of the server's span.
    private static void fail(Span span, Observed.Outcome outcome, boolean isFault) {
        Optional<String> kind = outcome.cancelled() ? Optional.of("cancelled") : outcome.error();
        if (kind.isPresent()) {
            span.setAttribute("error.type", kind.get());
            if (isFault) {
                span.setStatus(StatusCode.ERROR);
            }
        }
    }
}
