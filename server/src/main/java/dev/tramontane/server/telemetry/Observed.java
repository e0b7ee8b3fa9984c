package dev.tramontane.server.telemetry;

import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.SamplingParams;

import io.opentelemetry.context.Context;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One request and what became of it. Times are counted from when it came.
///
/// @param generated what a model had to do with it; empty where none had
public record Observed(Request request, Outcome outcome, Optional<Generated> generated) {
    /// What came.
    ///
    /// @param id that its answer bears as `x-request-id`
    /// @param path as it was written, without the query
    /// @param route the endpoint, such as `/v1/models/{id}`; empty where there is none
    /// @param costs whether the endpoint takes a model's time
    /// @param userAgent empty where it sent none
    /// @param span its own, within the client's where that tells one; none where it costs nothing
    public record Request(
            Instant time,
            String id,
            String method,
            String path,
            Optional<String> route,
            boolean costs,
            String userAgent,
            Context span) {
        private static final int LONGEST_METHOD_CHARS = 16;
        private static final int LONGEST_PATH_CHARS = 256;
        private static final int LONGEST_CLIENT_CHARS = 80;

        /// What a client wrote is kept to a length.
        public Request {
            method = shortened(method, LONGEST_METHOD_CHARS);
            path = shortened(path, LONGEST_PATH_CHARS);
            userAgent = shortened(userAgent, LONGEST_CLIENT_CHARS);
        }

        private static String shortened(String text, int longest) {
            return text.length() > longest ? text.substring(0, longest) + "..." : text;
        }
    }

    /// What went back.
    ///
    /// @param owner of the key; empty where nobody has keys
    /// @param status of HTTP; {@link Observation#GONE} where the client had gone before
    /// @param error a word for what went wrong, one of few; empty where nothing did
    /// @param cancelled whether the answer was given up before its end
    /// @param bytes of its body
    /// @param took until the last of it was sent
    public record Outcome(
            String owner,
            int status,
            Optional<String> error,
            boolean cancelled,
            long bytes,
            Duration took) {}

    /// What a model was asked to do, in the words of OpenTelemetry's conventions.
    ///
    /// @param operation `chat`, `text_completion` or `embeddings`
    /// @param model by its public name
    /// @param isHere whether it runs in this process
    /// @param sampling empty where nothing was sampled
    public record Asked(
            String operation,
            String model,
            boolean isHere,
            boolean stream,
            Optional<SamplingParams> sampling) {}

    /// @param id that the client knows the answer by; empty where it has none
    /// @param began when the model was asked
    /// @param tokens in all; prompts that several answers have in common count once
    public record Generated(
            Asked asked, String id, Duration began, List<Choice> choices, Tokens tokens) {
        public Generated {
            choices = List.copyOf(choices);
        }

        /// Until anything of an answer was there.
        public Optional<Duration> firstToken() {
            return choices.stream()
                    .flatMap(choice -> choice.firstToken().stream())
                    .min(Duration::compareTo);
        }
    }

    /// One of the answers.
    ///
    /// @param firstToken empty where there was none
    public record Choice(
            Optional<Duration> firstToken, Duration end, FinishReason why, Usage usage) {}

    /// @param cached those of the input that had been computed before
    /// @param reasoning those of the output that were thinking
    public record Tokens(int input, int cached, int output, int reasoning) {
        static final Tokens NONE = new Tokens(0, 0, 0, 0);

        Tokens plus(Tokens other) {
            return new Tokens(
                    input + other.input,
                    cached + other.cached,
                    output + other.output,
                    reasoning + other.reasoning);
        }
    }
}
