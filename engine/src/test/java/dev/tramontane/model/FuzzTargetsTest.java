package dev.tramontane.model;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The fuzzer's targets take their seeds, and inputs that once were findings.
class FuzzTargetsTest {
    private static final Map<String, Consumer<byte[]>> TARGETS =
            Map.of(
                    "Gguf", FuzzTargets.Gguf::fuzzerTestOneInput,
                    "Safetensors", FuzzTargets.Safetensors::fuzzerTestOneInput,
                    "Params", FuzzTargets.Params::fuzzerTestOneInput,
                    "Config", FuzzTargets.Config::fuzzerTestOneInput,
                    "Vocabulary", FuzzTargets.Vocabulary::fuzzerTestOneInput);

    @Test
    void each_target_takes_its_seed_and_the_usual_rubbish(@TempDir Path folder) throws IOException {
        FuzzTargets.main(new String[] {folder.toString()});
        for (Map.Entry<String, Consumer<byte[]>> target : TARGETS.entrySet()) {
            byte[] seed = Files.readAllBytes(folder.resolve(target.getKey()).resolve("seed"));
            assertTrue(seed.length > 100, target.getKey());
            for (byte[] input :
                    List.of(seed, new byte[0], new byte[100], utf8("{\"a\":"), utf8("{}"))) {
                assertDoesNotThrow(() -> target.getValue().accept(input), target.getKey());
            }
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
