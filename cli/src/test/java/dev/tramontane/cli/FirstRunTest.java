package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.terminal.Stdio;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

class FirstRunTest {
    @ParameterizedTest
    @CsvSource({
        "64, Q8_0, magistral-small",
        "32, Q8_0, magistral-small",
        "24, Q5_K_M, magistral-small",
        "20, Q4_K_M, magistral-small",
        "16, Q4_K_M, ministral-14b",
        "8, Q4_K_M, ministral-8b",
        "5, Q4_K_M, ministral-3b"
    })
    void the_advice_fits_the_memory(long gigabytes, String quantisation, String name) {
        FirstRun.Choice best = FirstRun.choices(gigabytes * 1_000_000_000L).getFirst();
        assertEquals(name, best.name());
        assertTrue(best.reference().endsWith(":" + quantisation), best.reference());
        assertTrue(best.bytes() < gigabytes * 1_000_000_000L);
    }

    @Test
    void two_models_are_named_where_a_smaller_one_exists_and_none_where_none_fits() {
        assertEquals(2, FirstRun.choices(64_000_000_000L).size());
        assertEquals(1, FirstRun.choices(5_000_000_000L).size());
        assertEquals(0, FirstRun.choices(2_000_000_000L).size());
        assertTrue(told(2_000_000_000L).contains("too few"));
    }

    private static String told(long memoryBytes) {
        var out = new ByteArrayOutputStream();
        FirstRun.tellWhatFits(new PrintStream(out, true, StandardCharsets.UTF_8), memoryBytes);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void a_command_that_can_be_pasted_is_told() {
        assertTrue(
                told(20_000_000_000L)
                        .contains(
                                "tramontane pull hf:mistralai/Magistral-Small-2509-GGUF:Q4_K_M --as"
                                        + " magistral-small"));
    }

    @Test
    void it_is_said_once_and_on_a_terminal_alone(@TempDir Path home) {
        var program = Tramontane.program().variable("TRAMONTANE_HOME", home.toString());
        assertFalse(program.with("run", "hello").err().contains("tramontane pull"));
        program.terminals(new Stdio.Terminals(true, true, true));
        assertTrue(program.with("run", "hello").err().contains("tramontane pull"));
        assertFalse(program.with("run", "hello").err().contains("tramontane pull"));
    }

    @Test
    void whoever_has_a_model_is_told_its_name(@TempDir Path home) {
        var program = Tramontane.program().variable("TRAMONTANE_HOME", home.toString());
        program.with("import", Tramontane.TINY, "--as", "tiny");
        program.terminals(new Stdio.Terminals(true, true, true));
        assertTrue(program.with("run", "hello").err().contains("tramontane run -m tiny"));
    }
}
