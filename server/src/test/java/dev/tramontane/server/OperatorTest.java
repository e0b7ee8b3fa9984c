package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// What whoever runs a server may ask of it, and how they find it.
class OperatorTest {
    private static final Script MODEL =
            Script.of(new ChatEvent.Finished(FinishReason.STOP, new Usage(1, 1, 0)));

    private static Http serving(Operator operator) throws IOException {
        ServerConfig config = ServerConfig.local(0).withOperator(operator);
        return Http.serving(config, MODEL.served("script"));
    }

    @Test
    void nobody_without_the_token_is_the_operator() throws IOException, InterruptedException {
        var stops = new AtomicInteger();
        Operator operator = Operator.of(stops::incrementAndGet);
        assertFalse(operator.toString().contains(operator.token()));
        try (Http http = serving(operator)) {
            assertEquals(401, http.get("/operator/status").status());
            assertEquals(401, http.post("/operator/stop", "{}").status());
        }
        try (Http http = serving(operator).with("Authorization", "Bearer wrong")) {
            assertEquals(401, http.post("/operator/stop", "{}").status());
            assertEquals(401, http.post("/operator/unload", "{\"model\":\"script\"}").status());
        }
        try (Http http = Http.serving(MODEL).with("Authorization", "Bearer " + operator.token())) {
            assertEquals(404, http.post("/operator/stop", "{}").status());
        }
        assertEquals(0, stops.get());
    }

    @Test
    void the_operator_sees_the_models_and_has_the_server_stopped()
            throws IOException, InterruptedException {
        var stops = new AtomicInteger();
        Operator operator = Operator.of(stops::incrementAndGet);
        try (Http http = serving(operator).with("Authorization", "Bearer " + operator.token())) {
            var status = http.get("/operator/status").json();
            assertFalse(status.path("stopping").booleanValue());
            assertEquals("script", status.at("/models/0/id").stringValue());
            assertEquals("remote", status.at("/models/0/state").stringValue());
            Http.Answer refused = http.post("/operator/unload", "{\"model\":\"script\"}");
            assertEquals(400, refused.status());
            assertEquals(404, http.post("/operator/unload", "{\"model\":\"x\"}").status());
            assertEquals(200, http.post("/operator/stop", "").status());
            Waiting.until("it is told to stop", stops::get, told -> told > 0); // after it answers
        }
        assertEquals(1, stops.get());
    }

    @Test
    void a_server_is_found_while_it_is_there_and_what_is_left_of_one_goes(@TempDir Path home)
            throws IOException {
        assertEquals(List.of(), Presence.find(home));
        Operator operator = Operator.of(() -> {});
        Presence presence = Presence.of(InetAddress.ofLiteral("0.0.0.0"), 1234, operator);
        assertEquals("http://127.0.0.1:1234", presence.base().toString());
        assertFalse(presence.toString().contains(operator.token()));
        Presence.Announcement announcement = presence.announce(home);
        assertEquals(List.of(presence), Presence.find(home));
        Path folder = home.resolve("servers");
        Path told = files(folder).getFirst();
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(told)));
        String text = Files.readString(told);
        announcement.close();
        assertEquals(List.of(), files(folder));

        Files.writeString(folder.resolve("7-x.json"), text);
        Files.createFile(folder.resolve("7-x.lock"));
        Files.writeString(folder.resolve("8-x.json"), text);
        assertEquals(List.of(), Presence.find(home));
        assertEquals(List.of(), files(folder));
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    @Test
    void an_address_of_version_6_stands_in_brackets() {
        Presence presence = Presence.of(InetAddress.ofLiteral("fe80::1"), 1, Operator.of(() -> {}));
        assertTrue(presence.base().toString().startsWith("http://[fe80:"), presence.toString());
    }
}
