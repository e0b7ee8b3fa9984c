package dev.tramontane.wire;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Optional;

/// What a server sends of one answer: the chunks of a stream, or the whole in one piece where it
/// does not stream.
final class Chunks {
    /// One tool call may come whole, with a file in it.
    static final int MOST_EVENT_BYTES = 16 << 20;

    private static final String LAST = "[DONE]";

    private final TimedBody body;
    private final @Nullable SseReader events;
    private boolean ended;

    private Chunks(TimedBody body, @Nullable SseReader events) {
        this.body = body;
        this.events = events;
    }

    /// @throws AnswerReader.NonsenseException when it is neither
    static Chunks of(HttpResponse<TimedBody> response) throws IOException {
        String type =
                response.headers().firstValue("Content-Type").orElse("").replaceAll("[;\\s].*", "");
        TimedBody body = response.body();
        return switch (type) {
            case "text/event-stream", "" -> new Chunks(body, new SseReader(body, MOST_EVENT_BYTES));
            case "application/json" -> new Chunks(body, null);
            default -> {
                body.close();
                throw new AnswerReader.NonsenseException(
                        "answers with "
                                + HubAddress.printable(type)
                                + ", expected text/event-stream");
            }
        };
    }

    /// The next one; empty behind the last.
    Optional<JsonNode> next() throws IOException {
        if (ended) {
            return Optional.empty();
        }
        if (events == null) {
            ended = true;
            return Optional.of(UpstreamRequests.whole(body));
        }
        Optional<SseReader.Event> event = events.next();
        if (event.isEmpty() || event.get().data().strip().equals(LAST)) {
            ended = true;
            body.finish();
            return Optional.empty();
        }
        JsonNode chunk = UpstreamRequests.parse(event.get().data());
        if (event.get().type().equals("error")) {
            throw new AnswerReader.ErrorException(ApiError.of(0, chunk));
        }
        return Optional.of(chunk);
    }
}
