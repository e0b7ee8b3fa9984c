package dev.tramontane.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Layout;
import dev.tramontane.tensor.Scales;
import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
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
import java.util.stream.Stream;

/// Which scales an FP8 tensor is read with, and which it is refused for. The matrix is 130 by 140
/// ones.
class Fp8ScalesTest {
    private static final int ROWS = 130;
    private static final int COLS = 140;

    /// The value 1.
    private static final byte ONE = 0x38;

    @TempDir Path folder;
    private final Arena arena = Arena.ofConfined();
    private final StringBuilder head = new StringBuilder();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();

    @AfterEach
    void unmap() {
        arena.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.weight_scale", "a.weight_scale_inv", "a.qscale_weight"})
    void every_name_means_the_same_multiplication(String name) throws IOException {
        matrix();
        floats(name, "[]", 0.5f);
        Tensor read = read();
        assertEquals(DType.F8_E4M3, read.type());
        assertEquals(0.5f, read.row(129)[139]);
    }

    @Test
    void scales_of_sixteen_bits_are_widened() throws IOException {
        matrix();
        add("a.weight_scale", "BF16", "[1]", new byte[] {(byte) 0xC0, 0x3F});
        assertEquals(1.5f, read().row(0)[0]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[130]", "[130,1]"})
    void a_row_has_the_scale_of_its_number(String shape) throws IOException {
        matrix();
        float[] scales = new float[ROWS];
        for (int row = 0; row < ROWS; row++) {
            scales[row] = row;
        }
        floats("a.weight_scale", shape, scales);
        Tensor read = read();
        assertEquals(77, read.row(77)[5]);
        assertEquals(129, read.row(129)[139]);
    }

    @Test
    void a_square_has_the_scale_of_its_place() throws IOException {
        matrix();
        floats("a.weight_scale_inv", "[2,2]", 1, 2, 3, 4);
        Tensor read = read();
        assertArrayEquals(
                new float[] {1, 2, 3, 4},
                new float[] {
                    read.row(0)[127], read.row(127)[128], read.row(128)[0], read.row(129)[139]
                });
    }

    @Test
    void a_flat_matrix_has_a_row_of_squares() throws IOException {
        byte[] ones = new byte[2 * 300];
        Arrays.fill(ones, ONE);
        add("a.weight", "F8_E4M3", "[2,300]", ones);
        floats("a.weight_scale_inv", "[1,3]", 1, 2, 3);
        float[] row = read().row(1);
        assertArrayEquals(new float[] {1, 2, 3}, new float[] {row[127], row[255], row[256]});
    }

    @Test
    void a_vector_has_one_scale() throws IOException {
        add("a.weight", "F8_E4M3", "[3]", new byte[] {ONE, ONE, ONE});
        floats("a.weight_scale", "[1]", 2);
        assertArrayEquals(new float[] {2, 2, 2}, read().row(0));
    }

    @Test
    void scales_may_lie_in_another_file_of_the_set() throws IOException {
        matrix();
        Path first = write("one.safetensors");
        head.setLength(0);
        data.reset();
        floats("a.weight_scale", "[1]", 2);
        Path second = write("two.safetensors");
        var both = SafetensorsFile.open("both", List.of(first, second), Placement.MAPPED, arena);
        assertEquals(2, both.tensor("a.weight").row(0)[0]);
    }

    @Test
    void a_tensor_without_scales_is_refused() throws IOException {
        matrix();
        floats("b.weight_scale", "[1]", 1);
        refused(
                "test.safetensors: tensor a.weight is F8_E4M3 and has no scales, expected exactly one"
                        + " of a.weight_scale, a.weight_scale_inv, a.qscale_weight; the file is"
                        + " damaged or incomplete: get it again");
    }

    @ParameterizedTest
    @CsvSource({
        "a.weight_scale, a.weight_scale_inv",
        "a.weight_scale, a.qscale_weight",
        "a.qscale_weight, a.weight_scale_inv"
    })
    void a_tensor_with_two_sets_of_scales_is_refused(String one, String other) throws IOException {
        matrix();
        floats(one, "[1]", 1);
        floats(other, "[1]", 1);
        refused("a.weight is F8_E4M3 and has 2 sets of scales, expected exactly one of");
    }

    static Stream<Arguments> shapes() {
        return Stream.of(
                arguments("[129]", 129),
                arguments("[1,130]", 130),
                arguments("[140]", 140),
                arguments("[130,2]", 260),
                arguments("[1,1]", 1),
                arguments("[2,1]", 2),
                arguments("[4]", 4),
                arguments("[1,2,2]", 4),
                arguments("[2,2,1]", 4),
                arguments("[130,140]", 130 * 140));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void scales_of_another_shape_are_refused(String shape, int count) throws IOException {
        matrix();
        float[] scales = new float[count];
        Arrays.fill(scales, 1);
        floats("a.weight_scale", shape, scales);
        refused(
                "tensor a.weight_scale is F32 %s, expected F32, F16 or BF16 of the shape [], [1], [130], [130, 1] or [2, 2] as the scales of a matrix [130, 140]; get"
                        .formatted(shape.replace(",", ", ")));
    }

    @ParameterizedTest
    @CsvSource({"F8_E8M0, 1", "I32, 4", "F64, 8", "F8_E4M3, 1"})
    void scales_of_another_type_are_refused(String type, int bytes) throws IOException {
        matrix();
        add("a.weight_scale", type, "[1]", new byte[bytes]);
        refused("tensor a.weight_scale is " + type + " [1], expected F32, F16 or BF16");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0.1f})
    void a_scale_that_is_no_size_is_refused(float scale) throws IOException {
        matrix();
        floats("a.weight_scale", "[2,2]", 1, 1, scale, 1);
        refused("tensor a.weight_scale has the value " + scale + ", expected finite scales");
    }

    @Test
    void a_head_changed_anywhere_is_read_or_refused_as_damaged() throws IOException {
        matrix();
        floats("a.weight_scale_inv", "[2,2]", 1, 2, 3, 4);
        Path file = write("test.safetensors");
        byte[] whole = Files.readAllBytes(file);
        int refused = 0;
        for (int at = 8; at < 8 + head.length() + 1; at++) {
            for (byte with : "0179-,\"ax[".getBytes(StandardCharsets.UTF_8)) {
                byte[] changed = whole.clone();
                changed[at] = with;
                Path copy = Files.write(folder.resolve("changed.safetensors"), changed);
                try (Arena mapped = Arena.ofConfined()) {
                    SafetensorsFile.open(copy, mapped).tensor("a.weight").row(ROWS - 1);
                } catch (ModelFormatException _) {
                    refused++;
                }
            }
        }
        assertTrue(refused > head.length(), refused + " were refused");
    }

    @Test
    void bits_and_scales_are_written_each_by_itself() throws IOException {
        matrix();
        floats("a.weight_scale", "[]", 2);
        Tensor read = read();
        SafetensorsWriter writer = new SafetensorsWriter();
        assertThrows(IllegalArgumentException.class, () -> writer.add("x", read));
        Path copy = folder.resolve("copy.safetensors");
        writer.add("a.weight", read.scaled(Scales.NONE))
                .add("a.weight_scale", Tensor.of(new float[] {2}, 1, 1))
                .write(copy);
        assertEquals(2, SafetensorsFile.open(copy, arena).tensor("a.weight").row(3)[3]);
    }

    @Test
    void gguf_does_not_take_the_type() {
        Tensor bits =
                new Tensor(DType.F8_E4M3, Layout.ROWS, 1, 1, MemorySegment.ofArray(new byte[1]));
        var e = assertThrows(IllegalArgumentException.class, () -> new GgufWriter().add("x", bits));
        assertEquals("x is F8_E4M3, which GGUF does not have", e.getMessage());
    }

    private void matrix() {
        byte[] ones = new byte[ROWS * COLS];
        Arrays.fill(ones, ONE);
        add("a.weight", "F8_E4M3", "[130,140]", ones);
    }

    private void floats(String name, String shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        add(name, "F32", shape, bytes.array());
    }

    private void add(String name, String type, String shape, byte[] bytes) {
        head.append(head.isEmpty() ? "{" : ",")
                .append(
                        "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                                .formatted(
                                        name,
                                        type,
                                        shape,
                                        data.size(),
                                        data.size() + bytes.length));
        data.writeBytes(bytes);
    }

    private Path write(String name) throws IOException {
        byte[] json = (head + "}").getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
        file.writeBytes(json);
        file.writeBytes(data.toByteArray());
        return Files.write(folder.resolve(name), file.toByteArray());
    }

    private Tensor read() throws IOException {
        return SafetensorsFile.open(write("test.safetensors"), arena).tensor("a.weight");
    }

    private void refused(String message) {
        ModelFormatException e = assertThrows(ModelFormatException.class, this::read);
        assertTrue(
                String.valueOf(e.getMessage()).contains(message),
                () -> String.valueOf(e.getMessage()));
    }
}
