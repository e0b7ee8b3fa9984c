package dev.tramontane.wire;

import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.InvalidRequestException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A model on a server elsewhere: this project's own, llama-server, vLLM, or a hosted service that
/// speaks as OpenAI's or Mistral's does.
///
/// ```java
/// try (var model = UpstreamModel.open(UpstreamOptions.of("http://127.0.0.1:8080", System.getenv()));
///      ChatStream answer = model.chat(ChatRequest.of("How many primes lie below 100?"))) {
///     …
/// }
/// ```
///
/// The request is sent by {@link #chat}; reading the stream waits for what comes, and throws what
/// the server answers instead:
///
/// - {@link InvalidRequestException}: it refuses the request (400, 413, 422), or, already in
///   `chat`, its dialect cannot say it;
/// - {@link dev.tramontane.engine.EngineOverloadedException}: it is busy (429, 503) after all
///   tries, or asks for a pause of more than a minute;
/// - {@link UpstreamException}: everything else: no connection, a wrong key, silence, nonsense.
///
/// A request is tried again, with growing pauses, only as long as nothing of its answer has come.
/// Closing a stream closes its connection, which servers take as the wish to stop.
///
/// What control a server has over its answers is its own: the guard, the closing sentence and the
/// answer's reserve of {@link dev.tramontane.chat.Control} are not asked for; ceilings that it has
/// no field for are refused. Log-probabilities are not asked for, since no event tells them. {@link
/// dev.tramontane.chat.Usage#untold} names the counts that a server does not tell.
public final class UpstreamModel implements ChatModel {
    private final UpstreamRequests requests;
    private final String name;

    private UpstreamModel(UpstreamRequests requests, String name) {
        this.requests = requests;
        this.name = name;
    }

    /// Makes ready to ask a server. Where no model is named, it is asked which one it has; else
    /// nothing is sent yet.
    ///
    /// @throws IllegalArgumentException when the address or a proxy variable cannot be used, or no
    ///   model is named and the server has none or several; the message lists them
    /// @throws UpstreamException when the server does not say what it has
    public static UpstreamModel open(UpstreamOptions options) {
        var requests = new UpstreamRequests(options);
        boolean isOpen = false;
        try {
            String name = options.model().orElseGet(() -> onlyModel(requests));
            isOpen = true;
            return new UpstreamModel(requests, name);
        } finally {
            if (!isOpen) {
                requests.close();
            }
        }
    }

    private static String onlyModel(UpstreamRequests requests) {
        List<String> names = names(requests);
        if (names.size() != 1) {
            throw new IllegalArgumentException(
                    "%s: has %s, expected one model or a name; name the model"
                            .formatted(
                                    requests.options().base(),
                                    names.isEmpty()
                                            ? "no models"
                                            : "the models "
                                                    + HubAddress.printable(
                                                            String.join(", ", names))));
        }
        return names.getFirst();
    }

    private static List<String> names(UpstreamRequests requests) {
        List<String> names = new ArrayList<>();
        try {
            for (JsonNode card : requests.models().path("data")) {
                names.add(card.path("id").asString(""));
            }
            names.removeIf(String::isEmpty);
            return names;
        } catch (IOException e) {
            throw new UpstreamFailures(requests.options()).explain(e, 1);
        }
    }

    /// What the server calls the model.
    public String name() {
        return name;
    }

    @Override
    public ChatStream chat(ChatRequest request) {
        if (requests.isClosed()) {
            throw new IllegalStateException("the model was closed");
        }
        Dialect dialect = requests.options().dialect();
        ObjectNode body = RequestWriter.write(request, name, dialect);
        body.put("stream", true);
        switch (dialect) {
            case OPENAI -> body.putObject("stream_options").put("include_usage", true);
            case MISTRAL -> {} // tells the usage anyway
            case OPEN -> {
                body.putObject("stream_options").put("include_usage", true);
                body.put("return_progress", true); // llama-server's
                body.put("reasoning_control", true);
            }
        }
        return new UpstreamStream(requests, body);
    }

    /// Ends running answers.
    @Override
    public void close() {
        requests.close();
    }
}
