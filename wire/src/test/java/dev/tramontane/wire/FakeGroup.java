package dev.tramontane.wire;

import static dev.tramontane.wire.FakeUpstream.END;
import static dev.tramontane.wire.FakeUpstream.stream;
import static dev.tramontane.wire.FakeUpstream.text;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.wire.FakeUpstream.Reply;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// Servers under one name, and a clock that passes when somebody waits.
final class FakeGroup implements AutoCloseable {
    static final Duration FOREVER = Duration.ofMinutes(4);

    /// What a server says that is well.
    static final Reply HI = stream(text("Hi.") + END);

    final AtomicLong clock = new AtomicLong();
    private final List<Runnable> closing = new ArrayList<>();

    /// A server that gives these answers, one after the other.
    FakeUpstream server(Reply... replies) throws IOException {
        var server = new FakeUpstream(replies);
        closing.add(server::close);
        return server;
    }

    UpstreamModel model(FakeUpstream... servers) {
        return model(UpstreamOptions.Limits.NONE, servers);
    }

    /// The servers as one model: left alone after three failures, for two seconds at first.
    UpstreamModel model(UpstreamOptions.Limits limits, FakeUpstream... servers) {
        var patience =
                new UpstreamOptions.Patience(
                        FOREVER,
                        FOREVER,
                        FOREVER,
                        limits,
                        3,
                        time -> clock.addAndGet(time.toNanos()));
        List<UpstreamOptions> options =
                Stream.of(servers)
                        .map(
                                server ->
                                        UpstreamOptions.of(server.base(), Map.of())
                                                .withKey("hunter2")
                                                .withPatience(patience))
                        .toList();
        var trust = new UpstreamGroup.Trust(3, Duration.ofSeconds(2), Duration.ofSeconds(10));
        var group = new UpstreamGroup("large", options, trust);
        UpstreamModel model =
                UpstreamModel.open(new Upstreams(group, clock::get, () -> 0), "large");
        closing.add(model::close);
        return model;
    }

    void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    static String ask(UpstreamModel model) {
        return ask(model, "Hello?");
    }

    static String ask(UpstreamModel model, String question) {
        try (ChatStream answer = model.chat(ChatRequest.of(question))) {
            return answer.collect().text();
        }
    }

    static int asked(FakeUpstream... servers) {
        return Stream.of(servers).mapToInt(server -> server.requests().size()).sum();
    }

    @Override
    public void close() {
        closing.reversed().forEach(Runnable::run);
    }
}
