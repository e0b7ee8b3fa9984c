package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.Usage;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.EngineStats;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/// Many clients at once that behave badly: others are answered meanwhile, and nothing of them is
/// left when they have gone.
class StormTest {
    private static final int SLOW = 500;
    private static final int VANISHING = 200;

    /// Much more than a slow client's socket takes.
    private static final int ANSWER_KILOBYTES = 200;

    private static final Path TINY = Path.of("../engine/src/test/resources/vectors/tiny-text-a");
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /// Of all descriptors only those: a jar may be opened by whoever needs a class meanwhile.
    private static long sockets() throws IOException {
        assumeTrue(Files.isDirectory(DESCRIPTORS), "skipped: nobody counts descriptors here");
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            return all.filter(StormTest::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException _) {
            return false; // it is closed by now
        }
    }

    /// Waits until nobody is connected, and what connections hold is given back.
    private static void awaitQuiet(Http http, long sockets) throws IOException {
        http.awaitNothingAnswered();
        http.awaitConnections(0);
        Waiting.until(sockets + " sockets", StormTest::sockets, open -> open <= sockets);
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    private static String lastPost(String body) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(body.length(), body);
    }

    @Test
    void five_hundred_that_read_slowly_get_all_of_it_and_hold_nobody_up()
            throws IOException, InterruptedException {
        var kilobyte = new ChatEvent.Text("a".repeat(1024));
        Script held =
                Script.holding(
                        Collections.nCopies(ANSWER_KILOBYTES, kilobyte).toArray(ChatEvent[]::new));
        Script quick =
                Script.of(kilobyte, new ChatEvent.Finished(FinishReason.STOP, new Usage(1, 1, 0)));
        try (Http http = Http.serving(Http.ENDLESS, held.served("script"), quick.served("quick"))) {
            String question = Http.question("").replace("script", "quick");
            assertTrue(answered(http, question).startsWith("HTTP/1.1 200"));
            http.awaitNothingAnswered();
            long before = sockets();
            int threadsBefore = threads();
            List<RawClient> slow = new ArrayList<>();
            for (int i = 0; i < SLOW; i++) {
                RawClient client = RawClient.slow(http);
                client.send(lastPost(Http.question("\"stream\":true")));
                slow.add(client);
            }
            for (RawClient client : slow) {
                client.readUntil("\"delta\"");
            }
            assertEquals(SLOW, http.server.answering());
            assertTrue(threads() < threadsBefore + SLOW / 2, "none has a thread of its own");
            assertTrue(answered(http, question).startsWith("HTTP/1.1 200"), "others are answered");
            held.running.forEach(Script.Running::answerNow);
            for (RawClient client : slow) {
                String rest = client.readAll();
                assertTrue(rest.contains("data: [DONE]"), "the end came");
                assertTrue(rest.length() > ANSWER_KILOBYTES * 1024, "and all before it");
                client.close();
            }
            awaitQuiet(http, before);
        }
    }

    private static String answered(Http http, String question) throws IOException {
        try (RawClient client = RawClient.of(http)) {
            client.send(lastPost(question));
            return client.readAll();
        }
    }

    @Test
    void two_hundred_that_vanish_give_back_what_a_real_model_lent_them()
            throws IOException, InterruptedException {
        EngineOptions options =
                EngineOptions.defaults().withContext(256).withThreads(1).withMaxSequences(4);
        try (LocalModel model = LocalModel.open(TINY, options);
                Http http =
                        Http.serving(
                                ServerConfig.local(0),
                                ServedModel.of("script", List.of(), 1, model))) {
            String question = Http.question("\"stream\":true,\"prompt_mode\":null");
            String brief = Http.question("\"max_tokens\":2,\"prompt_mode\":null");
            assertTrue(answered(http, brief).startsWith("HTTP/1.1 200"));
            http.awaitNothingAnswered();
            long before = sockets();
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < VANISHING; i++) {
                RawClient client = RawClient.of(http);
                client.send(lastPost(question));
                clients.add(client);
            }
            clients.getFirst().readUntil("\"delta\"");
            for (RawClient client : clients) {
                client.reset();
            }
            awaitQuiet(http, before);
            EngineStats stats =
                    Waiting.until(
                            "nothing runs or waits",
                            () -> model.engine().stats(),
                            all -> all.running() == 0 && all.waiting() == 0);
            assertEquals(stats.cache().blocks(), stats.cache().freeBlocks(), "nobody owns a block");
            assertTrue(answered(http, brief).startsWith("HTTP/1.1 200"), "others go on");
        }
    }
}
