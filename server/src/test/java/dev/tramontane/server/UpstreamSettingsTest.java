package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.server.UpstreamSettings.Servers;
import dev.tramontane.server.UpstreamSettings.Times;
import dev.tramontane.wire.Dialect;
import dev.tramontane.wire.UpstreamGroup;
import dev.tramontane.wire.UpstreamOptions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a configuration says of servers elsewhere.
class UpstreamSettingsTest {
    private static final Servers HERE = Servers.at(List.of("http://127.0.0.1:8000"));

    private static UpstreamGroup group(Servers servers, Map<String, String> environment)
            throws IOException {
        return UpstreamSettings.of("large", servers).group(environment);
    }

    private static Optional<String> key(Servers servers, Map<String, String> environment)
            throws IOException {
        return group(servers, environment).servers().getFirst().key();
    }

    @Test
    void a_key_comes_from_where_it_is_said_to_be_and_is_never_shown(@TempDir Path folder)
            throws IOException {
        Path file = Files.writeString(folder.resolve("key"), "  hunter2\n");
        Servers byFile = HERE.withKey(new UpstreamKey.File(file));
        Servers byVariable = HERE.withKey(new UpstreamKey.Variable("LARGE_KEY"));
        assertEquals(Optional.of("hunter2"), key(byFile, Map.of()));
        assertEquals(Optional.of("hunter2"), key(byVariable, Map.of("LARGE_KEY", "hunter2")));
        UpstreamGroup group = group(byFile, Map.of("LARGE_KEY", "hunter2"));
        for (Object shown : List.of(group, group.servers(), byFile, byVariable)) {
            assertFalse(shown.toString().contains("hunter2"), shown.toString());
        }
    }

    @Test
    void where_no_key_is_named_only_hosted_services_get_theirs() throws IOException {
        Map<String, String> environment =
                Map.of("TRAMONTANE_API_KEY", "a", "MISTRAL_API_KEY", "b", "OPENAI_API_KEY", "c");
        assertEquals(Optional.empty(), key(HERE, environment));
        Servers hosted = Servers.at(List.of("https://api.mistral.ai"));
        assertEquals(Optional.of("b"), key(hosted, environment));
        assertEquals(
                Optional.of("a"),
                key(HERE.withKey(new UpstreamKey.Variable("TRAMONTANE_API_KEY")), environment));
    }

    @Test
    void a_key_that_is_not_there_is_said_without_it(@TempDir Path folder) throws IOException {
        Map<String, String> environment = Map.of("EMPTY", " ", "TWO", "hunter2 hunter3");
        for (String name : List.of("ABSENT", "EMPTY", "TWO")) {
            var refused =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> new UpstreamKey.Variable(name).read(environment));
            String told = String.valueOf(refused.getMessage());
            assertTrue(told.startsWith("the variable " + name + ": holds no"), told);
            assertFalse(told.contains("hunter"), told);
        }
        Path file = folder.resolve("key");
        assertThrows(NoSuchFileException.class, () -> new UpstreamKey.File(file).read(Map.of()));
        for (String text : List.of("", "a\nb\n", "é", "a".repeat(9000))) {
            Files.writeString(file, text);
            var refused =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> new UpstreamKey.File(file).read(Map.of()));
            assertTrue(String.valueOf(refused.getMessage()).startsWith(file + ": "));
        }
    }

    @Test
    void all_that_is_said_reaches_the_servers() throws IOException {
        var times =
                new Times(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4));
        Servers servers =
                Servers.at(List.of("http://a", "http://b/api"))
                        .withModel("org/Large")
                        .withDialect(Dialect.MISTRAL)
                        .withOpensThinking(true)
                        .withTimes(times)
                        .withTries(5);
        UpstreamGroup group = group(servers, Map.of());
        assertEquals("large", group.name());
        assertEquals(2, group.servers().size());
        for (UpstreamOptions each : group.servers()) {
            assertEquals(Optional.of("org/Large"), each.model());
            assertEquals(Dialect.MISTRAL, each.dialect());
            assertTrue(each.opensThinking());
            assertEquals(5, each.patience().tries());
            assertEquals(Duration.ofSeconds(1), each.patience().connect());
            assertEquals(Duration.ofSeconds(2), each.patience().limits().first());
            assertEquals(Duration.ofSeconds(3), each.patience().limits().between());
            assertEquals(Duration.ofSeconds(4), each.patience().limits().whole());
        }
    }

    @Test
    void wrong_settings_are_refused() {
        for (Servers wrong :
                List.of(
                        Servers.at(List.of()),
                        Servers.at(List.of("http://a", "http://a/v1")),
                        Servers.at(List.of("a")),
                        HERE.withTries(0),
                        HERE.withTimes(
                                new Times(
                                        Duration.ZERO,
                                        Duration.ofSeconds(1),
                                        Duration.ofSeconds(1),
                                        Duration.ofSeconds(1))))) {
            assertThrows(IllegalArgumentException.class, () -> group(wrong, Map.of()));
        }
    }
}
