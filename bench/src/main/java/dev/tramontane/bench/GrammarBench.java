package dev.tramontane.bench;

import dev.tramontane.grammar.Grammar;
import dev.tramontane.grammar.GrammarMask;
import dev.tramontane.grammar.TokenTrie;
import dev.tramontane.sampling.TokenMask.Verdict;
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
import org.openjdk.jmh.infra.Blackhole;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

/// Masks over 131,072 tokens while a document is written: microseconds a document of {@link
/// #tokens} tokens, so score / tokens is what a mask costs a token. `fresh` compiles the grammar
/// and makes every mask anew, as the first request of a form does; `known` finds them, as those
/// after it do.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class GrammarBench {
    private static final Path VOCABULARY =
            Path.of("../engine/src/test/resources/vectors/tekken/tekken_240911.json.gz");

    private static final String DOCUMENT =
            """
            {"name": "Le Tramontane", "address": {"street": "12 rue de l'Église", "city": "Perpignan", "code": 66000},
             "open": true, "stars": 4.5, "tags": ["quiet", "wind \\"from the north\\"", "sea"], "rooms": [{"n": 1, "free": false}, {"n": 2, "free": null}]}
            """
                    .strip()
                    .replace("\n ", "\n  ");

    @Param({"json", "regex"})
    public String form;

    private TokenTrie vocabulary;
    private Grammar grammar;
    private int[] tokens;

    @Setup
    public void read() throws IOException {
        try (InputStream file = new GZIPInputStream(Files.newInputStream(VOCABULARY))) {
            Tekken tokenizer = Tekken.read(file, "tekken_240911.json");
            vocabulary = TokenTrie.of(tokenizer);
            tokens = tokenizer.encode(DOCUMENT);
        }
        grammar = compiled();
    }

    private Grammar compiled() {
        return form.equals("json") ? Grammar.json() : Grammar.regex("\\{[^]{1,4000}\\}");
    }

    @Benchmark
    public void known(Blackhole sink) {
        write(grammar, sink);
    }

    @Benchmark
    public void fresh(Blackhole sink) {
        write(compiled(), sink);
    }

    private void write(Grammar form, Blackhole sink) {
        var mask = GrammarMask.of(form, vocabulary);
        for (int token : tokens) {
            Verdict verdict = mask.next();
            sink.consume(verdict);
            mask.accept(token);
        }
        if (!mask.mayEnd()) {
            throw new IllegalStateException("the document does not match its form");
        }
    }
}
