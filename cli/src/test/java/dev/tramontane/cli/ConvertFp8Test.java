package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.tensor.Blocks;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Layout;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.GgufFile;
import dev.tramontane.weights.SafetensorsFile;
import dev.tramontane.weights.SafetensorsWriter;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/// `convert` and `quantize` of a folder in FP8: what is written are the values times their scales.
class ConvertFp8Test {
    /// The largest value of the type.
    private static final float LARGEST = 448;

    /// Nothing is rounded, but rows are in another order.
    private static final double EXACT = 1e-4;

    /// What eight bits a weight may change in a log-probability here.
    private static final double ROUNDED = 0.2;

    private static final String TOKENS = "1,3,1072,1101,1108,1108,1111,4,1072,1105";

    @TempDir Path temp;

    @ParameterizedTest
    @CsvSource({
        "convert, F32, true, " + EXACT,
        "convert, F32, false, " + EXACT,
        "quantize, F32, true, " + EXACT,
        "convert, Q8_0, true, " + ROUNDED,
        "quantize, Q8_0, false, " + ROUNDED
    })
    void what_is_written_scores_as_the_eight_bit_floats_with_their_scales(
            String command, String type, boolean byRow, double tolerance) throws IOException {
        String from = folder(byRow).toString();
        String to = temp.resolve("out.gguf").toString();
        Tramontane.Result made = Tramontane.run(command, from, to, "--type", type);
        assertEquals(0, made.code(), made.err());
        JsonNode expected = score(from);
        JsonNode found = score(to);
        for (int i = 1; i < 10; i++) {
            double logprob = expected.at("/" + i + "/logprob").doubleValue();
            assertEquals(logprob, found.at("/" + i + "/logprob").doubleValue(), tolerance);
        }
        try (Arena arena = Arena.ofConfined()) {
            GgufFile file = GgufFile.open(Path.of(to), arena);
            assertEquals(type, file.tensor("blk.0.ffn_up.weight").type().name());
        }
    }

    private static JsonNode score(String model) {
        Tramontane.Result result = Tramontane.run("score", "-m", model, "--tokens", TOKENS);
        assertEquals(0, result.code(), result.err());
        return Json.parse("output", result.out()).path("tokens");
    }

    /// The tiny model with its layers' matrices in FP8, a scale for each row or each matrix.
    private Path folder(boolean byRow) throws IOException {
        Path original = Tramontane.VECTORS.resolve("tiny-text-a");
        Path folder = Files.createDirectory(temp.resolve("fp8"));
        Files.copy(original.resolve("tekken.json"), folder.resolve("tekken.json"));
        var config =
                (ObjectNode)
                        Json.parse("config", Files.readString(original.resolve("config.json")));
        config.putObject("quantization_config")
                .put("quant_method", "fp8")
                .put("activation_scheme", "dynamic");
        Files.writeString(folder.resolve("config.json"), config.toString());
        var writer = new SafetensorsWriter();
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsFile file =
                    SafetensorsFile.open(original.resolve("model.safetensors"), arena);
            int eightBit = 0;
            for (String name : file.tensors().keySet()) {
                Tensor tensor = file.tensor(name);
                if (name.contains("layers") && !name.contains("norm")) {
                    add(writer, name, tensor, byRow);
                    eightBit++;
                } else {
                    writer.add(name, tensor);
                }
            }
            assertTrue(eightBit > 0);
            writer.write(folder.resolve("model.safetensors"));
        }
        return folder;
    }

    private static void add(SafetensorsWriter writer, String name, Tensor tensor, boolean byRow) {
        int rows = tensor.rows();
        int cols = tensor.cols();
        float[] scales = new float[byRow ? rows : 1];
        for (int row = 0; row < rows; row++) {
            for (float value : tensor.row(row)) {
                int at = byRow ? row : 0;
                scales[at] = Math.max(scales[at], Math.abs(value) / LARGEST);
            }
        }
        MemorySegment bits = MemorySegment.ofArray(new byte[rows * cols]);
        for (int row = 0; row < rows; row++) {
            float[] values = tensor.row(row);
            for (int col = 0; col < cols; col++) {
                values[col] /= scales[byRow ? row : 0];
            }
            Blocks.encode(DType.F8_E4M3, values, 0, cols, bits, (long) row * cols);
        }
        writer.add(name, new Tensor(DType.F8_E4M3, Layout.ROWS, rows, cols, bits));
        writer.add(name + "_scale", Tensor.of(scales, scales.length, 1));
    }
}
