package dev.tramontane.bench;

import dev.tramontane.tokenizer.Tekken;

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
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

/// Encodes two million characters with the full vocabulary: milliseconds, so 2000 / score is about
/// megabytes a second.
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

    @Param({"mixed", "one letter"})
    public String kind;

    private Tekken tekken;
    private String text;

    @Setup
    public void open() throws IOException {
        Path zipped = Path.of("../engine/src/test/resources/vectors/tekken/tekken_240911.json.gz");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(zipped))) {
            tekken = Tekken.read(in, "tekken_240911.json");
        }
        String unit = kind.equals("mixed") ? MIXED : "a";
        text = unit.repeat(CHARACTERS / unit.length() + 1).substring(0, CHARACTERS);
    }

    @Benchmark
    public int[] encode() {
        return tekken.encode(text);
    }
}
