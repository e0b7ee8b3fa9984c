package dev.tramontane.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelNameTest {
    @ParameterizedTest
    @CsvSource({
        "magistral-small, magistral-small",
        "mistralai/Magistral-Small-2509, mistralai--magistral-small-2509",
        "mistralai/Magistral-Small-2509-GGUF:Q4_K_M, mistralai--magistral-small-2509-gguf@q4_k_m",
        "1b.q4, 1b.q4"
    })
    void a_name_becomes_one_folder_and_back(String text, String folder) {
        var name = new ModelName(text);
        assertEquals(folder, name.folder());
        assertTrue(ModelName.ofFolder(folder).isSameAs(name));
    }

    /// Parents, absolute paths, links of names to paths, NUL, and what Windows takes for a drive, a
    /// stream, a device or the same name.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../x",
                "a/..",
                "a/../b",
                "/etc/passwd",
                "/",
                "a/",
                "/a",
                "a/b/c",
                "a:",
                ":a",
                "a:b:c",
                "a:../b",
                "~",
                "~root",
                "-m",
                ".hidden",
                "a\0b",
                "a\nb",
                "a b",
                "C:\\x",
                "C:/x",
                "\\\\host\\share",
                "a\\b",
                "con",
                "CON.gguf",
                "a/nul",
                "a:com1",
                "LPT9",
                "a.",
                "a/b.",
                "a..b",
                "a--b",
                "a@b",
                "ä",
                "a\u2215b",
                "a%2fb",
                "nano",
                "Nano"
            })
    void what_could_mean_another_place_is_no_name(String text) {
        assertFalse(ModelName.isName(text));
        var refusal = assertThrows(IllegalArgumentException.class, () -> new ModelName(text));
        assertTrue(refusal.toString().contains("a model's name is like"), refusal.getMessage());
    }

    @Test
    void a_part_may_be_96_characters_long_and_no_longer() {
        assertTrue(ModelName.isName("a".repeat(96)));
        assertFalse(ModelName.isName("a".repeat(97)));
    }

    @Test
    void the_case_of_letters_makes_no_other_name() {
        assertTrue(new ModelName("Owner/Repo:Q4_K_M").isSameAs(new ModelName("owner/repo:q4_k_m")));
    }
}
