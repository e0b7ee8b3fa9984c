package dev.tramontane.wire;

import static dev.tramontane.wire.FakeGroup.HI;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

class UpstreamHintTest {
    private final FakeGroup fakes = new FakeGroup();

    @AfterEach
    void close() {
        fakes.close();
    }

    @Test
    void what_has_an_affinity_goes_to_one_server_whatever_it_asks() throws IOException {
        FakeUpstream[] servers = {
            fakes.server(HI, HI, HI, HI, HI, HI),
            fakes.server(HI, HI, HI, HI, HI, HI),
            fakes.server(HI, HI, HI, HI, HI, HI)
        };
        UpstreamModel model = fakes.model(servers);
        var hint = new UpstreamHint(Optional.of("session 7"), Map.of());
        for (int question = 0; question < 6; question++) {
            String text = "Question " + question;
            assertEquals("Hi.", hint.around(() -> FakeGroup.ask(model, text)));
        }
        List<Integer> asked =
                Stream.of(servers).map(server -> server.requests().size()).sorted().toList();
        assertEquals(List.of(0, 0, 6), asked);
    }

    @Test
    void headers_go_with_the_request_they_are_for_also_when_it_is_sent_again() throws IOException {
        List<String> seen = new CopyOnWriteArrayList<>();
        FakeUpstream.Reply notes =
                exchange -> {
                    seen.add(String.valueOf(exchange.getRequestHeaders().getFirst("traceparent")));
                    (seen.size() == 1 ? FakeUpstream.status(500, "{}") : HI).answer(exchange);
                };
        FakeUpstream server = fakes.server(notes, notes, notes);
        UpstreamModel model = fakes.model(server);
        var hint = new UpstreamHint(Optional.empty(), Map.of("traceparent", "00-a-b-01"));
        assertEquals("Hi.", hint.around(() -> FakeGroup.ask(model)));
        assertEquals("Hi.", FakeGroup.ask(model));
        assertEquals(List.of("00-a-b-01", "00-a-b-01", "null"), seen);
    }
}
