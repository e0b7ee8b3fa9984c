package dev.tramontane.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// GGUF models in several files: whole when opened by the first, or refused with the part's name.
class GgufSplitTest {
    @TempDir Path folder;

    @BeforeEach
    void a_model_in_three_parts() throws IOException {
        write(1, 0, 3, 4, "a", "b");
        write(2, 1, 3, 4, "c");
        write(3, 2, 3, 4, "d");
    }

    @Test
    void the_first_part_opens_all() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            ModelFolder model = ModelFolder.open(path(1), arena);

            assertEquals("m", model.name());
            assertEquals("m-00001-of-00003.gguf", model.weights().location());
            assertEquals("llama", model.weights().metadata().text("general.architecture").get());
            assertEquals(
                    List.of("a", "b", "c", "d"), List.copyOf(model.weights().tensors().keySet()));
            for (String name : model.weights().tensors().keySet()) {
                assertArrayEquals(
                        new float[] {name.charAt(0), 1}, model.weights().tensor(name).row(0));
            }
        }
    }

    @Test
    void a_folder_of_parts_is_one_model() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            assertEquals(4, ModelFolder.open(folder, arena).weights().tensors().size());
        }
    }

    @Test
    void a_later_part_says_which_to_open() {
        assertRefused(
                path(2),
                "m-00002-of-00003.gguf: part 2 of 3, expected the first; open"
                        + " m-00001-of-00003.gguf");
    }

    @Test
    void a_missing_part_is_named() throws IOException {
        Files.delete(path(3));
        assertRefused(
                path(1),
                "m-00001-of-00003.gguf: part 3 of 3, m-00003-of-00003.gguf, is not beside it; get it"
                        + " from the same place");
    }

    @Test
    void a_part_that_is_there_twice_is_named() throws IOException {
        Files.copy(path(3), path(2), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertRefused(path(1), "m-00002-of-00003.gguf: holds part 3 of 3");
    }

    @Test
    void a_part_of_another_model_is_named() throws IOException {
        write(2, 1, 3, 9, "x");
        assertRefused(path(1), "m-00002-of-00003.gguf: holds part 2 of 3 with 9 tensors in all");
        write(2, 1, 3, 4, "a");
        assertRefused(
                path(1),
                "m-00002-of-00003.gguf: tensor a is in m-00001-of-00003.gguf as well; get all parts");
        Files.write(path(2), new byte[] {1, 2, 3, 4, 5});
        assertRefused(path(1), "m-00002-of-00003.gguf: does not start with the bytes GGUF");
    }

    @Test
    void tensors_that_are_in_no_part_are_counted() throws IOException {
        write(2, 1, 3, 4);
        assertRefused(
                path(1), "m-00001-of-00003.gguf: its 3 parts hold 3 tensors, expected 4; get all");
    }

    @Test
    void a_part_under_another_name_says_what_it_should_be_called() throws IOException {
        Path renamed = folder.resolve("model.gguf");
        Files.move(path(1), renamed);
        assertRefused(
                renamed,
                "model.gguf: says that it is part 1 of 3, expected a name that ends in"
                        + " -00001-of-00003.gguf");
    }

    private void assertRefused(Path path, String message) {
        try (Arena arena = Arena.ofConfined()) {
            ModelFormatException e =
                    assertThrows(ModelFormatException.class, () -> ModelFolder.open(path, arena));
            assertTrue(String.valueOf(e.getMessage()).startsWith(message), e::getMessage);
        }
    }

    private Path path(int number) {
        return folder.resolve("m-%05d-of-00003.gguf".formatted(number));
    }

    private void write(int number, int no, int count, int total, String... tensors)
            throws IOException {
        GgufWriter writer = new GgufWriter();
        if (no == 0) {
            writer.put("general.architecture", "llama");
        }
        writer.put("split.no", GgufType.UINT16, no)
                .put("split.count", GgufType.UINT16, count)
                .put("split.tensors.count", GgufType.INT32, total);
        for (String tensor : tensors) {
            writer.add(tensor, Tensor.of(new float[] {tensor.charAt(0), 1}, 1, 2));
        }
        writer.write(path(number));
    }
}
