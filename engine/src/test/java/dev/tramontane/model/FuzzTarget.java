package dev.tramontane.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tramontane.grammar.Grammar;
import dev.tramontane.grammar.InvalidGrammarException;
import dev.tramontane.grammar.schema.SchemaAgreement;
import dev.tramontane.weights.ModelFormatException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One kind of file that the fuzzer writes, and how it is opened.
///
/// @param seeds small valid ones
/// @param mostBytes of heap for one opening, beside what {@link Opening} grants each byte
record FuzzTarget(List<byte[]> seeds, Damage damage, long mostBytes) {
    /// What a template spends is a matter of its loops, not of its length.
    private static final long MOST_BYTES_FOR_A_TEMPLATE = 256 << 20;

    private static final long MOST_BYTES_FOR_A_GRAMMAR = 512 << 20;

    private static final List<String> GRAMMARS =
            List.of(
                    "root ::= \"(\" root \")\" root | item{2,900}\nitem ::= [^()]+ | \"\\x41\"?",
                    "# any\nroot ::= (a \",\"){,3} |\n  a*\na ::= [a-zé] . ",
                    "^(a|b)*\\d{3,}[^c-é]?$",
                    "(?<n>\\p{Lu}.+?){1,1000}|\\u00e9\\x41[\\w-]");

    private static final long MOST_BYTES_FOR_A_SCHEMA = 1 << 30;

    /// Each a schema and, on the next line, a document.
    private static final List<String> SCHEMAS =
            List.of(
                    """
                    {"type":"object","properties":{"a":{"enum":["x",1,null]},"b":{"minimum":-3,"multipleOf":0.5}},"required":["a"],"additionalProperties":false}
                    {"a": "x", "b": 7}""",
                    """
                    {"oneOf":[{"type":"string","pattern":"^a+b?$","maxLength":5},{"type":"array","items":{"$ref":"#"},"minItems":1,"contains":{"const":"ab"}}]}
                    ["ab", ["aab"]]""",
                    """
                    {"not":{"type":["null","boolean"]},"if":{"type":"number"},"then":{"exclusiveMaximum":1e2},"else":{"format":"date"}}
                    "2024-02-29\"""",
                    """
                    {"patternProperties":{"^x-":{"minLength":2}},"propertyNames":{"maxLength":4},"dependentRequired":{"a":["b"]},"minProperties":1}
                    {"x-1": "ok"}""",
                    """
                    {"allOf":[{"prefixItems":[{"$ref":"#/$defs/n"},true]},{"uniqueItems":true,"maxItems":2,"items":{"enum":[1,2,[]]}}],"$defs":{"n":{"type":"integer"}}}
                    [1.0, []]""");

    private interface Making {
        FuzzTarget make() throws IOException;
    }

    private static final Map<String, Making> MAKINGS = new LinkedHashMap<>();

    static {
        MAKINGS.put("Gguf", () -> ofModel("model.gguf"));
        MAKINGS.put("Safetensors", () -> ofModel("consolidated.safetensors"));
        MAKINGS.put("Params", () -> ofModel("params.json"));
        MAKINGS.put("Config", () -> ofModel("config.json"));
        MAKINGS.put("Index", () -> ofModel("model.safetensors.index.json"));
        MAKINGS.put("Tekken", FuzzTarget::ofTekken);
        MAKINGS.put("Tokenizer", FuzzTarget::ofTokenizer);
        MAKINGS.put("Template", FuzzTarget::ofTemplate);
        MAKINGS.put("Grammar", FuzzTarget::ofGrammar);
        MAKINGS.put("Schema", FuzzTarget::ofSchema);
    }

    /// Every target's name.
    static List<String> names() {
        return List.copyOf(MAKINGS.keySet());
    }

    static FuzzTarget named(String name) throws IOException {
        Making making = MAKINGS.get(name);
        if (making == null) {
            throw new IllegalArgumentException(
                    "no target " + name + "; expected one of " + names());
        }
        return making.make();
    }

    /// Whether what the fuzzer wrote opens.
    ///
    /// @throws AssertionError unless it opens or is properly refused
    boolean take(byte[] input) throws IOException {
        return Opening.of("input", input.length, mostBytes, damage.of(input));
    }

    /// A folder with a small valid model, of which one file is the fuzzer's.
    private static FuzzTarget ofModel(String name) throws IOException {
        Path root = Files.createTempDirectory("fuzz");
        Path file = root.resolve(name);
        Path opened = root;
        switch (name) {
            case "model.gguf" -> {
                SmallModel.writeGguf(file);
                opened = file;
            }
            case "config.json", "model.safetensors.index.json" -> SmallModel.writeHuggingFace(root);
            default -> SmallModel.writeMistral(root);
        }
        Path model = opened;
        return new FuzzTarget(
                List.of(Files.readAllBytes(file)),
                Damage.inFile(file, () -> SmallModel.open(model)),
                Opening.MOST_BYTES_FOR_ANY);
    }

    private static FuzzTarget ofTekken() {
        return new FuzzTarget(
                List.of(SmallTexts.tekken().toString().getBytes(UTF_8)),
                bytes -> () -> SmallTexts.openTekken(bytes),
                Opening.MOST_BYTES_FOR_ANY);
    }

    private static FuzzTarget ofTokenizer() throws IOException {
        Path file = Files.createTempDirectory("fuzz").resolve("tokenizer.json");
        List<byte[]> seeds =
                SmallTexts.TOKENIZERS.stream()
                        .map(name -> SmallTexts.tokenizer(name).toString().getBytes(UTF_8))
                        .toList();
        Files.write(file, seeds.getFirst());
        return new FuzzTarget(
                seeds,
                Damage.inFile(file, () -> SmallTexts.openTokenizer(file)),
                Opening.MOST_BYTES_FOR_ANY);
    }

    private static FuzzTarget ofTemplate() throws IOException {
        var variables = SmallTexts.variables();
        return new FuzzTarget(
                SmallTexts.templates().stream().map(text -> text.getBytes(UTF_8)).toList(),
                bytes -> () -> SmallTexts.render(bytes, variables),
                MOST_BYTES_FOR_A_TEMPLATE);
    }

    /// A form for answers as a stranger writes it, taken for an expression and then for a grammar:
    /// it compiles, and tells of a text whether it matches; or it is refused.
    private static FuzzTarget ofGrammar() {
        return new FuzzTarget(
                GRAMMARS.stream().map(text -> text.getBytes(UTF_8)).toList(),
                bytes -> () -> compile(new String(bytes, UTF_8)),
                MOST_BYTES_FOR_A_GRAMMAR);
    }

    /// A schema and a document, as strangers write them: the schema is refused, or its two readers
    /// say the same of the document.
    private static FuzzTarget ofSchema() {
        agree(SCHEMAS.getFirst()); // fifty classes to instrument, before a clock runs
        return new FuzzTarget(
                SCHEMAS.stream().map(text -> text.getBytes(UTF_8)).toList(),
                bytes -> () -> agree(new String(bytes, UTF_8)),
                MOST_BYTES_FOR_A_SCHEMA);
    }

    private static void agree(String text) {
        int end = text.indexOf('\n');
        String schema = end < 0 ? text : text.substring(0, end);
        try {
            SchemaAgreement.check(schema, text.substring(schema.length()));
        } catch (InvalidGrammarException e) {
            throw new ModelFormatException(e.getMessage() + "; write another", e);
        }
    }

    private static void compile(String text) {
        try {
            Grammar.regex(text).matches(text);
        } catch (InvalidGrammarException _) {
            // refused as an expression; it may be a grammar
        }
        try {
            Grammar.parse(text).matches(text);
        } catch (InvalidGrammarException e) {
            throw new ModelFormatException(e.getMessage() + "; write another", e);
        }
    }
}
