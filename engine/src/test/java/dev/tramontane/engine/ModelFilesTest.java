package dev.tramontane.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Optional;
import java.util.Set;

class ModelFilesTest {
    private static final List<String> QUANTISED =
            List.of(
                    ".gitattributes",
                    "README.md",
                    "Tiny-2509-BF16.gguf",
                    "Tiny-2509-Q4_K_M.gguf",
                    "Tiny-2509-Q4_K_S.gguf",
                    "Tiny-2509-UD-Q4_K_XL.gguf",
                    "Tiny-2509-IQ4_XS.gguf",
                    "mmproj-BF16.gguf",
                    "mmproj-F16.gguf",
                    "tekken.json");

    private static final List<String> BOTH_LAYOUTS =
            List.of(
                    "README.md",
                    "config.json",
                    "consolidated.safetensors",
                    "generation_config.json",
                    "model-00001-of-00002.safetensors",
                    "model-00002-of-00002.safetensors",
                    "model.safetensors.index.json",
                    "original/model.safetensors",
                    "params.json",
                    "tekken.json");

    private static ModelFiles choose(List<String> listed, @Nullable String wish) {
        return ModelFiles.choose(listed, Optional.ofNullable(wish));
    }

    @ParameterizedTest
    @CsvSource({
        ", Tiny-2509-Q4_K_M.gguf, Q4_K_M",
        "q4_k_m, Tiny-2509-Q4_K_M.gguf, q4_k_m",
        "Q4_K_S, Tiny-2509-Q4_K_S.gguf, Q4_K_S",
        "Q4_K_XL, Tiny-2509-UD-Q4_K_XL.gguf, Q4_K_XL",
        "IQ4_XS, Tiny-2509-IQ4_XS.gguf, IQ4_XS",
        "BF16, Tiny-2509-BF16.gguf, BF16",
        "Tiny-2509-BF16.gguf, Tiny-2509-BF16.gguf, Tiny-2509-BF16"
    })
    void the_quantisation_that_was_asked_for_comes_with_its_vision_part(
            @Nullable String wish, String opens, String label) {
        ModelFiles chosen = choose(QUANTISED, wish);
        assertEquals(List.of(opens, "mmproj-F16.gguf", "tekken.json"), chosen.paths());
        assertEquals(opens, chosen.opens());
        assertEquals(Optional.of(label), chosen.label());
    }

    @Test
    void a_quantisation_that_is_not_there_is_answered_with_those_that_are() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> choose(QUANTISED, "Q4_K"));
        assertEquals(
                "no single file in Q4_K; there are: BF16, IQ4_XS, Q4_K_M, Q4_K_S, UD-Q4_K_XL",
                refusal.getMessage());
    }

    @Test
    void a_split_set_comes_whole_and_from_its_own_folder() {
        List<String> listed =
                List.of(
                        "Q8_0/Tiny-00002-of-00002.gguf",
                        "Q8_0/Tiny-00001-of-00002.gguf",
                        "Q4_0/Tiny-00001-of-00002.gguf",
                        "Q4_0/Tiny-00002-of-00002.gguf",
                        "mmproj-model.gguf");
        ModelFiles chosen = choose(listed, "Q8_0");
        assertEquals(
                List.of(
                        "Q8_0/Tiny-00001-of-00002.gguf",
                        "Q8_0/Tiny-00002-of-00002.gguf",
                        "mmproj-model.gguf"),
                chosen.paths());
        assertEquals("Q8_0/Tiny-00001-of-00002.gguf", chosen.opens());
        assertEquals(
                List.of(
                        "Q4_0/Tiny-00001-of-00002.gguf",
                        "Q4_0/Tiny-00002-of-00002.gguf",
                        "mmproj-model.gguf"),
                choose(listed, "Q4_0/Tiny-00002-of-00002.gguf").paths());
    }

    @Test
    void a_split_set_with_a_part_missing_is_refused() {
        var refusal =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> choose(List.of("Tiny-Q8_0-00002-of-00002.gguf"), null));
        assertEquals("Tiny-Q8_0: 1 of 2 parts are there", refusal.getMessage());
    }

    @Test
    void of_two_safetensors_layouts_mistrals_own_is_taken_and_never_both() {
        ModelFiles chosen = choose(BOTH_LAYOUTS, null);
        assertEquals(
                Set.of(
                        "config.json",
                        "consolidated.safetensors",
                        "generation_config.json",
                        "params.json",
                        "tekken.json"),
                Set.copyOf(chosen.paths()));
        assertEquals("", chosen.opens());
        assertEquals(Optional.empty(), chosen.label());
    }

    @Test
    void a_file_of_the_other_layout_chooses_that_one() {
        ModelFiles chosen = choose(BOTH_LAYOUTS, "model-00001-of-00002.safetensors");
        assertTrue(chosen.paths().contains("model-00002-of-00002.safetensors"), chosen::toString);
        assertTrue(chosen.paths().contains("model.safetensors.index.json"), chosen::toString);
        assertTrue(!chosen.paths().contains("consolidated.safetensors"), chosen::toString);
        assertTrue(!chosen.paths().contains("original/model.safetensors"), chosen::toString);
    }

    @Test
    void a_single_gguf_needs_no_wish_and_no_quantisation_in_its_name() {
        assertEquals(List.of("model.gguf"), choose(List.of("model.gguf", "x.txt"), null).paths());
    }

    @ParameterizedTest
    @CsvSource({
        "README.md, , 'no .gguf file, and no safetensors with their configuration'",
        "README.md, Q8_0, 'no .gguf files, so no quantisation Q8_0 to choose'",
        "a.gguf, b.gguf, 'no file b.gguf; there are: a.gguf'",
        "model.safetensors, , 'no .gguf file, and no safetensors with their configuration'"
    })
    void where_there_is_nothing_to_choose_the_message_says_so(
            String listed, @Nullable String wish, String message) {
        var refusal =
                assertThrows(IllegalArgumentException.class, () -> choose(List.of(listed), wish));
        assertEquals(message, refusal.getMessage());
    }
}
