package dev.tramontane.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// What encoding loses, against llama.cpp's own quantiser on the same values.
class EncodeTest {
    /// The promise: at most two percent more than theirs, in root mean square.
    private static final double MOST_RATIO = 1.02;

    private static final Path RECORDED = Path.of("src/test/resources/vectors/quant/errors.json");

    /// A block of the longest type.
    private static final int LENGTH = 256;

    @TestFactory
    List<DynamicTest> no_type_loses_more_than_two_percent_more_than_the_reference_quantiser() {
        JsonNode recorded = new JsonMapper().readTree(RECORDED.toFile());
        int count = recorded.at("/meta/rows").intValue() * recorded.at("/meta/cols").intValue();
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode line : recorded.path("cases")) {
            String input = line.path("input").stringValue();
            float[] values = values(input, line.path("seed").longValue(), count);
            double sum = 0;
            for (float value : values) {
                sum += value;
            }
            assertEquals(line.path("sum").doubleValue(), sum, 1e-6 * count, "the same values");
            for (Map.Entry<String, JsonNode> type : line.path("error").properties()) {
                double theirs = type.getValue().doubleValue();
                tests.add(
                        dynamicTest(
                                type.getKey() + " of " + input + " values",
                                () -> check(DType.valueOf(type.getKey()), values, theirs)));
            }
        }
        long others = Arrays.stream(DType.values()).filter(DType::isInGguf).count() - 1;
        assertEquals(3 * others, tests.size(), "every type of GGUF but F32");
        return tests;
    }

    private static void check(DType type, float[] values, double theirs) {
        double ours = error(values, throughBlocks(type, values));
        assertTrue(ours <= MOST_RATIO * theirs, ours + " against " + theirs);
    }

    /// The values that the reference was recorded with: sums of four uniform numbers, from a linear
    /// congruential generator with Knuth's constants.
    private static float[] values(String input, long seed, int count) {
        float[] values = new float[count];
        long state = seed;
        for (int i = 0; i < count; i++) {
            long sum = -131_070;
            for (int k = 0; k < 4; k++) {
                state = state * 6364136223846793005L + 1442695040888963407L;
                sum += state >>> 48;
            }
            values[i] =
                    switch (input) {
                        case "normal" -> sum * 0x1p-20f;
                        case "heavy" -> (float) (sum * Math.abs(sum) * 0x1p-38);
                        case "shifted" -> (sum + 60_000) * 0x1p-20f;
                        default -> throw new IllegalArgumentException(input);
                    };
        }
        return values;
    }

    @ParameterizedTest
    @EnumSource
    void zeros_stay_zeros(DType type) {
        for (float read : throughBlocks(type, new float[LENGTH])) {
            assertTrue(read == 0, () -> "read " + read);
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_blocks_hold_is_encoded_almost_without_loss(DType type) {
        float[] held = throughBlocks(type, values("normal", 4, LENGTH));
        double size = error(held, new float[LENGTH]);
        assertTrue(error(held, throughBlocks(type, held)) < size / 20);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "F8_E4M3") // whose scales are elsewhere
    void one_huge_value_among_tiny_ones_is_kept(DType type) {
        float[] values = new float[LENGTH];
        Arrays.fill(values, 1e-6f);
        values[77] = -65_504;
        float[] read = throughBlocks(type, values);
        assertEquals(-65_504, read[77], 65_504 / 8.0);
        for (float value : read) {
            assertTrue(Float.isFinite(value), () -> "read " + value);
        }
    }

    @ParameterizedTest
    @EnumSource
    void equal_values_stay_equal_and_close(DType type) {
        for (float value : new float[] {0.25f, -0.3f}) {
            float[] values = new float[LENGTH];
            Arrays.fill(values, value);
            for (float read : throughBlocks(type, values)) {
                assertEquals(value, read, Math.abs(value) / 5);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void values_too_small_for_a_scale_of_sixteen_bits_become_no_larger(DType type) {
        float[] values = new float[LENGTH];
        Arrays.fill(values, 1e-30f);
        for (float read : throughBlocks(type, values)) {
            assertEquals(0, read, 1e-7);
        }
    }

    @Test
    void halves_are_rounded_to_even() {
        float[] values = new float[LENGTH];
        values[0] = 1 + 0x1p-8f; // halfway between two bfloat16
        values[1] = 1 + 3 * 0x1p-8f;
        values[2] = Float.MAX_VALUE;
        float[] read = throughBlocks(DType.BF16, values);
        assertEquals(1, read[0]);
        assertEquals(1 + 4 * 0x1p-8f, read[1]);
        assertEquals(Float.POSITIVE_INFINITY, read[2]);
    }

    /// Encoded and decoded, from and to odd places that nothing else may touch.
    private static float[] throughBlocks(DType type, float[] values) {
        byte[] bytes = new byte[(int) type.bytes(values.length) + 2];
        Arrays.fill(bytes, (byte) 42);
        float[] shifted = new float[values.length + 1];
        System.arraycopy(values, 0, shifted, 1, values.length);
        MemorySegment blocks = MemorySegment.ofArray(bytes);
        Blocks.encode(type, shifted, 1, values.length, blocks, 1);
        assertEquals(42, bytes[0]);
        assertEquals(42, bytes[bytes.length - 1]);
        float[] read = new float[values.length];
        Blocks.decode(type, blocks, 1, values.length, read, 0);
        return read;
    }

    private static double error(float[] values, float[] read) {
        double squares = 0;
        for (int i = 0; i < values.length; i++) {
            squares += ((double) values[i] - read[i]) * ((double) values[i] - read[i]);
        }
        return Math.sqrt(squares / values.length);
    }
}
