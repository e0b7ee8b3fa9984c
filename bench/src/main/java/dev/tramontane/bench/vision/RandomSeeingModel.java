package dev.tramontane.bench.vision;

import dev.tramontane.kernels.Kernels.RopePairs;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Layout;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.SafetensorsWriter;
import dev.tramontane.weights.TensorNames;
import dev.tramontane.weights.VisionPart;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;

/// Writes a model with random weights whose vision part has the size of Magistral Small 1.2's (24
/// layers, width 1024, a merger of squares, a projector to width 5120), in BF16, and whose text
/// network is as small as its width allows: a folder in Hugging Face's layout, 0.9 GB. `tramontane
/// convert` makes a GGUF file and its `mmproj` of it.
///
/// ```
/// java … dev.tramontane.bench.vision.RandomSeeingModel FOLDER TEKKEN.json
/// ```
public final class RandomSeeingModel {
    private static final int DIM = 1024;
    private static final int LAYERS = 24;
    private static final int HIDDEN_DIM = 4096;
    private static final int PATCH = 14;
    private static final int MERGE = 2;
    private static final int TEXT_DIM = 5120;

    /// The vocabulary of the tiny tokenizers among the golden vectors.
    private static final int VOCAB = 1280;

    private static final int CONTEXT = 16_384;

    private static final int ROWS_AT_ONCE = 64;

    private RandomSeeingModel() {}

    /// @param args the folder, which must not be there yet, and a `tekken.json` of 1,280 tokens
    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            throw new IllegalArgumentException("expected two paths: FOLDER TEKKEN.json");
        }
        Path folder = Files.createDirectory(Path.of(args[0]));
        Files.copy(Path.of(args[1]), folder.resolve("tekken.json"));
        Files.writeString(folder.resolve("config.json"), config());
        write(folder.resolve("model.safetensors"));
    }

    private static ModelConfig text() {
        return new ModelConfig(
                TEXT_DIM,
                1,
                8,
                2,
                128,
                512,
                VOCAB,
                1e-5f,
                1e9,
                RopePairs.SPLIT_HALF,
                false,
                Optional.empty(),
                Optional.empty(),
                Integer.MAX_VALUE,
                CONTEXT);
    }

    private static String config() {
        ModelConfig text = text();
        return """
        {
         "architectures": ["Mistral3ForConditionalGeneration"],
         "model_type": "mistral3",
         "image_token_index": 10,
         "projector_hidden_act": "gelu",
         "vision_feature_layer": -1,
         "multimodal_projector_bias": false,
         "spatial_merge_size": %d,
         "vision_config": {"model_type": "pixtral", "hidden_size": %d, "num_hidden_layers": %d,
          "num_attention_heads": %d, "intermediate_size": %d, "image_size": 1540, "patch_size": %d,
          "hidden_act": "silu", "rope_theta": 10000.0},
         "text_config": {"model_type": "mistral", "hidden_size": %d, "num_hidden_layers": %d,
          "num_attention_heads": %d, "num_key_value_heads": %d, "head_dim": %d,
          "intermediate_size": %d, "vocab_size": %d, "max_position_embeddings": %d,
          "rms_norm_eps": 1e-05, "rope_theta": 1000000000.0, "hidden_act": "silu",
          "tie_word_embeddings": false}
        }
        """
                .formatted(
                        MERGE,
                        DIM,
                        LAYERS,
                        DIM / 64,
                        HIDDEN_DIM,
                        PATCH,
                        text.dim(),
                        text.layers(),
                        text.heads(),
                        text.kvHeads(),
                        text.headDim(),
                        text.hiddenDim(),
                        text.vocab(),
                        text.context());
    }

    private static void write(Path path) throws IOException {
        var file = new SafetensorsWriter();
        try (Arena arena = Arena.ofConfined()) {
            RandomWeights.of(text(), 1, arena)
                    .named(TensorNames.of(ModelFolder.Kind.HUGGING_FACE))
                    .forEach((name, tensor) -> addText(file, "language_model." + name, tensor));
            for (VisionPart part : VisionPart.values()) {
                for (int layer = 0; layer < (part.isInLayers() ? LAYERS : 1); layer++) {
                    addVision(file, part, part.missing(ModelFolder.Kind.HUGGING_FACE, layer));
                }
            }
            file.write(path);
        }
    }

    private static void addText(SafetensorsWriter file, String name, Tensor tensor) {
        long[] shape =
                tensor.rows() == 1
                        ? new long[] {tensor.cols()}
                        : new long[] {tensor.rows(), tensor.cols()};
        file.add(
                name,
                DType.BF16,
                shape,
                rows -> {
                    for (int row = 0; row < tensor.rows(); row++) {
                        rows.append(encoded(tensor.row(row), 1));
                    }
                });
    }

    private static void addVision(SafetensorsWriter file, VisionPart part, String name) {
        switch (part) {
            case PATCHES -> add(file, name, PATCH * PATCH * 3, DIM, 3, PATCH, PATCH);
            case FIRST_NORM, ATTENTION_NORM, FEED_FORWARD_NORM, MERGER_NORM -> {
                float[] ones = new float[DIM];
                java.util.Arrays.fill(ones, 1);
                file.add(name, DType.BF16, new long[] {DIM}, rows -> rows.append(encoded(ones, 1)));
            }
            case QUERY, KEY, VALUE, ATTENTION_OUTPUT -> add(file, name, DIM, DIM, DIM);
            case GATE, UP -> add(file, name, DIM, HIDDEN_DIM, DIM);
            case DOWN -> add(file, name, HIDDEN_DIM, DIM, HIDDEN_DIM);
            case MERGER -> add(file, name, DIM * MERGE * MERGE, DIM, DIM * MERGE * MERGE);
            case PROJECTOR_IN -> add(file, name, DIM, TEXT_DIM, DIM);
            case PROJECTOR_OUT -> add(file, name, TEXT_DIM, TEXT_DIM, TEXT_DIM);
        }
    }

    /// A matrix of uniform values with variance 1 / inner, seeded by its name.
    private static void add(SafetensorsWriter file, String name, int inner, long... shape) {
        file.add(name, DType.BF16, shape, rows -> random(name, inner, shape, rows));
    }

    private static void random(String name, int inner, long[] shape, GgufWriter.Rows rows)
            throws IOException {
        var random = new SplittableRandom(name.hashCode());
        double bound = Math.sqrt(3.0 / inner);
        int cols = (int) shape[shape.length - 1];
        long left = 1;
        for (long size : shape) {
            left *= size;
        }
        while (left > 0) {
            float[] values = new float[(int) Math.min(left, (long) ROWS_AT_ONCE * cols)];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextDouble(-bound, bound);
            }
            rows.append(encoded(values, values.length / cols));
            left -= values.length;
        }
    }

    /// The upper halves of the values' bits.
    private static Tensor encoded(float[] values, int rows) {
        short[] bits = new short[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (short) (Float.floatToRawIntBits(values[i]) >>> 16);
        }
        byte[] bytes = new byte[2 * bits.length];
        MemorySegment data = MemorySegment.ofArray(bytes);
        MemorySegment.copy(bits, 0, data, ValueLayout.JAVA_SHORT_UNALIGNED, 0, bits.length);
        return new Tensor(DType.BF16, Layout.ROWS, rows, values.length / rows, data);
    }
}
