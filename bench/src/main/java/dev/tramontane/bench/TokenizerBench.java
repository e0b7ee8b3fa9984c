package dev.tramontane.bench;

import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.tokenizer.Tokenizer;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

/// Encodes two million characters: milliseconds, so 2000 / score is about megabytes a second.
/// Tekken has its full vocabulary; those of the other families are the small ones of the tests,
/// which join more pairs for each character than a full one.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class TokenizerBench {
    private static final int CHARACTERS = 2_000_000;
    private static final String MIXED =
            """
            Le vent du nord souffle depuis trois jours ; la mer est d'un bleu dur, presque noir.
            for (int i = 0; i < n; i++) { sum += values[i] * weights[i]; } // O(n)
            Die Prüfung der Rechnung ergab 1.234,56 € — nicht 1.243,65 €. Что делать?
            東京タワーの高さは333メートルです。 \\(\\int_0^1 x^2\\,dx = \\frac{1}{3}\\)
            The train leaves at 9:40 and arrives at 13:15, so the trip takes 3 h 35 min.
            """;

    private static final Path VECTORS = Path.of("../engine/src/test/resources/vectors");

    @Param({"mixed", "one letter"})
    public String kind;

    /// `tekken`, or a `tokenizer.json` of the vectors.
    @Param({
        "tekken",
        "bpe/qwen2",
        "bpe/llama-bpe",
        "bpe/gpt-4o",
        "bpe/deepseek-llm",
        "bpe/deepseek-v3",
        "bpe/spm-metaspace",
        "unigram/bytes.always",
        "unigram/bytes.bare",
        "unigram/nfkc.t5"
    })
    public String vocabulary;

    private Tokenizer tokenizer;
    private String text;

    @Setup
    public void open() throws IOException {
        tokenizer = vocabulary.equals("tekken") ? tekken() : tokenizerJson();
        String unit = kind.equals("mixed") ? MIXED : "a";
        text = unit.repeat(CHARACTERS / unit.length() + 1).substring(0, CHARACTERS);
    }

    private static Tekken tekken() throws IOException {
        try (InputStream in = unzipped("tekken/tekken_240911.json.gz")) {
            return Tekken.read(in, "tekken_240911.json");
        }
    }

    /// With the charsmap that the vectors keep in a file of its own.
    private Tokenizer tokenizerJson() throws IOException {
        String json = Files.readString(VECTORS.resolve(vocabulary + ".json"));
        Path whole = Files.createTempFile("tokenizer", ".json");
        try (InputStream in = unzipped("unigram/nmt_nfkc.gz")) {
            String charsMap = Base64.getEncoder().encodeToString(in.readAllBytes());
            Files.writeString(whole, json.replace("nmt_nfkc.gz", charsMap));
            return Tokenizer.read(whole);
        } finally {
            Files.delete(whole);
        }
    }

    private static InputStream unzipped(String file) throws IOException {
        return new GZIPInputStream(Files.newInputStream(VECTORS.resolve(file)));
    }

    @Benchmark
    public int[] encode() {
        return tokenizer.encode(text);
    }
}
