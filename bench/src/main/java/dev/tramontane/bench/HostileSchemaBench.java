package dev.tramontane.bench;

import dev.tramontane.grammar.Grammar;
import dev.tramontane.grammar.InvalidGrammarException;
import dev.tramontane.grammar.schema.JsonSchema;

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

import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// What the schemas cost that cost most: reading, telling the grammar and compiling it, or the way
/// to the refusal. Each shot is one schema; the first, in a fresh process, is compiled least. The
/// aim is half a second of a quiet core.
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 0)
@Measurement(iterations = 6)
public class HostileSchemaBench {
    @Param({
        "properties",
        "properties by length",
        "oneOf of constants",
        "oneOf of objects",
        "anyOf times properties",
        "enum",
        "enum times lengths",
        "patterns",
        "wide patterns",
        "limits"
    })
    public String kind;

    private String schema;

    @Setup
    public void write() {
        schema =
                switch (kind) {
                    case "properties" ->
                            "{\"properties\":{"
                                    + listed(4900, i -> "\"p" + i + "\":{\"type\":\"null\"}")
                                    + "}}";
                    case "properties by length" ->
                            "{\"properties\":{"
                                    + listed(4900, i -> "\"p" + i + "\":{\"maxLength\":" + i + "}")
                                    + "},\"additionalProperties\":false}";
                    case "oneOf of constants" ->
                            "{\"oneOf\":[" + listed(1000, i -> "{\"const\":" + i + "}") + "]}";
                    case "oneOf of objects" ->
                            "{\"oneOf\":["
                                    + listed(
                                            300,
                                            i ->
                                                    "{\"properties\":{\"k\":{\"const\":%d}},\"required\":[\"k\"]}"
                                                            .formatted(i))
                                    + "]}";
                    case "anyOf times properties" ->
                            "{\"allOf\":[{\"anyOf\":["
                                    + listed(
                                            900,
                                            i ->
                                                    "{\"properties\":{\"a"
                                                            + i
                                                            + "\":{\"minLength\":1}}}")
                                    + "]},{\"properties\":{"
                                    + listed(200, i -> "\"p" + i + "\":{\"type\":\"string\"}")
                                    + "}}]}";
                    case "enum" ->
                            "{\"enum\":["
                                    + listed(10_000, i -> "\"value " + i * 7919 + "\"")
                                    + "]}";
                    case "enum times lengths" ->
                            "{\"allOf\":[{\"enum\":["
                                    + listed(9000, i -> "\"v" + i + "\"")
                                    + "]},{\"anyOf\":["
                                    + listed(900, i -> "{\"maxLength\":" + (i + 10) + "}")
                                    + "]}]}";
                    case "patterns" ->
                            "{\"properties\":{"
                                    + listed(
                                            26,
                                            i ->
                                                    "\"p%d\":{\"pattern\":\"^.{%d}$\"}"
                                                            .formatted(i, 2500 + i))
                                    + "}}";
                    case "wide patterns" -> "{\"pattern\":\"^\\\\p{L}{0,2000}$\"}";
                    case "limits" ->
                            "{\"allOf\":["
                                    + listed(500, i -> "{\"minimum\":" + i + "." + i + "}")
                                    + "]}";
                    default -> throw new IllegalArgumentException(kind);
                };
    }

    private static String listed(int count, IntFunction<String> one) {
        return IntStream.range(0, count).mapToObj(one).collect(Collectors.joining(","));
    }

    @Benchmark
    public Object compile() {
        try {
            return Grammar.compile(JsonSchema.parse(schema).grammar());
        } catch (InvalidGrammarException refused) {
            return refused;
        }
    }
}
