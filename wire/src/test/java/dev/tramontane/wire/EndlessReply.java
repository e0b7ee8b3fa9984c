package dev.tramontane.wire;

import static dev.tramontane.wire.FakeUpstream.begin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/// Sends some events once and then others for ever, until nobody listens.
final class EndlessReply implements FakeUpstream.Reply {
    private final String first;
    private final String again;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch cut = new CountDownLatch(1);

    EndlessReply(String first, String again) {
        this.first = first;
        this.again = again;
    }

    @Override
    public void answer(HttpExchange exchange) throws IOException {
        byte[] bytes = again.getBytes(UTF_8);
        try {
            begin(exchange, first);
            begun.countDown();
            while (true) {
                exchange.getResponseBody().write(bytes);
                exchange.getResponseBody().flush();
            }
        } finally {
            cut.countDown(); // writing fails when nobody listens
        }
    }

    void awaitBegun() {
        await(begun);
    }

    void awaitCut() {
        await(cut);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
