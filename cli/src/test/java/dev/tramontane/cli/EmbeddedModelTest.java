package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.tramontane.nano.Nano;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

class EmbeddedModelTest {
    @Test
    void it_is_written_once_below_the_home(@TempDir Path home) throws IOException {
        var environment = Map.of("TRAMONTANE_HOME", home.toString());
        Path file = EmbeddedModel.path(environment);
        assertArrayEquals(Nano.bytes(), Files.readAllBytes(file));
        var written = Files.getLastModifiedTime(file);
        assertEquals(file, EmbeddedModel.path(environment));
        assertEquals(written, Files.getLastModifiedTime(file));
    }

    @Test
    void a_home_that_cannot_be_written_is_no_obstacle(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "no folder");
        Path model = EmbeddedModel.path(Map.of("TRAMONTANE_HOME", file.toString()));
        assertNotEquals(folder, model.getParent());
        assertArrayEquals(Nano.bytes(), Files.readAllBytes(model));
    }

    @Test
    void the_digest_is_that_of_the_file() throws IOException, NoSuchAlgorithmException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Nano.bytes());
        assertEquals(HexFormat.of().formatHex(digest), Nano.digest());
    }
}
