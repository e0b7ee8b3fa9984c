package dev.tramontane.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.List;

class MmprojNameTest {
    @Test
    void a_vision_part_belongs_to_the_model_whose_words_it_has() {
        List<String> names =
                List.of(
                        "Magistral-Small-2509-Q4_K_M.gguf",
                        "mmproj-Magistral-Small-2509-F32.gguf",
                        "Magistral-Small-2509.mmproj-f16.gguf",
                        "mmproj-Magistral-Small-2507-F16.gguf",
                        "mmproj-Qwen2.5-VL-7B-F16.gguf",
                        "mmproj-BF16.gguf");
        assertEquals(
                List.of(
                        "Magistral-Small-2509.mmproj-f16.gguf",
                        "mmproj-Magistral-Small-2509-F32.gguf",
                        "mmproj-Magistral-Small-2507-F16.gguf",
                        "mmproj-BF16.gguf"),
                MmprojName.suiting("Magistral-Small-2509-Q4_K_M", names));
        assertEquals(
                List.of("mmproj-Qwen2.5-VL-7B-F16.gguf", "mmproj-BF16.gguf"),
                MmprojName.suiting("qwen2.5-vl-7b-q8_0", names));
    }

    @Test
    void names_that_tell_no_model_are_taken_by_their_type() {
        List<String> names =
                List.of("mmproj-model-f32.gguf", "mmproj-F16.gguf", "mmproj.gguf", "model.gguf");
        assertEquals(
                List.of("mmproj-F16.gguf", "mmproj-model-f32.gguf", "mmproj.gguf"),
                MmprojName.suiting("anything", names));
    }
}
