package dev.tramontane.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.json.JsonMapper;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Base64;

/// Values of eight bits, all of them.
class F8E4M3Test {
    private static final Path RECORDED = Path.of("src/test/resources/vectors/quant/f8_e4m3.json");

    private static final int LARGEST = 0x7E;

    @Test
    void every_pattern_decodes_to_the_recorded_bits() {
        ByteBuffer recorded =
                ByteBuffer.wrap(
                                Base64.getDecoder()
                                        .decode(
                                                new JsonMapper()
                                                        .readTree(RECORDED.toFile())
                                                        .at("/values/f32le_b64")
                                                        .stringValue()))
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (int bits = 0; bits < 256; bits++) {
            float expected = recorded.getFloat(4 * bits);
            float found = decoded(bits);
            assertEquals(Float.isNaN(expected), Float.isNaN(found), "byte " + bits);
            if (!Float.isNaN(expected)) {
                assertEquals(
                        Float.floatToRawIntBits(expected),
                        Float.floatToRawIntBits(found),
                        "byte " + bits);
            }
        }
    }

    @Test
    void every_value_is_encoded_as_itself() {
        for (int bits = 0; bits < 256; bits++) {
            int expected = bits;
            float value = decoded(bits);
            if (Float.isNaN(value)) {
                assertEquals(0x7F, encoded(value) & 0x7F);
            } else {
                assertEquals(expected, encoded(value));
            }
        }
    }

    @Test
    void a_value_between_two_goes_to_the_nearer_and_to_the_even_one_from_the_middle() {
        for (int bits = 0; bits < LARGEST; bits++) {
            float middle = (decoded(bits) + decoded(bits + 1)) / 2;
            assertEquals(bits, encoded(Math.nextDown(middle)), "below " + middle);
            assertEquals(bits + bits % 2, encoded(middle), "at " + middle);
            assertEquals(bits + 1, encoded(Math.nextUp(middle)), "above " + middle);
            assertEquals(0x80 | bits + bits % 2, encoded(-middle), "at " + -middle);
        }
    }

    @Test
    void what_is_too_large_becomes_the_largest() {
        for (float value : new float[] {449, 464, 480, 1e6f, Float.MAX_VALUE}) {
            assertEquals(LARGEST, encoded(value));
            assertEquals(0x80 | LARGEST, encoded(-value));
        }
    }

    @Test
    void gguf_does_not_have_the_type() {
        assertTrue(DType.ofGguf(-1).isEmpty());
        var e = assertThrows(IllegalArgumentException.class, DType.F8_E4M3::ggufId);
        assertTrue(String.valueOf(e.getMessage()).startsWith("F8_E4M3 is no type of GGUF"));
    }

    private static float decoded(int bits) {
        float[] value = new float[1];
        MemorySegment data = MemorySegment.ofArray(new byte[] {(byte) bits});
        Blocks.decode(DType.F8_E4M3, data, 0, 1, value, 0);
        return value[0];
    }

    private static int encoded(float value) {
        byte[] bytes = new byte[1];
        Blocks.encode(DType.F8_E4M3, new float[] {value}, 0, 1, MemorySegment.ofArray(bytes), 0);
        return bytes[0] & 0xFF;
    }
}
