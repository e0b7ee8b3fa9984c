package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.MemoryForecast;
import dev.tramontane.tensor.DType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

class DoctorCommandTest {
    @TempDir Path root;

    @Test
    void a_model_is_foretold_part_by_part() {
        JsonNode answer =
                Json.parse(
                        "output",
                        Tramontane.run("doctor", "-m", Tramontane.TINY, "--json", "-t", "1").out());
        assertEquals("model-f32", answer.at("/model/name").stringValue());
        assertTrue(answer.at("/model/open_ms").longValue() >= 0);
        JsonNode memory = answer.path("memory");
        assertEquals(8192, memory.path("context").intValue());
        assertEquals(
                memory.path("weights").longValue()
                        + memory.path("kv_cache").longValue()
                        + memory.path("workspace").longValue()
                        + memory.path("runtime").longValue(),
                memory.path("resident_when_full").longValue());
        JsonNode rates = answer.path("tokens_per_second");
        assertTrue(rates.path("tg128").doubleValue() > 0);
        assertTrue(
                rates.path("tg128").doubleValue()
                        >= rates.path("tg_at_full_context").doubleValue());
        assertTrue(answer.at("/machine/memory_bytes_per_second").doubleValue() > 0);
    }

    @Test
    void without_a_model_it_is_about_the_machine() {
        String out = Tramontane.run("doctor").out();
        assertTrue(out.startsWith("cpu "), out);
        assertTrue(!out.contains("model "), out);
    }

    @Test
    void a_shape_that_nobody_knows_is_refused_with_those_that_are_known() {
        Tramontane.Result result = Tramontane.run("doctor", "--shape", "7b");
        assertEquals(2, result.code());
        assertEquals(
                """
                tramontane: --shape is 7b, expected one of [3b, 8b, 14b, 24b]
                See: tramontane doctor --help
                """,
                result.err());
    }

    /// Magistral Small's parameters, as its card has them: 23,572,403,200 in the text network.
    @Test
    void the_shape_of_magistral_small_has_its_size() {
        var shape = KnownShape.MAGISTRAL_SMALL.in(DType.BF16);
        assertTrue(Math.abs(shape.bytes() - 2 * 23_572_403_200L) < 1_000_000);
        long mixed = KnownShape.MAGISTRAL_SMALL.in(DType.Q4_K).bytes();
        assertTrue(Math.abs(mixed - 14_300_000_000L) < 100_000_000, mixed + " bytes");
    }

    @Test
    void the_largest_context_is_what_is_left_over_the_cache_of_a_position() {
        var shape = KnownShape.MAGISTRAL_SMALL.in(DType.Q4_K);
        MemoryForecast memory = MemoryForecast.of(shape, EngineOptions.defaults());
        // Keys and values of 40 layers, 8 heads of 128, in 16 bits.
        assertEquals(2 * 40 * 8 * 128 * 2, memory.positionBytes());
        long context = memory.contextIn(24L << 30);
        assertTrue(memory.residentBytes((int) context) <= 24L << 30);
        assertTrue(memory.residentBytes((int) context + 32) > 24L << 30);
        assertEquals(0, memory.contextIn(1L << 30));
    }

    @Test
    void what_a_system_says_about_itself_is_read() throws IOException {
        file("proc/cpuinfo", "processor : 0\nmodel name : Old\nflags : sse2 fma\nprocessor : 1\n");
        file("proc/meminfo", "MemTotal: 2000 kB\nMemAvailable: 1500 kB\nSwapTotal: 10 kB\n");
        file("proc/loadavg", "9.50 1.00 1.00 1/100 1\n");
        file("sys/fs/cgroup/cpu.max", "150000 100000\n");
        file("sys/fs/cgroup/memory.max", "1024000\n");
        file("sys/fs/cgroup/memory.current", "24000\n");
        file("sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]\n");
        file("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");

        Machine machine = Machine.at(root);

        assertEquals("Old", machine.cpu());
        assertEquals(2, machine.cores());
        assertEquals(1.5, machine.quotaCores());
        assertEquals(1_024_000, machine.memoryBytes());
        assertEquals(1_000_000, machine.availableBytes());
        assertEquals(10_240, machine.swapUsedBytes());
        assertEquals(List.of("FMA"), machine.tellingFeatures());
        String advice = Advice.of(machine, false, false).toString();
        for (String found :
                List.of(
                        "jdk.incubator.vector is absent",
                        "native access is not granted",
                        "no AVX2",
                        "a container's quota gives 1.5 of 2 cores",
                        "huge pages are off",
                        "swapped out",
                        "powersave")) {
            assertTrue(advice.contains(found), found + " in " + advice);
        }
    }

    @Test
    void a_model_that_does_not_fit_is_said_with_the_context_that_does() throws IOException {
        file("proc/meminfo", "MemTotal: 20000000 kB\nMemAvailable: 16000000 kB\n");
        Machine machine = Machine.at(root);
        MemoryForecast memory =
                MemoryForecast.of(
                        KnownShape.MAGISTRAL_SMALL.in(DType.Q4_K), EngineOptions.defaults());
        String advice = Advice.of(machine, memory, 131_072, Optional.of(0.5)).toString();
        assertTrue(advice.contains("use --context "), advice);
        assertTrue(advice.contains("50 % of the file is in memory"), advice);
    }

    private void file(String name, String content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
