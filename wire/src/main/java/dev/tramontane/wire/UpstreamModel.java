package dev.tramontane.wire;

import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.sampling.SamplingParams;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
/// no field for are refused. Log-probabilities are the server's, of tokens without an id (−1).
/// {@link dev.tramontane.chat.Usage#untold} names the counts that a server does not tell.
public final class UpstreamModel implements ChatModel {
    /// Sampling that leaves everything to the server: what is not changed of it is not sent, but
    /// for the seed. For whoever reads requests that name some values and not others; a request
    /// without any sampling leaves all of it to the server as well.
    public static final SamplingParams SERVERS_SAMPLING = RequestWriter.LEFT_OPEN;

    private static final System.Logger LOG = System.getLogger(UpstreamModel.class.getName());

    private final Upstreams upstreams;
    private final String name;

    private UpstreamModel(Upstreams upstreams, String name) {
        this.upstreams = upstreams;
        this.name = name;
    }

    /// Makes ready to ask a server. Where no model is named, it is asked which one it has; else
    /// nothing is sent yet.
    ///
    /// @throws IllegalArgumentException when the address or a proxy variable cannot be used, or no
    ///   model is named and the server has none or several; the message lists them
    /// @throws UpstreamException when the server does not say what it has
    public static UpstreamModel open(UpstreamOptions options) {
        var upstreams = new Upstreams(options);
        boolean isOpen = false;
        try {
            UpstreamRequests requests = upstreams.requests().getFirst();
            String name = options.model().orElseGet(() -> onlyModel(requests));
            isOpen = true;
            return new UpstreamModel(upstreams, name);
        } finally {
            if (!isOpen) {
                upstreams.close();
            }
        }
    }

    /// Makes ready to ask several servers as one. Those that name no model know it by the group's
    /// name. Nothing is sent yet.
    ///
    /// @throws IllegalArgumentException when a proxy variable cannot be used
    public static UpstreamModel open(UpstreamGroup group) {
        return new UpstreamModel(new Upstreams(group), group.name());
    }

    /// For tests: with a clock and a chance of their own.
    static UpstreamModel open(Upstreams upstreams, String name) {
        return new UpstreamModel(upstreams, name);
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
            for (JsonNode card : requests.models(AnswerTimes.unlimited()).path("data")) {
                names.add(card.path("id").asString(""));
            }
            names.removeIf(String::isEmpty);
            return names;
        } catch (IOException e) {
            throw new UpstreamFailures(requests.options(), Optional.empty()).explain(e, 1);
        }
    }

    /// What the server calls the model; of several servers, what they are called together.
    public String name() {
        return name;
    }

    /// Asks the servers what they tell of the model, one after the other, and takes what they have
    /// in common. Those that do not answer are passed over.
    ///
    /// @param longest that each may take
    /// @return empty where none answers
    public Optional<UpstreamCard> card(Duration longest) {
        Optional<UpstreamCard> common = Optional.empty();
        for (UpstreamRequests server : upstreams.requests()) {
            try {
                var times =
                        new AnswerTimes(
                                new UpstreamOptions.Limits(
                                        longest, longest, longest, UpstreamRequests.MOST_BYTES));
                UpstreamCard card =
                        UpstreamCard.of(
                                server.models(times), server.options().model().orElse(name));
                common = Optional.of(common.map(card::and).orElse(card));
            } catch (IOException e) {
                LOG.log(
                        System.Logger.Level.DEBUG,
                        "{0} does not tell its models: {1}",
                        server.address().root(),
                        e.getMessage());
            }
        }
        return common;
    }

    @Override
    public ChatStream chat(ChatRequest request) {
        if (upstreams.isClosed()) {
            throw new IllegalStateException("the model was closed");
        }
        long conversation =
                UpstreamHint.held()
                        .affinity()
                        .map(ConversationHash::of)
                        .orElseGet(() -> ConversationHash.of(request));
        Upstreams.Lease lease =
                upstreams.take(conversation, Set.of()).orElseThrow(upstreams::resting);
        return new UpstreamStream(
                upstreams, conversation, server -> body(request, server.options()), lease);
    }

    private ObjectNode body(ChatRequest request, UpstreamOptions server) {
        ObjectNode body =
                RequestWriter.write(request, server.model().orElse(name), server.dialect());
        body.put("stream", true);
        switch (server.dialect()) {
            case OPENAI -> body.putObject("stream_options").put("include_usage", true);
            case MISTRAL -> {} // tells the usage anyway
            case OPEN -> {
                body.putObject("stream_options").put("include_usage", true);
                body.put("return_progress", true); // llama-server's
                body.put("reasoning_control", true);
            }
        }
        return body;
    }

    /// Ends running answers.
    @Override
    public void close() {
        upstreams.close();
    }
}
