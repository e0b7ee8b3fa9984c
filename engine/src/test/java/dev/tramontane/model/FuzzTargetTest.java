package dev.tramontane.model;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.util.List;

/// The fuzzer's targets take their seeds, of which some may be refused, and refuse what is none.
class FuzzTargetTest {
    static List<String> names() {
        return FuzzTarget.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void a_target_opens_its_seeds_and_refuses_rubbish(String name) throws IOException {
        FuzzTarget target = FuzzTarget.named(name);
        int opened = 0;
        for (byte[] seed : target.seeds()) {
            opened += target.take(seed) ? 1 : 0;
        }
        assertTrue(opened > 0);
        byte[] rubbish = "{{ {\"a\":".getBytes(UTF_8);
        assertFalse(target.take(rubbish));
    }
}
