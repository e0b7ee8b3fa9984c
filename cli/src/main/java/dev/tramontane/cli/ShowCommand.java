package dev.tramontane.cli;

import dev.tramontane.chat.ChatTemplate;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.ThinkingFormat;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.terminal.Screen;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.tokenizer.ByteLevelBpe;
import dev.tramontane.tokenizer.SentencePiece;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.Placement;
import dev.tramontane.weights.WeightsFile.TensorInfo;
import dev.tramontane.wire.image.VisionCard;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/// `show`: what a model is, from its files.
@Command(name = "show", description = "Tell what a model is.")
final class ShowCommand implements Callable<Integer> {
    /// Enough to open a model; its own context is told from its files.
    private static final int SMALLEST_CONTEXT = 32;

    private final Stdio io;

    @Mixin private ModelFlag model = new ModelFlag();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "MODEL",
            description = "The model, as -m takes it.")
    void name(String named) {
        model.set(named);
    }

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    ShowCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        Path path = model.path(io);
        ObjectNode answer = Json.object();
        try (OpenWeights opened = OpenWeights.open(path, Placement.MAPPED)) {
            describeFiles(opened, answer);
            describeNetwork(opened.config(), answer);
        }
        EngineOptions options =
                EngineOptions.defaults()
                        .withContext(SMALLEST_CONTEXT)
                        .withMaxBatchTokens(1)
                        .withMaxSequences(1);
        try (LocalModel opened = LocalModel.open(path, options)) {
            describeFormat(opened, answer);
        }
        if (json) {
            io.out().println(answer);
        } else {
            print(answer);
        }
        return 0;
    }

    private static void describeFiles(OpenWeights opened, ObjectNode answer) {
        ModelFolder folder = opened.folder();
        Metadata metadata = folder.weights().metadata();
        Map<String, TensorInfo> tensors = folder.weights().tensors();
        answer.put("model", folder.name())
                .put("path", folder.path().toString())
                .put("files", folder.kind().name().toLowerCase(Locale.ROOT))
                .put("architecture", architecture(folder));
        metadata.text("general.license").ifPresent(licence -> answer.put("licence", licence));
        long values = 0;
        long bytes = 0;
        Map<String, Integer> types = new TreeMap<>();
        for (TensorInfo tensor : tensors.values()) {
            long count = 1;
            for (long size : tensor.shape()) {
                count *= size;
            }
            values += count;
            bytes += tensor.bytes();
            types.merge(tensor.type(), 1, Integer::sum);
        }
        answer.put("parameters", values).put("bytes", bytes);
        ObjectNode counts = answer.putObject("tensors");
        types.forEach(counts::put);
    }

    /// The name that the files give the network.
    private static String architecture(ModelFolder folder) {
        Optional<String> gguf = folder.weights().metadata().text("general.architecture");
        return gguf.orElseGet(
                () -> {
                    JsonNode config = folder.config().orElseGet(Json::object);
                    return config.path("model_type").asString("mistral");
                });
    }

    private static void describeNetwork(ModelConfig config, ObjectNode answer) {
        ObjectNode network =
                answer.putObject("network")
                        .put("layers", config.layers())
                        .put("dim", config.dim())
                        .put("heads", config.heads())
                        .put("kv_heads", config.kvHeads())
                        .put("head_dim", config.headDim())
                        .put("hidden_dim", config.hiddenDim())
                        .put("vocab", config.vocab())
                        .put("rope_theta", config.ropeTheta());
        if (config.headNorms()) {
            network.put("head_norms", true);
        }
        config.yarn().ifPresent(yarn -> network.put("yarn_factor", yarn.factor()));
        config.queryScaling()
                .ifPresent(
                        scaling -> network.put("query_scaling", decimal((float) scaling.beta())));
        if (config.window() != Integer.MAX_VALUE) {
            network.put("window", config.window());
        }
        answer.put("context", config.context());
    }

    private static void describeFormat(LocalModel opened, ObjectNode answer) {
        Tokenizer tokenizer = opened.tokenizer();
        answer.putObject("tokenizer").put("kind", kind(tokenizer)).put("vocab", tokenizer.vocab());
        answer.put("template", opened.template().map(ChatTemplate::format).orElse("none"));
        answer.put("thinking", thinking(opened));
        opened.vision()
                .ifPresent(
                        vision ->
                                VisionCard.write(
                                        vision,
                                        opened.imageSeconds(vision.grid().largest()),
                                        answer.putObject("vision")));
        SamplingParams sampling = opened.sampling();
        answer.putObject("sampling")
                .put("temperature", decimal(sampling.temperature()))
                .put("top_p", decimal(sampling.topP()))
                .put("top_k", sampling.topK())
                .put("min_p", decimal(sampling.minP()));
        opened.notice().ifPresent(notice -> answer.put("notice", notice));
    }

    private static String kind(Tokenizer tokenizer) {
        return switch (tokenizer) {
            case Tekken _ -> "tekken";
            case ByteLevelBpe _ -> "byte-level bpe";
            case SentencePiece pieces -> "sentencepiece " + pieces.algorithm();
        };
    }

    /// The marks around the thinking, as far as files tell.
    private static String thinking(LocalModel opened) {
        if (!opened.thinks()) {
            boolean unsure =
                    opened.template()
                            .map(template -> template.format().equals("v11"))
                            .orElse(false);
            return unsure ? "when asked, as <think> text" : "none";
        }
        ThinkingFormat format = opened.thinkingFormat();
        boolean inTokens = format.marks() == ThinkingFormat.Marks.TOKENS;
        return format.open() + (inTokens ? " tokens" : " text");
    }

    /// The decimal number that was meant, not the double next to the float.
    private static double decimal(float value) {
        return Double.parseDouble(Float.toString(value));
    }

    private void print(ObjectNode answer) {
        answer.forEachEntry(
                (name, value) ->
                        io.out()
                                .printf(
                                        Locale.ROOT,
                                        "%-13s %s%n",
                                        name.replace('_', ' '),
                                        text(name, value)));
    }

    private static String text(String name, JsonNode value) {
        return switch (name) {
            case "bytes" -> String.format(Locale.ROOT, "%,d", value.longValue());
            case "parameters" -> String.format(Locale.ROOT, "%,d", value.longValue());
            default -> value.isObject() ? fields(value) : Screen.harmless(value.asString());
        };
    }

    /// A name as words; types keep theirs.
    private static String words(String name) {
        boolean isType = Character.isUpperCase(name.charAt(0));
        return isType ? name : name.replace('_', ' ');
    }

    private static String fields(JsonNode object) {
        return object.propertyStream()
                .map(field -> words(field.getKey()) + " " + plain(field.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String plain(JsonNode value) {
        if (value.isObject()) {
            return "(" + fields(value) + ")";
        }
        return value.isString() ? Screen.harmless(value.stringValue()) : value.toString();
    }
}
