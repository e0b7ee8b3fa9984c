package dev.tramontane.train;

import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.LoraAdapters.Adapter;
import dev.tramontane.train.LoraConfig.Target;
import dev.tramontane.weights.SafetensorsWriter;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Writes adapters as Hugging Face's PEFT does: `adapter_config.json` and
/// `adapter_model.safetensors`, to be loaded beside the base model in Hugging Face's layout.
public final class LoraExport {
    private static final String PREFIX = "base_model.model.";

    private LoraExport() {}

    /// @param folder made where it is not there
    /// @param baseName of the model that they belong to: a name or a path
    public static void write(LoraAdapters adapters, Path folder, String baseName)
            throws IOException {
        Files.createDirectories(folder);
        try (Arena arena = Arena.ofConfined()) {
            var file = new SafetensorsWriter().note("format", "pt");
            for (int layer = 0; layer < adapters.layers(); layer++) {
                for (Target target : Target.values()) {
                    Optional<Adapter> adapter = adapters.adapter(layer, target);
                    if (adapter.isPresent()) {
                        String name = PREFIX + LoraAdapters.name(layer, target);
                        int rank = adapters.config().rank();
                        add(file, name + ".lora_A.weight", adapter.get().a().slice(0, rank));
                        Tensor b = turned(adapter.get().turnedB(), rank, arena);
                        add(file, name + ".lora_B.weight", b);
                    }
                }
            }
            file.write(folder.resolve("adapter_model.safetensors"));
        }
        String config = config(adapters.config(), baseName).toPrettyString();
        Files.writeString(folder.resolve("adapter_config.json"), config + "\n");
    }

    /// A matrix, also where it has one row.
    private static void add(SafetensorsWriter file, String name, Tensor matrix) {
        long[] shape = {matrix.rows(), matrix.cols()};
        file.add(name, matrix.type(), shape, rows -> rows.append(matrix));
    }

    /// @param turnedB float[at least rank][outer]
    /// @return float[outer][rank]
    private static Tensor turned(Tensor turnedB, int rank, Arena arena) {
        Tensor b = Tensor.allocate(arena, turnedB.cols(), rank);
        for (int outer = 0; outer < b.rows(); outer++) {
            for (int inner = 0; inner < rank; inner++) {
                b.set(outer, inner, turnedB.get(inner, outer));
            }
        }
        return b;
    }

    /// The keys of `LoraConfig` that say something.
    private static ObjectNode config(LoraConfig config, String baseName) {
        ObjectNode json = new JsonMapper().createObjectNode();
        json.put("peft_type", "LORA")
                .put("task_type", "CAUSAL_LM")
                .put("base_model_name_or_path", baseName)
                .put("r", config.rank())
                .put("lora_alpha", config.alpha())
                .put("lora_dropout", 0.0)
                .put("bias", "none")
                .put("fan_in_fan_out", false)
                .put("init_lora_weights", true)
                .put("use_rslora", false)
                .put("inference_mode", true);
        ArrayNode targets = json.putArray("target_modules");
        config.targets().stream().map(Target::moduleName).sorted().forEach(targets::add);
        return json;
    }
}
