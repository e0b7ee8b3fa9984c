package dev.tramontane.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Layout;
import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// What the format demands of a file, rule by rule.
class GgufFileTest {
    @TempDir Path folder;
    private byte[] valid = {};

    @BeforeEach
    void a_valid_file() throws IOException {
        Path file = folder.resolve("valid.gguf");
        new GgufWriter()
                .put("general.architecture", "llama")
                .put("general.alignment", 32)
                .put("flag", true)
                .put("texts", List.of("a", "b"))
                .put("numbers", new int[] {1, 2, 3})
                .put("nested", GgufType.ARRAY, List.of(List.of("x"), List.of("y")))
                .add("first", Tensor.of(new float[16], 2, 8))
                .add("second", Tensor.of(new float[8], 1, 8))
                .write(file);
        valid = Files.readAllBytes(file);
        open(valid);
    }

    @ParameterizedTest
    @CsvSource({
        "version, 1, version 1",
        "version, 0, version 0",
        "version, 4, version 4",
        "version, 0x02000000, big-endian",
        "version, 0x03000000, big-endian",
        "magic, 0x4c4c4d47, does not start with the bytes GGUF",
        "tensors, 3, is damaged",
        "tensors, 65537, claims 65537 tensors",
        "tensors, 0x8000000000000000, beyond 2^63",
        "entries, 7, is damaged",
        "entries, 0x7fffffffffffffff, claims 9223372036854775807 metadata entries",
        "key 0 length, 0x7fffffffffffffff, a string of",
        "general.alignment, 0, expected a power of two",
        "general.alignment, 24, expected a power of two",
        "general.alignment, 0x80000000, needs",
        "general.alignment type, 13, unknown type number 13",
        "general.alignment type, 6, expected an integer",
        "flag, 2, a boolean of value 2",
        "texts count, 0x7fffffffffffffff, claims",
        "texts element type, 99, unknown type number 99",
        "numbers count, 0x4000000000000000, claims",
        "nested element type, 77, unknown type number 77",
        "first dimensions, 0, expected 1 to 4",
        "first dimensions, 5, expected 1 to 4",
        "first size 0, 0, no dimension of zero",
        "first size 1, 0, no dimension of zero",
        "first size 1, 0x7fffffffffffffff, fewer than 2^63 bytes",
        "first size 1, 3, overlap",
        "first type, 4, unknown type number 4",
        "first type, 31, unknown type number 31",
        "first type, 2, rows of whole blocks of 32",
        "second offset, 65, expected a multiple of 32",
        "second offset, 32, overlap",
        "second offset, 96, needs 32 bytes",
        "second offset, 0x7fffffffffffffe0, needs 32 bytes",
    })
    void a_wrong_number_is_refused_by_name(String field, String value, String message) {
        byte[] file = GgufFields.field(valid, field).set(valid, parse(value));
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> open(file));
        assertTrue(
                String.valueOf(e.getMessage()).contains(message),
                () -> String.valueOf(e.getMessage()));
    }

    @Test
    void every_number_may_be_anything_without_another_kind_of_failure() throws IOException {
        for (Path file :
                List.of(
                        folder.resolve("valid.gguf"),
                        Path.of("src/test/resources/vectors/tiny-ministral3/model-q4_0.gguf"))) {
            byte[] bytes = Files.readAllBytes(file);
            for (GgufFields.Field field : GgufFields.of(bytes)) {
                for (long value : interesting()) {
                    try {
                        open(field.set(bytes, value));
                    } catch (ModelFormatException e) {
                        assertTrue(String.valueOf(e.getMessage()).length() < 1000);
                    } catch (RuntimeException | Error e) {
                        throw new AssertionError(field + " = " + value, e);
                    }
                }
            }
        }
    }

    @Test
    void a_range_one_byte_past_the_end_is_refused() {
        byte[] file = java.util.Arrays.copyOf(valid, valid.length - 1);
        assertThrows(ModelFormatException.class, () -> open(file));
    }

    @Test
    void a_key_that_appears_twice_is_refused() throws IOException {
        Path path = folder.resolve("twice.gguf");
        new GgufWriter().put("key-1", 1).put("key-2", 2).write(path);
        byte[] file = replace(Files.readAllBytes(path), "key-2", "key-1");
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> open(file));
        assertEquals(
                "test.gguf: key key-1 appears twice; the file is damaged or incomplete: get it again",
                e.getMessage());
    }

    @Test
    void a_tensor_that_appears_twice_is_refused() throws IOException {
        Path path = folder.resolve("twice.gguf");
        new GgufWriter()
                .add("name-1", Tensor.of(new float[8], 1, 8))
                .add("name-2", Tensor.of(new float[8], 1, 8))
                .write(path);
        byte[] file = replace(Files.readAllBytes(path), "name-2", "name-1");
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> open(file));
        assertEquals(
                "test.gguf: tensor name-1 appears twice; the file is damaged or incomplete: get it again",
                e.getMessage());
    }

    @Test
    void arrays_nested_beyond_the_limit_are_refused() throws IOException {
        Path path = folder.resolve("nested.gguf");
        new GgufWriter()
                .put("deep", GgufType.UINT8, java.util.Collections.nCopies(200, 0))
                .write(path);
        byte[] file = Files.readAllBytes(path);
        // An array of one array of one array …, in place of the 200 numbers.
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(GgufFields.field(file, "deep element type").offset());
        for (int depth = 0; depth < 10; depth++) {
            bytes.putInt(GgufType.ARRAY.id()).putLong(1);
        }
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> open(file));
        assertTrue(String.valueOf(e.getMessage()).contains("nested more than 4 deep"));
    }

    /// As many as the bytes could hold, yet more than anybody needs.
    @Test
    void more_entries_than_a_model_has_are_refused_before_they_are_read() throws IOException {
        byte[] large = new byte[1 << 23];
        System.arraycopy(valid, 0, large, 0, valid.length);
        for (String field : List.of("tensors", "entries")) {
            for (int count : new int[] {65_537, 100_000}) {
                byte[] file = GgufFields.field(valid, field).set(large, count);
                ModelFormatException e = assertThrows(ModelFormatException.class, () -> open(file));
                assertTrue(
                        String.valueOf(e.getMessage()).contains("claims " + count), e.getMessage());
            }
        }
    }

    /// A gigabyte of empty strings would take five of heap.
    @Test
    void an_array_beyond_any_vocabulary_is_listed_but_not_decoded() throws IOException {
        Path path = folder.resolve("array.gguf");
        new GgufWriter().put("texts", java.util.Collections.nCopies(1 << 23, "")).write(path);
        try (Arena arena = Arena.ofConfined()) {
            Metadata metadata = GgufFile.open(path, arena).metadata();
            assertTrue(
                    metadata.get("texts").orElseThrow().toString().startsWith("string[8388608]"));
            ModelFormatException e =
                    assertThrows(ModelFormatException.class, () -> metadata.texts("texts"));
            assertTrue(
                    String.valueOf(e.getMessage()).contains("texts has 8388608 elements"),
                    e.getMessage());
        }
    }

    @Test
    void a_listing_shows_the_beginning_of_a_long_string() throws IOException {
        Path path = folder.resolve("long.gguf");
        new GgufWriter().put("texts", List.of("x".repeat(1_000_000), "y")).write(path);
        try (Arena arena = Arena.ofConfined()) {
            String shown =
                    GgufFile.open(path, arena).metadata().get("texts").orElseThrow().toString();
            assertTrue(shown.length() < 100 && shown.contains("xxx…\", \"y\""), shown);
        }
    }

    @Test
    void a_message_shows_nothing_that_could_repaint_a_terminal() {
        var e =
                new ModelFormatException(
                        "x.gguf: \u001b[2J\u202Eevil\n" + "y".repeat(5_000) + "; get it again");
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith("x.gguf: ?[2J?evil yyy"), message);
        assertTrue(message.endsWith("yyy; get it again") && message.length() < 1000, message);
    }

    @Test
    void a_type_without_kernels_is_listed_and_refused_when_it_is_needed() throws IOException {
        Path path = folder.resolve("iq2.gguf");
        new GgufWriter()
                .add(
                        "blk.3.attn_k.weight",
                        DType.Q6_K,
                        new long[] {2, 256},
                        rows ->
                                rows.append(
                                        new Tensor(
                                                DType.Q6_K,
                                                Layout.ROWS,
                                                2,
                                                256,
                                                MemorySegment.ofArray(new byte[420]))))
                .write(path);
        byte[] bytes = Files.readAllBytes(path);
        Files.write(path, GgufFields.field(bytes, "blk.3.attn_k.weight type").set(bytes, 17));

        try (Arena arena = Arena.ofConfined()) {
            GgufFile file = GgufFile.open(path, arena);
            WeightsFile.TensorInfo info = file.tensors().values().iterator().next();

            assertEquals("IQ2_XS", info.type());
            assertEquals(2 * 74, info.bytes());
            assertTrue(info.dtype().isEmpty());
            ModelFormatException e =
                    assertThrows(
                            ModelFormatException.class, () -> file.tensor("blk.3.attn_k.weight"));
            assertEquals(
                    "iq2.gguf: tensor blk.3.attn_k.weight is IQ2_XS, which has no kernel here;"
                            + " get the model as Q4_K_M, Q8_0 or BF16, or make one with tramontane quantize"
                            + " from its original weights (types with kernels: "
                            + Arrays.toString(DType.values())
                            + ")",
                    e.getMessage());
        }
    }

    @Test
    void block_sizes_are_those_of_the_reference() {
        for (JsonNode line :
                new JsonMapper()
                        .readTree(Path.of("src/test/resources/vectors/quant/blocks.json").toFile())
                        .path("cases")) {
            GgmlType type = GgmlType.of(line.path("ggml_type_id").longValue()).orElseThrow();
            assertEquals(line.path("type").stringValue(), type.name());
            assertEquals(line.path("block_size").intValue(), type.blockLength());
            assertEquals(line.path("type_size").intValue(), type.blockBytes());
        }
        for (DType type : DType.values()) {
            if (!type.isInGguf()) {
                continue;
            }
            GgmlType known = GgmlType.valueOf(type.name());
            assertEquals(type.blockLength(), known.blockLength());
            assertEquals(type.blockBytes(), known.blockBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 7, 8, 23})
    void a_file_of_a_few_bytes_is_refused(int length) {
        byte[] file = java.util.Arrays.copyOf(valid, length);
        assertThrows(ModelFormatException.class, () -> open(file));
    }

    @Test
    void version_2_is_read_as_version_3() throws IOException {
        Path path = folder.resolve("test.gguf");
        Files.write(path, GgufFields.field(valid, "version").set(valid, 2));
        try (Arena arena = Arena.ofConfined()) {
            GgufFile file = GgufFile.open(path, arena);
            assertEquals(2, file.version());
            assertArrayEquals(
                    new String[] {"a", "b"}, file.metadata().texts("texts").orElseThrow());
        }
    }

    private void open(byte[] bytes) throws IOException {
        Path path = folder.resolve("test.gguf");
        if (Files.exists(path)) {
            Files.delete(path);
        }
        Files.write(path, bytes);
        try (Arena arena = Arena.ofConfined()) {
            GgufFile file = GgufFile.open(path, arena);
            for (String name : file.tensors().keySet()) {
                file.tensor(name);
            }
        }
    }

    private static long parse(String value) {
        return value.startsWith("0x")
                ? Long.parseUnsignedLong(value.substring(2), 16)
                : Long.parseLong(value);
    }

    private static long[] interesting() {
        return new long[] {
            0,
            1,
            -1,
            (1L << 31) - 1,
            1L << 31,
            (1L << 31) + 1,
            (1L << 32) - 1,
            1L << 32,
            (1L << 32) + 1,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            Long.MIN_VALUE + 1
        };
    }

    /// The file with every occurrence of a text replaced by one as long.
    private static byte[] replace(byte[] file, String text, String by) {
        return new String(file, StandardCharsets.ISO_8859_1)
                .replace(text, by)
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
