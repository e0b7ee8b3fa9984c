package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// 2 for what is typed wrong, 1 for what fails although it is typed right; one message each.
class ExitCodeTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "run --nonsense hello",
                "run -m MODEL --temperature=hot hello",
                "run -m MODEL --temperature=-1 hello",
                "run -m MODEL --top-p=2 hello",
                "run -m MODEL --max-tokens=-1 hello",
                "run -m MODEL --logit-bias=17 hello",
                "run -m MODEL --threads=-1 hello",
                "run -m MODEL --context=-1 hello",
                "run -m MODEL --kernels=quick hello",
                "run -m MODEL --think=much hello",
                "pull",
                "pull owner/repo",
                "pull hf:owner",
                "pull hf:owner/../repo",
                "pull hf:owner/repo --as ../name",
                "pull hf:owner/repo --hub ftp://somewhere",
                "import",
                "import MODEL --as ../name",
                "cp nano",
                "cp nano ../name",
                "rm",
                "show --json=maybe",
                "tokenize -m MODEL --decode --jsonl",
                "score -m MODEL",
                "score -m MODEL --tokens=one",
                "perplexity -m MODEL",
                "perplexity -m MODEL -f MODEL --context=3",
                "bench -m MODEL -r 0",
                "bench -m MODEL -p -1",
                "bench -m MODEL -b 0",
                "bench -m MODEL --drafts=1",
                "doctor -m MODEL --shape 24b",
                "doctor --shape 7b",
                "quantize MODEL",
                "quantize MODEL target/out.gguf --type Q9",
                "convert",
                "completion tcsh"
            })
    void what_is_typed_wrong_exits_with_two(String line) {
        Tramontane.Result result = run(line);
        assertEquals(2, result.code(), result.err());
        assertEquals("", result.out());
        assertFalse(result.err().contains("Exception"), result.err());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run -m no/such.gguf hello",
                "run -m MODEL --context=200000 hello",
                "run -m MODEL --draft=no/such.gguf hello",
                "pull --offline hf:owner/repo",
                "import no/such.gguf",
                "cp nobody name",
                "rm nobody",
                "verify nobody",
                "show nobody",
                "tokenize -m nobody hello",
                "score -m MODEL --tokens=1,99999999",
                "perplexity -m MODEL -f no/such.txt",
                "bench -m nobody",
                "doctor -m nobody",
                "quantize no/such.gguf target/out.gguf --type Q8_0",
                "quantize MODEL no/such/out.gguf --type Q8_0",
                "convert MODEL target/out.gguf"
            })
    void what_fails_exits_with_one(String line) {
        Tramontane.Result result = run(line);
        assertEquals(1, result.code(), result.err());
        assertEquals("", result.out());
        assertTrue(result.err().contains("tramontane: "), result.err());
        assertFalse(result.err().contains("unexpected: "), result.err());
    }

    private static Tramontane.Result run(String line) {
        String[] words = line.replace("MODEL", Tramontane.TINY).split(" ");
        return Tramontane.run(line.isEmpty() ? new String[0] : words);
    }
}
