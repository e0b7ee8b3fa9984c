package dev.tramontane.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tramontane.kernels.Kernels.RopePairs;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.ModelFormatException;
import dev.tramontane.weights.SafetensorsWriter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Every spelling of a configuration that we read, and every one that we refuse.
class ModelConfigTest {
    private static final double CLOSE = 1e-7;

    @TempDir Path folder;

    @Test
    void the_same_model_reads_the_same_from_all_three_kinds() throws IOException {
        ModelConfig gguf = gguf(Map.of());
        ModelConfig params = params("{}");
        ModelConfig huggingFace = huggingFace("{}");

        assertEquals(SmallModel.CONFIG, gguf);
        assertEquals(0.1, params.queryScaling().orElseThrow().beta());
        assertEquals(params.yarn(), gguf.yarn());
        assertEquals(params.yarn(), huggingFace.yarn());
        assertEquals(params.queryScaling(), huggingFace.queryScaling());
        assertEquals(RopePairs.INTERLEAVED, params.ropePairs());
        assertEquals(RopePairs.SPLIT_HALF, huggingFace.ropePairs());
        assertEquals(params.context(), huggingFace.context());
    }

    /// The expected factors are `1 + 0.1 · ln 16 = 1.2772589` and ratios of such.
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"mscale\": 1.0, \"mscale_all_dim\": 1.0}; 1.0",
                "{}; 1.2772588722",
                "{\"mscale\": 1.0}; 1.2772588722",
                "{\"mscale\": null, \"mscale_all_dim\": null}; 1.2772588722",
                "{\"mscale\": 0.5, \"mscale_all_dim\": 1.0}; 0.8914633189",
                "{\"attention_factor\": 0.75, \"mscale\": 1.0, \"mscale_all_dim\": 1.0}; 0.75",
            })
    void yarns_magnitude_follows_hugging_faces_rule(String fields, double factor)
            throws IOException {
        ObjectNode rope =
                object(
                        """
                        {"type": "yarn", "factor": 16, "original_max_position_embeddings": 128}
                        """);
        rope.setAll(object(fields));
        ObjectNode config = object(SmallModel.CONFIG_JSON);
        config.remove("rope_parameters");
        config.set("rope_scaling", rope);
        config.put("rope_theta", 5e5);

        ModelConfig read = huggingFace(config);

        assertEquals(factor, read.yarn().orElseThrow().attentionFactor(), CLOSE);
        assertEquals(32, read.yarn().orElseThrow().betaFast());
        assertEquals(1, read.yarn().orElseThrow().betaSlow());
        assertEquals(5e5, read.ropeTheta());
        assertEquals(Optional.empty(), read.queryScaling());
    }

    @Test
    void yarn_without_an_original_context_starts_from_the_models_own() throws IOException {
        ModelConfig config =
                huggingFace("{\"rope_parameters\": {\"rope_type\": \"yarn\", \"factor\": 4.0}}");
        assertEquals(2048, config.yarn().orElseThrow().originalContext());
        assertEquals(10_000, config.ropeTheta());
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1.0", "0, 1, 1.2772588722", "1, 1.5, 1.5", "0.5, 1, 1.1217511437"})
    void yarns_magnitude_follows_the_gguf_keys(
            float logMultiplier, float attentionFactor, double expected) throws IOException {
        ModelConfig config =
                gguf(
                        Map.of(
                                "mistral3.rope.scaling.yarn_log_multiplier",
                                logMultiplier,
                                "mistral3.rope.scaling.attn_factor",
                                attentionFactor,
                                "mistral3.rope.scaling.yarn_ext_factor",
                                1f));
        assertEquals(expected, config.yarn().orElseThrow().attentionFactor(), CLOSE);
    }

    @Test
    void params_may_ask_for_yarns_magnitude() throws IOException {
        ModelConfig config =
                params(
                        """
                        {"yarn": {"factor": 16.0, "original_max_position_embeddings": 256,
                         "beta": 4, "alpha": 2, "apply_scale": true}}
                        """);
        ModelConfig.Yarn yarn = config.yarn().orElseThrow();
        assertEquals(1.2772588722, yarn.attentionFactor(), CLOSE);
        assertEquals(256, yarn.originalContext());
        assertEquals(4, yarn.betaFast());
        assertEquals(2, yarn.betaSlow());
    }

    @Test
    void windows_are_data() throws IOException {
        assertEquals(4096, huggingFace("{\"sliding_window\": 4096}").window());
        assertEquals(
                Integer.MAX_VALUE,
                huggingFace(
                                """
                                {"sliding_window": 4096,
                                 "layer_types": ["full_attention", "full_attention"]}
                                """)
                        .window());
        assertEquals(512, params("{\"sliding_window\": 512}").window());
        assertEquals(64, gguf(Map.of("mistral3.attention.sliding_window", 64)).window());
        assertEquals(
                Integer.MAX_VALUE, gguf(Map.of("mistral3.attention.sliding_window", 0)).window());
    }

    @Test
    void a_head_is_an_equal_share_where_its_width_is_left_out() throws IOException {
        assertEquals(4, huggingFace("{\"head_dim\": null}").headDim());
        Map<String, Object> metadata = SmallModel.metadata();
        metadata.keySet().removeIf(key -> key.endsWith("_length") && key.contains("attention"));
        metadata.keySet().removeIf(key -> key.contains("dimension_count"));
        assertEquals(4, read(metadata).headDim());
    }

    @Test
    void llama_is_read_as_mistral3_and_defaults_to_no_scaling() throws IOException {
        Map<String, Object> metadata = new LinkedHashMap<>();
        SmallModel.metadata()
                .forEach((key, value) -> metadata.put(key.replace("mistral3.", "llama."), value));
        metadata.put("general.architecture", "llama");
        metadata.keySet().removeIf(key -> key.contains("rope.") || key.contains("temperature"));

        ModelConfig config = read(metadata);

        assertEquals(Optional.empty(), config.yarn());
        assertEquals(Optional.empty(), config.queryScaling());
        assertEquals(10_000, config.ropeTheta());
    }

    @Test
    void the_text_part_of_a_multimodal_model_is_read() throws IOException {
        ObjectNode config = object("{\"model_type\": \"mistral3\", \"vision_config\": {}}");
        config.set("text_config", object(SmallModel.CONFIG_JSON));
        assertEquals(8, huggingFace(config).dim());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"quant_method\": \"fp8\"}",
                """
                {"quant_method": "fp8", "activation_scheme": "static", "dequantize": false,
                 "modules_to_not_convert": ["lm_head"], "weight_block_size": null}
                """,
                """
                {"quant_method": "fp8", "activation_scheme": "dynamic", "fmt": "e4m3",
                 "weight_block_size": [128, 128]}
                """,
                """
                {"quant_method": "compressed-tensors", "format": "float-quantized",
                 "config_groups": {"group_0": {"targets": ["Linear"],
                   "weights": {"num_bits": 8, "type": "float", "strategy": "channel",
                     "symmetric": true, "dynamic": false, "group_size": null},
                   "input_activations": {"num_bits": 8, "type": "float", "strategy": "token"}}},
                 "ignore": ["lm_head"], "kv_cache_scheme": null, "sparsity_config": {},
                 "transform_config": {}}
                """,
                """
                {"quant_method": "compressed-tensors", "sparsity_config": {"format": "dense"},
                 "config_groups": {"group_0": {"weights": {"num_bits": 8, "type": "float",
                   "strategy": "block", "block_structure": [128, 128]}}}}
                """
            })
    void eight_bit_floats_are_read_in_the_words_of_every_tool(String block) throws IOException {
        String fields = "{\"quantization_config\": " + block + "}";
        assertEquals(huggingFace("{}"), huggingFace(fields));
        assertEquals(params("{}"), params(fields));
    }

    @Test
    void eight_bit_floats_are_read_in_the_words_of_mistral() throws IOException {
        String block = "{\"qformat_weight\": \"fp8_e4m3\", \"qscheme_act\": \"TENSOR\"}";
        assertEquals(params("{}"), params("{\"quantization\": " + block + "}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"quant_method\": \"modelopt\"}; quantised by modelopt, expected F32",
                "{}; quantised by quantization_config",
                "\"fp8\"; quantised by quantization_config",
                "{\"quant_method\": \"fp8\", \"fmt\": \"e5m2\"}; fp8 with fmt \"e5m2\"",
                "{\"quant_method\": \"fp8\", \"weight_block_size\": [64, 64]}; fp8 with weight_block_size [64,64]",
                "{\"quant_method\": \"fp8\", \"weight_block_size\": [1, 128]}; weight_block_size [1,128]",
                "{\"quant_method\": \"compressed-tensors\", \"config_groups\": {}}; no config_groups",
                "{\"quant_method\": \"compressed-tensors\", \"config_groups\": {\"a\": {\"weights\": {\"num_bits\": 4, \"type\": \"int\", \"strategy\": \"group\"}}}}; weights of 4 bits, type \"int\"",
                "{\"quant_method\": \"compressed-tensors\", \"config_groups\": {\"a\": {\"weights\": {\"num_bits\": 8, \"type\": \"float\", \"strategy\": \"group\"}}}}; strategy \"group\"",
                "{\"quant_method\": \"compressed-tensors\", \"config_groups\": {\"a\": {\"weights\": {\"num_bits\": 8, \"type\": \"float\", \"strategy\": \"block\", \"block_structure\": [64, 64]}}}}; strategy \"block\"",
                "{\"quant_method\": \"compressed-tensors\", \"transform_config\": {\"config_groups\": {\"u\": {}}}}; compressed-tensors with transform_config",
                "{\"quant_method\": \"compressed-tensors\", \"sparsity_config\": {\"format\": \"sparse-24-bitmask\"}}; compressed-tensors with sparsity_config",
            })
    void other_quantisation_is_refused_by_name(String block, String message) {
        refused(message, () -> huggingFace("{\"quantization_config\": " + block + "}"));
    }

    @ParameterizedTest
    @MethodSource
    void a_configuration_we_do_not_run_is_refused_by_name(String fields, String message) {
        refused(message, () -> huggingFace(fields));
    }

    static Stream<Arguments> a_configuration_we_do_not_run_is_refused_by_name() {
        return Stream.of(
                arguments(
                        "{\"model_type\": \"qwen3_moe\"}",
                        "model_type is qwen3_moe, which needs a mixture of experts; expected"
                                + " mistral, ministral3, qwen3, or mistral3 with a text_config: use a"
                                + " dense Mistral"),
                arguments("{\"model_type\": \"mistral4\"}", "which needs latent attention"),
                arguments("{\"model_type\": \"deepseek_v3\"}", "which needs latent attention"),
                arguments("{\"model_type\": \"gpt_oss\"}", "which needs attention sinks"),
                arguments("{\"model_type\": \"gemma3\"}", "model_type is gemma3; expected mistral"),
                arguments("{\"model_type\": null}", "model_type is absent"),
                arguments("{\"attention_bias\": true}", "attention_bias asks for biases"),
                arguments("{\"num_local_experts\": 8}", "a mixture of experts"),
                arguments("{\"kv_lora_rank\": 256}", "latent attention"),
                arguments("{\"hidden_act\": \"gelu\"}", "hidden_act asks for gelu"),
                arguments(
                        "{\"quantization_config\": {\"quant_method\": \"awq\"}}",
                        "quantised by awq"),
                arguments(
                        "{\"rope_parameters\": {\"rope_type\": \"llama3\", \"factor\": 8}}",
                        "llama3 scaling"),
                arguments(
                        "{\"rope_parameters\": {\"rope_type\": \"linear\", \"factor\": 8}}",
                        "linear scaling"),
                arguments(
                        "{\"rope_parameters\": {\"full_attention\": {\"rope_theta\": 1e4}}}",
                        "differ between layers"),
                arguments(
                        "{\"rope_parameters\": {\"rope_type\": \"yarn\", \"truncate\": false}}",
                        "truncate"),
                arguments(
                        "{\"layer_types\": [\"full_attention\", \"sliding_attention\"]}",
                        "windows that differ between layers"),
                arguments("{\"hidden_size\": 0}", "hidden_size is 0, expected a whole number"),
                arguments("{\"hidden_size\": -8}", "hidden_size is -8"),
                arguments("{\"hidden_size\": 8.5}", "hidden_size is 8.5"),
                arguments("{\"hidden_size\": \"8\"}", "hidden_size is 8, expected"),
                arguments("{\"hidden_size\": 1e12}", "expected a whole number from 1 to 65536"),
                arguments("{\"hidden_size\": null}", "no hidden_size"),
                arguments("{\"num_hidden_layers\": 0}", "num_hidden_layers is 0"),
                arguments("{\"num_attention_heads\": 0}", "num_attention_heads is 0"),
                arguments("{\"num_key_value_heads\": 0}", "num_key_value_heads is 0"),
                arguments("{\"num_key_value_heads\": 3}", "2 query heads do not share 3"),
                arguments("{\"head_dim\": 5}", "heads are 5 wide, expected an even number"),
                arguments("{\"vocab_size\": 0}", "vocab_size is 0"),
                arguments("{\"intermediate_size\": 0}", "intermediate_size is 0"),
                arguments("{\"rms_norm_eps\": -1}", "rms_norm_eps is -1"),
                arguments("{\"rms_norm_eps\": 1e999}", "rms_norm_eps is Infinity"),
                arguments(
                        "{\"rope_parameters\": {\"rope_theta\": 0}}",
                        "rope_parameters.rope_theta is 0"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"moe\": {\"num_experts\": 8}}; a mixture of experts",
                "{\"quantization\": {\"qformat_weight\": \"nvfp4\"}}; quantised by nvfp4, expected F32",
                "{\"quantization\": {}}; quantised by quantization",
                "{\"quantization\": true}; quantised by quantization",
                "{\"quantization_config\": {\"quant_method\": \"compressed-tensors\"}}; no config_groups",
                "{\"sliding_window\": [4096, null]}; windows that differ between layers",
                "{\"model_type\": \"mamba\"}; model_type asks for mamba",
                "{\"q_lora_rank\": 1024}; latent attention",
                "{\"rope_theta\": null}; no rope_theta",
                "{\"causal\": false}; attention to later tokens",
                "{\"yarn\": {\"factor\": 0.5}}; yarn.factor is 0.5",
                "{\"yarn\": {\"factor\": 16}}; no yarn.original_max_position_embeddings",
                "{\"yarn\": {\"factor\": 2, \"original_max_position_embeddings\": 8, \"beta\": 0.5}}; yarn.beta is 0.5",
                "{\"llama_4_scaling\": {\"beta\": 0.1}}; no llama_4_scaling.original",
                "{\"n_kv_heads\": 4}; 2 query heads do not share 4",
            })
    void params_we_do_not_run_are_refused_by_name(String fields, String message) {
        refused(message, () -> params(fields));
    }

    @ParameterizedTest
    @MethodSource
    void gguf_metadata_we_do_not_run_is_refused_by_name(String key, Object value, String message) {
        refused(message, () -> gguf(Map.of(key, value)));
    }

    static Stream<Arguments> gguf_metadata_we_do_not_run_is_refused_by_name() {
        return Stream.of(
                arguments(
                        "general.architecture",
                        "qwen3moe",
                        "the architecture is qwen3moe, which needs a mixture of experts; expected"
                                + " llama, mistral3 or qwen3: use a dense Mistral"),
                arguments("general.architecture", "gpt-oss", "which needs attention sinks"),
                arguments("general.architecture", "deepseek2", "which needs latent attention"),
                arguments("general.architecture", "mistral4", "which needs latent attention"),
                arguments("general.architecture", "qwen2", "which needs biases on queries"),
                arguments("general.architecture", "bert", "the architecture is bert; expected"),
                arguments(
                        "mistral3.rope.scaling.yarn_attn_factor",
                        1.1386f,
                        "another factor of YaRN"),
                arguments("mistral3.expert_count", 8, "a mixture of experts"),
                arguments("mistral3.attention.kv_lora_rank", 8, "latent attention"),
                arguments("mistral3.rope.dimension_count", 2, "a width of 2 in heads of 4"),
                arguments("mistral3.attention.value_length", 8, "a width of 8 in heads of 4"),
                arguments("mistral3.rope.scaling.type", "longrope", "longrope scaling"),
                arguments("mistral3.rope.scaling.type", "linear", "linear scaling"),
                arguments("mistral3.rope.scaling.yarn_ext_factor", 0.5f, "a mixture of YaRN"),
                arguments("mistral3.attention.sliding_window_pattern", 2, "differ between layers"),
                arguments(
                        "mistral3.attention.head_count_kv",
                        new int[] {1, 2},
                        "attention.head_count_kv is int32[2] 1, 2, expected a whole number"),
                arguments("mistral3.attention.causal", false, "attention to later tokens"),
                arguments("mistral3.vocab_size", 23, "tokenizer.ggml.tokens has 24"),
                arguments("mistral3.embedding_length", 0, "embedding_length is 0"),
                arguments("mistral3.block_count", -1, "block_count is 4294967295"),
                arguments("mistral3.attention.head_count_kv", 3, "2 query heads do not share 3"),
                arguments("mistral3.rope.freq_base", Float.NaN, "freq_base is NaN"),
                arguments("mistral3.logit_scale", 0.5f, "scaled logits"));
    }

    private void refused(String message, org.junit.jupiter.api.function.Executable reading) {
        ModelFormatException e = assertThrows(ModelFormatException.class, reading);
        assertTrue(
                String.valueOf(e.getMessage()).contains(message),
                () -> String.valueOf(e.getMessage()));
    }

    private ModelConfig huggingFace(String changes) throws IOException {
        ObjectNode config = object(SmallModel.CONFIG_JSON);
        config.setAll(object(changes));
        return huggingFace(config);
    }

    private ModelConfig huggingFace(ObjectNode config) throws IOException {
        return read("config.json", config, "model.safetensors");
    }

    private ModelConfig params(String changes) throws IOException {
        ObjectNode config = object(SmallModel.PARAMS_JSON);
        config.setAll(object(changes));
        return read("params.json", config, "consolidated.safetensors");
    }

    private ModelConfig read(String name, ObjectNode config, String weights) throws IOException {
        Files.writeString(folder.resolve(name), config.toString());
        Path file = folder.resolve(weights);
        new SafetensorsWriter().add("x", Tensor.of(new float[1], 1, 1)).write(file);
        try (Arena arena = Arena.ofConfined()) {
            return ModelConfig.read(ModelFolder.open(file, arena));
        }
    }

    private ModelConfig gguf(Map<String, Object> changes) throws IOException {
        Map<String, Object> metadata = new HashMap<>(SmallModel.metadata());
        metadata.putAll(changes);
        return read(metadata);
    }

    private ModelConfig read(Map<String, Object> metadata) throws IOException {
        Path file = folder.resolve("model.gguf");
        SmallModel.writeGguf(file, metadata, Map.of());
        try (Arena arena = Arena.ofConfined()) {
            return ModelConfig.read(ModelFolder.open(file, arena));
        }
    }

    private static ObjectNode object(String json) {
        return (ObjectNode) new JsonMapper().readTree(json);
    }
}
