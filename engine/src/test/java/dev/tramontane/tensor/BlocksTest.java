package dev.tramontane.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/// Blocks as the reference implementation decodes them, bit for bit.
class BlocksTest {
    private static final Path GOLDEN = Path.of("src/test/resources/vectors/quant/blocks.json");

    @TestFactory
    List<DynamicTest> every_type_decodes_to_the_recorded_bits() {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode line : new JsonMapper().readTree(GOLDEN.toFile()).path("cases")) {
            DType.ofGguf(line.path("ggml_type_id").intValue())
                    .ifPresent(
                            type -> tests.add(dynamicTest(type.name(), () -> check(type, line))));
        }
        long others = Arrays.stream(DType.values()).filter(DType::isInGguf).count() - 1;
        assertEquals(others, tests.size(), "every type of GGUF but F32");
        return tests;
    }

    private static void check(DType type, JsonNode line) {
        MemorySegment blocks =
                MemorySegment.ofArray(
                        Base64.getDecoder().decode(line.path("blocks_b64").stringValue()));
        ByteBuffer expected =
                ByteBuffer.wrap(
                                Base64.getDecoder()
                                        .decode(
                                                line.path("values")
                                                        .path("f32le_b64")
                                                        .stringValue()))
                        .order(ByteOrder.LITTLE_ENDIAN);
        int count = expected.remaining() / 4;
        assertEquals(blocks.byteSize(), type.bytes(count));
        float[] values = new float[count + 2];
        Arrays.fill(values, 42);

        Blocks.decode(type, blocks, 0, count, values, 1);

        for (int i = 0; i < count; i++) {
            int index = i;
            assertEquals(
                    expected.getInt(4 * i),
                    Float.floatToRawIntBits(values[1 + i]),
                    () -> "value " + index + " is " + values[1 + index]);
        }
        assertEquals(42, values[0]);
        assertEquals(42, values[count + 1]);
    }
}
