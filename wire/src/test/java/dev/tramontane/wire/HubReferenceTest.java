package dev.tramontane.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubReferenceTest {
    @ParameterizedTest
    @CsvSource({
        "hf:owner/repo, '', ''",
        "hf:owner/repo:Q4_K_M, '', Q4_K_M",
        "hf:owner/re.po-1:Q8_0/part-00001-of-00002.gguf, '', Q8_0/part-00001-of-00002.gguf",
        "hf:owner/repo@v1.2:a b.gguf, v1.2, a b.gguf",
        "hf:owner/repo@refs/pr/3, refs/pr/3, ''"
    })
    void a_reference_is_read_and_written(String text, String revision, String wish) {
        HubReference reference = HubReference.of(text);
        assertEquals(revision, reference.revision().orElse(""));
        assertEquals(wish, reference.wish().orElse(""));
        assertEquals(text, reference.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hf:",
                "owner/repo",
                "hf:repo",
                "hf:owner/repo/x",
                "hf:../repo",
                "hf:owner/..",
                "hf:owner/repo:",
                "hf:owner/repo:../x",
                "hf:owner/repo@",
                "hf:owner/repo:a\nb",
                "hf:owner/repo?x=1",
                "https://huggingface.co/owner/repo"
            })
    void what_is_no_reference_is_refused(String text) {
        var refusal = assertThrows(IllegalArgumentException.class, () -> HubReference.of(text));
        assertTrue(refusal.toString().contains("expected hf:owner/repo"), refusal.toString());
    }
}
