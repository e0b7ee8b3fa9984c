package dev.tramontane.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/// What the format demands of a file, rule by rule.
class SafetensorsFileTest {
    @TempDir Path folder;

    @Test
    void tensors_come_back_with_shape_type_and_values() throws IOException {
        Path file = folder.resolve("model.safetensors");
        new SafetensorsWriter()
                .add("vector", Tensor.of(new float[] {1, 2, 3}, 1, 3))
                .add("matrix", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3))
                .write(file);
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsFile read = SafetensorsFile.open(file, arena);
            assertEquals(2, read.tensors().size());
            assertEquals(6, read.tensor("matrix").get(1, 2));
            assertEquals(1, read.tensor("vector").rows());
            assertThrows(ModelFormatException.class, () -> read.tensor("absent"));
        }
    }

    @Test
    void sixteen_bit_values_are_widened_exactly() throws IOException {
        // 1.0, -2.5, the smallest subnormal, infinity
        short[] bf16 = {0x3f80, (short) 0xc020, 0x0001, 0x7f80};
        ByteBuffer data = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        data.asShortBuffer().put(bf16);
        Path file =
                write(
                        "{\"x\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[0,8]}}",
                        data.array());
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsFile read = SafetensorsFile.open(file, arena);
            Tensor wide = read.widened("x");
            assertEquals(DType.BF16, read.tensor("x").type());
            assertEquals(DType.F32, wide.type());
            assertArrayEquals(
                    new float[] {1, -2.5f, 0x1p-133f, Float.POSITIVE_INFINITY}, wide.row(0));
        }
    }

    @Test
    void a_type_without_kernels_is_listed_and_refused_when_it_is_needed() throws IOException {
        Path file =
                write(
                        "{\"x\":{\"dtype\":\"F8_E5M2\",\"shape\":[2,4],\"data_offsets\":[0,8]},"
                                + "\"y\":{\"dtype\":\"F4\",\"shape\":[2,8],\"data_offsets\":[8,16]}}",
                        new byte[16]);
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsFile read = SafetensorsFile.open(file, arena);
            assertEquals(2, read.tensors().size());
            ModelFormatException e =
                    assertThrows(ModelFormatException.class, () -> read.tensor("x"));
            assertTrue(
                    String.valueOf(e.getMessage())
                            .startsWith(
                                    "test.safetensors: tensor x is F8_E5M2, which has no kernel"
                                            + " here; "));
        }
    }

    @ParameterizedTest
    @MethodSource
    void a_head_against_the_rules_is_refused_by_name(String head, int dataBytes, String message)
            throws IOException {
        Path file = write(head, new byte[dataBytes]);
        try (Arena arena = Arena.ofConfined()) {
            ModelFormatException e =
                    assertThrows(
                            ModelFormatException.class, () -> SafetensorsFile.open(file, arena));
            assertTrue(
                    String.valueOf(e.getMessage()).contains(message),
                    () -> String.valueOf(e.getMessage()));
        }
    }

    static Stream<Arguments> a_head_against_the_rules_is_refused_by_name() {
        return Stream.of(
                arguments(one("F32", "[2]", "[0,8]"), 9, "1 bytes after the last tensor"),
                arguments(one("F32", "[2]", "[0,8]"), 7, "lies at 0 to 8 of 7 bytes"),
                arguments(one("F32", "[2]", "[4,12]"), 12, "4 bytes before tensor x"),
                arguments(one("F32", "[2]", "[0,9]"), 9, "takes 8 bytes"),
                arguments(one("F32", "[2]", "[8,0]"), 8, "lies at 8 to 0"),
                arguments(one("F32", "[2]", "[-8,0]"), 8, "lies at -8 to 0"),
                arguments(one("F32", "[0]", "[0,0]"), 0, "no dimension of zero"),
                arguments(one("F32", "[-1]", "[0,0]"), 0, "no dimension of zero"),
                arguments(one("F32", "[9223372036854775807,4]", "[0,8]"), 8, "fewer than 2^63"),
                arguments(one("F32", "[9223372036854775808]", "[0,8]"), 8, "beyond 2^63"),
                arguments(one("F32", "[2.0]", "[0,8]"), 8, "found VALUE_NUMBER_FLOAT"),
                arguments(one("F32", "[1,1,1,1,1,1,1,1,2]", "[0,8]"), 8, "expected END_ARRAY"),
                arguments(one("F32", "[2]", "[0,8,8]"), 8, "two data_offsets"),
                arguments(one("F33", "[2]", "[0,8]"), 8, "unknown type F33"),
                arguments(one("F4", "[3]", "[0,2]"), 2, "rows of whole blocks of 8"),
                arguments("{\"x\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8, "lacks its dtype"),
                arguments("{\"x\":5}", 0, "found VALUE_NUMBER_INT, expected START_OBJECT"),
                arguments("[]", 0, "does not start with {"),
                arguments("{} {}", 0, "goes on after its last }"),
                arguments("{\"x\":", 0, "no valid JSON"),
                arguments(
                        "{" + entry("x", "[2]", "[0,8]") + "," + entry("x", "[2]", "[8,16]") + "}",
                        16,
                        "tensor x appears twice"),
                arguments(
                        "{" + entry("x", "[2]", "[0,8]") + "," + entry("y", "[2]", "[4,12]") + "}",
                        12,
                        "overlap"),
                arguments("{\"x\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", 0, "two fields dtype"),
                arguments("{\"__metadata__\":{},\"__metadata__\":{}}", 0, "appears twice"),
                arguments("{\"x\":{\"a\":[[[[[]]]]]}}", 0, "no valid JSON"));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 200, 100_000_001, Long.MAX_VALUE, Long.MIN_VALUE})
    void a_wrong_length_of_the_head_is_refused(long length) throws IOException {
        Path file = write(one("F32", "[2]", "[0,8]"), new byte[8]);
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
        Files.write(file, bytes);
        try (Arena arena = Arena.ofConfined()) {
            assertThrows(ModelFormatException.class, () -> SafetensorsFile.open(file, arena));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100_000, 1_000_000})
    void too_many_tensors_are_refused_before_they_are_all_read(int tensors) throws IOException {
        StringBuilder head = new StringBuilder("{");
        for (int i = 0; i < tensors; i++) {
            head.append(i == 0 ? "" : ",")
                    .append('"')
                    .append(i)
                    .append("\":")
                    .append("{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}");
        }
        Path file = write(head.append('}').toString(), new byte[1]);
        try (Arena arena = Arena.ofConfined()) {
            ModelFormatException e =
                    assertThrows(
                            ModelFormatException.class, () -> SafetensorsFile.open(file, arena));
            assertTrue(String.valueOf(e.getMessage()).contains("more than 65536 tensors"));
        }
    }

    @Test
    void metadata_of_the_head_are_notes_and_what_is_no_string_is_passed_over() throws IOException {
        Path file =
                write(
                        "{\"__metadata__\":{\"format\":\"pt\",\"deep\":{\"a\":[1]},\"n\":1},"
                                + entry("x", "[2]", "[0,8]")
                                + "}",
                        new byte[8]);
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsFile read = SafetensorsFile.open(file, arena);
            assertEquals(1, read.tensors().size());
            assertEquals(Map.of("format", "pt"), read.notes());
        }
    }

    @Test
    void notes_come_back_in_any_alphabet_and_the_data_still_begin_at_a_multiple_of_eight()
            throws IOException {
        Path file = folder.resolve("model.safetensors");
        new SafetensorsWriter()
                .note("wind", "Трамонтана, 北风, ♞")
                .add("x", Tensor.of(new float[] {1, 2}, 1, 2))
                .write(file);
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsFile read = SafetensorsFile.open(file, arena);
            assertEquals(Map.of("wind", "Трамонтана, 北风, ♞"), read.notes());
            assertEquals(0, read.tensors().values().iterator().next().offset() % 8);
            assertArrayEquals(new float[] {1, 2}, read.tensor("x").row(0));
        }
    }

    @Test
    void a_note_that_comes_twice_is_refused() throws IOException {
        Path file =
                write(
                        "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"},"
                                + entry("x", "[2]", "[0,8]")
                                + "}",
                        new byte[8]);
        try (Arena arena = Arena.ofConfined()) {
            var thrown =
                    assertThrows(
                            ModelFormatException.class, () -> SafetensorsFile.open(file, arena));
            assertTrue(String.valueOf(thrown.getMessage()).contains("note a appears twice"));
        }
    }

    private static String one(String type, String shape, String range) {
        return "{" + entry("x", shape, range).replace("F32", type) + "}";
    }

    private static String entry(String name, String shape, String range) {
        return "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":%s}"
                .formatted(name, shape, range);
    }

    private Path write(String head, byte[] data) throws IOException {
        byte[] json = head.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
        bytes.writeBytes(json);
        bytes.writeBytes(data);
        return Files.write(folder.resolve("test.safetensors"), bytes.toByteArray());
    }
}
