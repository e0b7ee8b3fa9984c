package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.EngineOptions.CacheChoice;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.server.LocalSettings;
import dev.tramontane.server.UpstreamKey;
import dev.tramontane.server.UpstreamSettings;
import dev.tramontane.server.UpstreamSettings.Servers;
import dev.tramontane.terminal.UsageException;
import dev.tramontane.wire.Dialect;
import dev.tramontane.wire.ReasoningFormat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The models of a `tramontane.yaml`.
class ConfiguredModelsTest {
    private Path home = Path.of("");

    @BeforeEach
    void make_a_home(@TempDir Path folder) throws IOException {
        home = folder;
        Files.copy(Path.of(Tramontane.TINY), folder.resolve("tiny.gguf"));
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(home.resolve("tramontane.yaml"), yaml);
    }

    private List<LocalSettings> read(String yaml) throws IOException {
        return all(yaml, false).stream().map(each -> ((Configured.Here) each).settings()).toList();
    }

    private List<Configured> all(String yaml, boolean isLocal) throws IOException {
        var out = new ByteArrayOutputStream();
        var reader =
                new ConfiguredModels(
                        Tramontane.program()
                                .variable("TRAMONTANE_HOME", home.toString())
                                .stdio(out, out),
                        EngineOptions.defaults().withThreads(3),
                        Optional.of(Duration.ofMinutes(30)),
                        new ConfiguredServers(!isLocal));
        return reader.read(ConfigurationFile.read(file(yaml), isLocal).models().orElseThrow());
    }

    @Test
    void a_model_has_all_that_stands_below_its_name() throws IOException {
        LocalSettings model =
                read("""
                        models:
                          reasoner:
                            path: tiny.gguf
                            aliases: [magistral, gpt-4o]
                            description: Thinks.
                            context: 300
                            parallel: 2
                            kv-type: q8_0
                            keep-alive: 2h
                            system-prompt: |
                              Be brief.
                              And kind.
                            defaults:
                              temperature: 0.25
                              max_tokens: 99
                              logit_bias: {"5": -1.5}
                              reasoning_format: mistral
                            prices: {input: 0.5, cached: 0.05, output: 20}
                        """)
                        .getFirst();
        assertEquals("reasoner", model.id());
        assertEquals(List.of("magistral", "gpt-4o"), model.aliases());
        assertEquals(home.resolve("tiny.gguf").toAbsolutePath(), model.path());
        assertEquals(
                EngineOptions.defaults()
                        .withThreads(3)
                        .withContext(300)
                        .withMaxSequences(2)
                        .withCache(CacheChoice.Q8_0),
                model.options());
        assertEquals(Optional.of(Duration.ofHours(2)), model.keepAlive());
        assertEquals("Thinks.", model.terms().description());
        assertEquals(Optional.of("Be brief.\nAnd kind.\n"), model.terms().systemPrompt());
        SamplingParams sampling = model.terms().defaults().sampling(SamplingParams.greedy(7));
        assertEquals(0.25f, sampling.temperature());
        assertEquals(99, sampling.maxTokens());
        assertEquals(-1.5f, sampling.penalties().bias().values().get(5));
        assertEquals(Optional.of(ReasoningFormat.MISTRAL), model.terms().defaults().format());
        assertEquals(new BigDecimal("20"), model.terms().prices().orElseThrow().reasoning());
    }

    @Test
    void a_model_may_be_one_of_other_servers() throws IOException {
        List<Configured> models =
                all(
                        """
                        models:
                          medium:
                            upstream: http://127.0.0.1:9
                          large:
                            aliases: big
                            context: 4096
                            thinks: yes
                            upstream:
                              addresses: [http://127.0.0.1:9, http://127.0.0.1:8/v1]
                              model: large-2512
                              key-file: key
                              dialect: mistral
                              first-token: 1m
                              tries: 2
                        """,
                        false);
        UpstreamSettings medium = ((Configured.Elsewhere) models.getFirst()).settings();
        assertEquals(
                UpstreamSettings.of("medium", Servers.at(List.of("http://127.0.0.1:9"))), medium);
        UpstreamSettings large = ((Configured.Elsewhere) models.getLast()).settings();
        assertEquals(List.of("big"), large.aliases());
        assertEquals(4096, large.known().context().orElseThrow());
        assertEquals(Optional.of(true), large.known().thinks());
        assertEquals(2, large.servers().addresses().size());
        assertEquals(Optional.of("large-2512"), large.servers().model());
        assertEquals(
                new UpstreamKey.File(home.toAbsolutePath().resolve("key")), large.servers().key());
        assertEquals(Optional.of(Dialect.MISTRAL), large.servers().dialect());
        assertEquals(Duration.ofMinutes(1), large.servers().times().firstToken());
        assertEquals(2, large.servers().tries());
    }

    @Test
    void a_file_that_may_be_somebody_elses_names_no_keys() {
        var refused =
                assertThrows(
                        ConfigurationFile.WrongException.class,
                        () ->
                                all(
                                        "models:\n  a:\n    upstream:\n      addresses: http://x\n      key-variable: HOME\n",
                                        true));
        assertTrue(
                String.valueOf(refused.getMessage())
                        .contains(":5: models.a.upstream.key-variable names a key"),
                refused.toString());
    }

    @Test
    void a_name_alone_is_one_of_the_store_or_nano() throws IOException {
        List<LocalSettings> models = read("models:\n  nano: {}\n  other: {path: nano}\n");
        assertEquals(List.of("nano", "other"), models.stream().map(LocalSettings::id).toList());
        assertEquals(models.getFirst().path(), models.getLast().path());
        assertEquals(Optional.of(Duration.ofMinutes(30)), models.getFirst().keepAlive());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "models: 5 | :1: models holds no keys",
                "models:\\n  a: 5 | :2: models.a holds no keys",
                "models:\\n  a: {pth: tiny.gguf} | :2: models.a: has no path, and ",
                "models:\\n  a:\\n    path: gone.gguf | :3: models.a.path is gone.gguf: ",
                "models:\\n  gone: {} | :2: models.gone: has no path, and ",
                "models:\\n  a:\\n    path: tiny.gguf\\n    contxt: 5 | :4: models.a.contxt has no meaning, expected one of aliases, context,",
                "models:\\n  a:\\n    path: tiny.gguf\\n    contxt: 5 | did you mean context?",
                "models:\\n  a:\\n    path: tiny.gguf\\n    context: many | :4: models.a.context is many, expected a whole number from 1",
                "models:\\n  a:\\n    path: tiny.gguf\\n    context: -1 | :4: models.a.context is -1",
                "models:\\n  a:\\n    path: tiny.gguf\\n    context: | :4: models.a.context has no value",
                "models:\\n  a:\\n    path: tiny.gguf\\n    kv-type: f8 | expected auto, f32, f16, bf16 or q8_0",
                "models:\\n  a:\\n    path: tiny.gguf\\n    keep-alive: soon | expected a time such as 90s, 30m or 2h, of a year at most, or always",
                "models:\\n  a:\\n    path: tiny.gguf\\n    defaults:\\n      temperature: 7 | :5: models.a.defaults.temperature is refused: temperature: found 7, expected a number from 0 to 2",
                "models:\\n  a:\\n    path: tiny.gguf\\n    defaults:\\n      seed: 7 | :5: models.a.defaults.seed is refused: seed: no field that has a default",
                "models:\\n  a:\\n    path: tiny.gguf\\n    prices:\\n      input: -1 | :5: models.a.prices.input is -1, expected a price",
                "models:\\n  a:\\n    path: tiny.gguf\\n    prices: {input: 1} | :4: models.a.prices: has no input and output",
                "models:\\n  a: {path: tiny.gguf}\\n  a: {path: tiny.gguf} | :3: models.a is there twice",
                "models:\\n  a: {path: tiny.gguf}\\nmodels:\\n  b: {} | :3: models is there twice",
                "models:\\n  a: {path: tiny.gguf, aliases: b}\\n  b: {path: tiny.gguf} | :2: models.a.aliases has b, which means b already",
                "models:\\n  a: {path: tiny.gguf, aliases: c}\\n  b: {path: tiny.gguf, aliases: c} | :3: models.b.aliases has c, which means a already",
                "models:\\n  a: {upstream: 'ftp://x'} | :2: models.a.upstream is wrong: ",
                "models:\\n  a: {upstream: [http://x, http://x/v1]} | :2: models.a.upstream is wrong: a: the server http://x/v1 stands there twice",
                "models:\\n  a: {upstream: []} | :2: models.a: has no addresses",
                "models:\\n  a: {upstream: {addresses: 'http://x', first-token: 0}} | first-token is 0, expected more than nothing",
                "models:\\n  a: {upstream: 'http://x', path: y} | models.a.path has no meaning",
                "models:\\n  'a b': {path: tiny.gguf} | :2: models.a b is no public name",
            })
    void what_is_wrong_is_said_with_its_line(String yaml, String message) {
        var refused =
                assertThrows(
                        ConfigurationFile.WrongException.class,
                        () -> read(yaml.replace("\\n", "\n")));
        assertTrue(
                String.valueOf(refused.getMessage()).contains(message.strip()), refused.toString());
    }

    @Test
    void serve_reads_the_file_that_it_is_told_and_no_other_command_minds_its_models()
            throws IOException {
        file("models:\n  a:\n    path: tiny.gguf\n    context: many\n");
        Tramontane program = Tramontane.program().variable("TRAMONTANE_HOME", home.toString());
        assertEquals(0, program.with("ls").code());
        Path other = Files.writeString(home.resolve("other.yaml"), "models:\n  b: {x: 1}\n");
        for (String[] told :
                new String[][] {
                    {"serve"},
                    {"serve", "--config=" + other},
                    {"serve", "--config", other.toString()}
                }) {
            Tramontane.Result result = program.with(told);
            assertEquals(2, result.code(), result.err());
            String place =
                    told.length == 1 ? "tramontane.yaml:4: models.a" : "other.yaml:2: models.b";
            assertTrue(result.err().contains(place), result.err());
        }
        Tramontane.Result gone = program.with("serve", "--config=" + home.resolve("gone.yaml"));
        assertEquals(1, gone.code());
        assertTrue(gone.err().contains("gone.yaml"), gone.err());
    }

    @ParameterizedTest
    @CsvSource({"24GB,24000000000", "1.5GiB,1610612736", "7,7", "2 kb,2000", "512MiB,536870912"})
    void amounts_of_memory_are_read_as_people_write_them(String text, long bytes) {
        assertEquals(bytes, Amounts.bytes(text));
    }

    @Test
    void times_are_read_as_people_write_them() {
        assertEquals(Duration.ofSeconds(90), Amounts.time("90s"));
        assertEquals(Duration.ofSeconds(90), Amounts.time("1.5m"));
        assertEquals(Duration.ofMillis(250), Amounts.time("250ms"));
        assertEquals(Optional.of(Duration.ZERO), Amounts.keepAlive("0"));
        assertEquals(Optional.empty(), Amounts.keepAlive("always"));
        for (String wrong : List.of("", "-1s", "1y", "s", "400d", "9999999999999")) {
            assertThrows(IllegalArgumentException.class, () -> Amounts.time(wrong), wrong);
            assertThrows(IllegalArgumentException.class, () -> Amounts.bytes(wrong + "x"), wrong);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--memory=much | --memory is much, expected an amount of memory",
                "--memory=1kB | expected 1000 at most",
                "--keep-alive=soon | --keep-alive is soon, expected a time",
                "--models-dir=gone | --models-dir is gone, expected a folder",
                "--max-requests=0 | expected 1 or more",
                "--max-body=9GB | expected 1GiB at most",
                "--grace=soon | --grace is soon, expected a time",
            })
    void wrong_flags_of_serve_are_said(String flag, String message) {
        Tramontane.Result result =
                Tramontane.run("serve", "-m", Tramontane.TINY, "--port=0", flag.strip());
        assertEquals(2, result.code(), result.err());
        assertTrue(result.err().contains(message.strip()), result.err());
    }

    @Test
    void a_wrong_amount_is_a_matter_of_usage() {
        assertThrows(
                UsageException.class,
                () -> UsageException.check(() -> Amounts.of("--memory", "x", Amounts::bytes)));
    }
}
