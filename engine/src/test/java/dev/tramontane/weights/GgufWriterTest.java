package dev.tramontane.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Layout;
import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;

class GgufWriterTest {
    @TempDir Path folder;

    @Test
    void metadata_of_every_type_comes_back_as_it_was_written() throws IOException {
        Path file = folder.resolve("all.gguf");
        new GgufWriter()
                .put("text", "ein Kuß 🎉")
                .put("flag", true)
                .put("count", -1) // written as uint32
                .put("number", 1e-5f)
                .put("u8", GgufType.UINT8, 200)
                .put("i8", GgufType.INT8, -100)
                .put("u16", GgufType.UINT16, 60_000)
                .put("i16", GgufType.INT16, -30_000)
                .put("i32", GgufType.INT32, -5)
                .put("u64", GgufType.UINT64, Long.MAX_VALUE)
                .put("i64", GgufType.INT64, Long.MIN_VALUE)
                .put("f64", GgufType.FLOAT64, Math.PI)
                .put("texts", List.of("a", "", "ß"))
                .put("int32s", new int[] {1, -2})
                .put("floats", new float[] {0.5f, -0f})
                .put("u8s", GgufType.UINT8, List.of(255))
                .put("u32s", GgufType.UINT32, List.of(-1))
                .put("u64s", GgufType.UINT64, List.of(-1L))
                .put("flags", GgufType.BOOL, List.of(true, false))
                .put("nested", GgufType.ARRAY, List.of(List.of("x"), List.of()))
                .write(file);

        try (Arena arena = Arena.ofConfined()) {
            Metadata read = GgufFile.open(file, arena).metadata();

            assertEquals(Optional.of("ein Kuß 🎉"), read.text("text"));
            assertEquals(Optional.of(true), read.bool("flag"));
            assertEquals(Optional.of(0xFFFF_FFFFL), read.integer("count"));
            assertEquals(Optional.of((double) 1e-5f), read.number("number"));
            assertEquals(Optional.of(200L), read.integer("u8"));
            assertEquals(Optional.of(-100L), read.integer("i8"));
            assertEquals(Optional.of(60_000L), read.integer("u16"));
            assertEquals(Optional.of(-30_000L), read.integer("i16"));
            assertEquals(Optional.of(-5L), read.integer("i32"));
            assertEquals(Optional.of(Long.MAX_VALUE), read.integer("u64"));
            assertEquals(Optional.of(Long.MIN_VALUE), read.integer("i64"));
            assertEquals(Optional.of(Math.PI), read.number("f64"));
            assertEquals(Optional.of(200.0), read.number("u8"));
            assertArrayEquals(new String[] {"a", "", "ß"}, read.texts("texts").orElseThrow());
            assertArrayEquals(new int[] {1, -2}, read.ints("int32s").orElseThrow());
            assertArrayEquals(new float[] {0.5f, -0f}, read.floats("floats").orElseThrow());
            assertArrayEquals(new int[] {255}, read.ints("u8s").orElseThrow());
            assertEquals("uint32[1] 4294967295", shown(read, "u32s"));
            assertEquals("uint64[1] 18446744073709551615", shown(read, "u64s"));
            assertEquals("bool[2] true, false", shown(read, "flags"));
            assertEquals("array[2]", shown(read, "nested"));
            assertEquals("string[3] \"a\", \"\", \"ß\"", shown(read, "texts"));
            assertThrows(ModelFormatException.class, () -> read.ints("u32s"));
            assertThrows(ModelFormatException.class, () -> read.texts("floats"));
            assertThrows(ModelFormatException.class, () -> read.text("flag"));
            assertEquals(Optional.empty(), read.text("absent"));
        }
    }

    @Test
    void tensors_come_back_with_shape_type_and_bytes() throws IOException {
        Path file = folder.resolve("tensors.gguf");
        byte[] blocks = new byte[2 * 34];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = (byte) i;
        }
        new GgufWriter()
                .add("vector", Tensor.of(new float[] {1, 2, 3}, 1, 3))
                .add("matrix", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3))
                .add(
                        "q8",
                        DType.Q8_0,
                        new long[] {2, 32},
                        rows -> {
                            rows.append(row(blocks, 0));
                            rows.append(row(blocks, 1));
                        })
                .write(file);

        try (Arena arena = Arena.ofConfined()) {
            GgufFile read = GgufFile.open(file, arena);

            assertEquals(List.of("vector", "matrix", "q8"), List.copyOf(read.tensors().keySet()));
            assertArrayEquals(new long[] {3}, info(read, "vector").shape());
            assertArrayEquals(new long[] {2, 3}, info(read, "matrix").shape());
            assertEquals(6, read.tensor("matrix").get(1, 2));
            assertEquals(1, read.tensor("vector").rows());
            assertArrayEquals(blocks, read.tensor("q8").data().toArray(ValueLayout.JAVA_BYTE));
            assertEquals(3, read.version());
        }
        assertFalse(Files.exists(folder.resolve("tensors.gguf.part")));
    }

    @Test
    void a_failed_write_leaves_the_old_file() throws IOException {
        Path file = folder.resolve("model.gguf");
        new GgufWriter().put("general.name", "old").write(file);
        GgufWriter failing =
                new GgufWriter()
                        .add(
                                "short",
                                DType.F32,
                                new long[] {4},
                                rows -> rows.append(Tensor.of(new float[3], 1, 3)));

        assertThrows(IllegalArgumentException.class, () -> failing.write(file));

        try (Arena arena = Arena.ofConfined()) {
            assertEquals(
                    Optional.of("old"), GgufFile.open(file, arena).metadata().text("general.name"));
        }
        assertFalse(Files.exists(folder.resolve("model.gguf.part")));
    }

    @Test
    void entries_are_copied_with_their_types() throws IOException {
        Path file = folder.resolve("first.gguf");
        Path copy = folder.resolve("copy.gguf");
        new GgufWriter()
                .put("i64", GgufType.INT64, -5)
                .put("u16s", GgufType.UINT16, List.of(7, 60_000))
                .put("left", "out")
                .write(file);

        try (Arena arena = Arena.ofConfined()) {
            Metadata metadata = GgufFile.open(file, arena).metadata();
            new GgufWriter().copy(metadata, "u16s").copy(metadata, "i64").write(copy);
            Metadata read = GgufFile.open(copy, arena).metadata();

            assertEquals(List.of("u16s", "i64"), List.copyOf(read.keys()));
            assertEquals(Optional.of(-5L), read.integer("i64"));
            assertEquals("uint16[2] 7, 60000", shown(read, "u16s"));
            assertThrows(
                    IllegalArgumentException.class, () -> new GgufWriter().copy(metadata, "none"));
        }
    }

    @Test
    void the_size_is_known_before_and_reported_at_the_end() throws IOException {
        Path file = folder.resolve("sized.gguf");
        GgufWriter writer =
                new GgufWriter().put("key", "value").add("x", Tensor.of(new float[33], 3, 11));
        long[] reported = {0};

        writer.write(file, false, bytes -> reported[0] = bytes);

        assertEquals(Files.size(file), writer.bytes());
        assertEquals(Files.size(file), reported[0]);
    }

    @Test
    void an_existing_file_is_replaced_only_when_that_was_said() throws IOException {
        Path file = folder.resolve("there.gguf");
        Files.writeString(file, "precious");

        assertThrows(
                FileAlreadyExistsException.class,
                () -> new GgufWriter().put("key", "value").write(file, false, _ -> {}));
        assertEquals("precious", Files.readString(file));

        new GgufWriter().put("key", "value").write(file, true, _ -> {});
        assertTrue(Files.readAllBytes(file)[0] == 'G');
    }

    @Test
    void what_the_progress_throws_ends_the_writing_and_leaves_nothing() throws IOException {
        Path file = folder.resolve("stopped.gguf");
        GgufWriter writer = new GgufWriter().add("x", Tensor.of(new float[8], 1, 8));

        assertThrows(
                CancellationException.class,
                () ->
                        writer.write(
                                file,
                                false,
                                _ -> {
                                    throw new CancellationException();
                                }));
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }

    private static Tensor row(byte[] blocks, int row) {
        MemorySegment segment = MemorySegment.ofArray(blocks).asSlice(34L * row, 34);
        return new Tensor(DType.Q8_0, Layout.ROWS, 1, 32, segment);
    }

    private static String shown(Metadata metadata, String key) {
        return metadata.get(key).orElseThrow().toString();
    }

    private static WeightsFile.TensorInfo info(WeightsFile file, String name) {
        WeightsFile.TensorInfo info = file.tensors().get(name);
        if (info == null) {
            throw new AssertionError("no tensor " + name);
        }
        return info;
    }
}
