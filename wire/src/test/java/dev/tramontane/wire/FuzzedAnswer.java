package dev.tramontane.wire;

import dev.tramontane.chat.ChatEvent;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An answer as a stranger writes it: what Jazzer calls (`mvn -Pfuzz`), and the build with seeded
/// damage.
public final class FuzzedAnswer {
    private FuzzedAnswer() {}

    public static void fuzzerTestOneInput(byte[] body) {
        take(body);
    }

    /// Reads an answer to its end, as a stream and in one piece; true where it is one of them.
    ///
    /// @throws AssertionError when events are wrong
    /// @throws RuntimeException which is a finding: only I/O failures are proper refusals
    static boolean take(byte[] body) {
        boolean isStream = read(body, true);
        return read(body, false) || isStream;
    }

    private static boolean read(byte[] body, boolean isStream) {
        var answer = new AnswerReader(body.length % 2 == 0);
        List<ChatEvent> events = new ArrayList<>();
        try {
            var sse = new SseReader(new ByteArrayInputStream(body), Chunks.MOST_EVENT_BYTES);
            if (isStream) {
                for (Optional<SseReader.Event> event = sse.next();
                        event.isPresent();
                        event = sse.next()) {
                    events.addAll(
                            answer.accept(UpstreamRequests.parse(event.get().data().strip())));
                }
            } else {
                events.addAll(
                        answer.accept(UpstreamRequests.whole(new ByteArrayInputStream(body))));
            }
        } catch (AnswerReader.ErrorException e) {
            return check(ApiError.of(0, e.error().toJson()).equals(e.error()), "an error's shapes");
        } catch (IOException _) {
            return false;
        }
        boolean begun = answer.hasBegun();
        events.addAll(answer.end());
        check(events.getLast() instanceof ChatEvent.Finished, "no end");
        for (ChatEvent event : events) {
            check(!(event instanceof ChatEvent.Text(String text)) || !text.isEmpty(), "no text");
        }
        return begun;
    }

    private static boolean check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
        return true;
    }
}
