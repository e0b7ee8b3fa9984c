package dev.tramontane.model;

import static dev.tramontane.weights.TensorNames.Role;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.Fp8Scales;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.ModelFormatException;
import dev.tramontane.weights.TensorNames;
import dev.tramontane.weights.WeightsFile;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Takes a model's tensors by name and shape. Every tensor of the text network must be used in the
/// end: one that is left over (a bias, an expert, a layer too many) would be computed without.
final class WeightsReader {
    private final ModelFolder folder;
    private final WeightsFile file;
    private final ModelConfig config;
    private final TensorNames names;
    private final Set<String> used = new HashSet<>();

    WeightsReader(ModelFolder folder, ModelConfig config) {
        this.folder = folder;
        this.file = folder.weights();
        this.config = config;
        this.names = TensorNames.of(folder);
    }

    ModelWeights read() {
        Tensor embedding = matrix(names.of(Role.EMBEDDING), config.vocab(), config.dim());
        Tensor output = output(embedding);
        List<ModelWeights.LayerWeights> layers = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(layer(layer));
        }
        Tensor finalNorm = norm(names.of(Role.FINAL_NORM), config.dim());
        refuseLeftovers();
        return new ModelWeights(embedding, layers, finalNorm, output);
    }

    private ModelWeights.LayerWeights layer(int layer) {
        int dim = config.dim();
        int hiddenDim = config.hiddenDim();
        return new ModelWeights.LayerWeights(
                norm(names.of(Role.ATTENTION_NORM, layer), dim),
                matrix(names.of(Role.QUERY, layer), config.queryDim(), dim),
                matrix(names.of(Role.KEY, layer), config.kvDim(), dim),
                matrix(names.of(Role.VALUE, layer), config.kvDim(), dim),
                headNorms(layer),
                matrix(names.of(Role.ATTENTION_OUTPUT, layer), dim, config.queryDim()),
                norm(names.of(Role.FEED_FORWARD_NORM, layer), dim),
                matrix(names.of(Role.GATE, layer), hiddenDim, dim),
                matrix(names.of(Role.UP, layer), hiddenDim, dim),
                matrix(names.of(Role.DOWN, layer), dim, hiddenDim));
    }

    private Optional<ModelWeights.HeadNorms> headNorms(int layer) {
        return config.headNorms()
                ? Optional.of(
                        new ModelWeights.HeadNorms(
                                norm(names.of(Role.QUERY_NORM, layer), config.headDim()),
                                norm(names.of(Role.KEY_NORM, layer), config.headDim())))
                : Optional.empty();
    }

    private Tensor output(Tensor embedding) {
        Optional<String> name =
                names.outputs().stream().filter(file.tensors()::containsKey).findFirst();
        Optional<Boolean> tied = tied();
        if (name.isEmpty() && !tied.orElse(true)) {
            throw missing(names.outputs().getFirst());
        }
        if (name.isEmpty() || tied.orElse(false)) {
            for (String unread : names.outputs()) {
                use(unread);
            }
            return embedding;
        }
        return matrix(name.get(), config.vocab(), config.dim());
    }

    /// Whether the configuration says that the output is the embedding; empty where it is silent.
    private Optional<Boolean> tied() {
        Optional<Boolean> tied = Optional.empty();
        for (JsonNode level :
                folder.config().stream()
                        .flatMap(c -> Stream.of(c, c.path("text_config")))
                        .toList()) {
            for (String key : List.of("tie_word_embeddings", "tied_embeddings")) {
                if (level.path(key).isBoolean()) {
                    tied = Optional.of(level.path(key).booleanValue() || tied.orElse(false));
                }
            }
        }
        return tied;
    }

    private Tensor matrix(String name, int rows, int cols) {
        check(name, rows, cols);
        return file.tensor(name);
    }

    private Tensor norm(String name, int width) {
        check(name, 1, width);
        return file.widened(name);
    }

    private void check(String name, int rows, int cols) {
        WeightsFile.TensorInfo info = file.tensors().get(name);
        if (info == null) {
            throw missing(name);
        }
        long[] shape = info.shape();
        boolean fits =
                shape.length == 2
                        ? shape[0] == rows && shape[1] == cols
                        : shape.length == 1 && rows == 1 && shape[0] == cols;
        if (!fits) {
            throw new ModelFormatException(
                    "%s: tensor %s has the shape %s, expected %s from the configuration; weights and configuration are not of the same model"
                            .formatted(
                                    file.location(),
                                    name,
                                    Arrays.toString(shape),
                                    rows == 1 ? "[" + cols + "]" : "[" + rows + ", " + cols + "]"));
        }
        use(name);
    }

    /// Counts a tensor as used, and the scales that an FP8 tensor is read with.
    private void use(String name) {
        used.add(name);
        WeightsFile.TensorInfo info = file.tensors().get(name);
        if (info != null && info.dtype().equals(Optional.of(DType.F8_E4M3))) {
            used.addAll(Fp8Scales.names(name));
        }
    }

    private void refuseLeftovers() {
        for (String name : file.tensors().keySet()) {
            if (!used.contains(name) && !names.isBesidesText(name)) {
                throw new ModelFormatException(
                        "%s: tensor %s has no place in this dense decoder of %d layers; biases, experts, rotation factors and scales of anything but FP8 weights are not supported: use another file of the model"
                                .formatted(file.location(), name, config.layers()));
            }
        }
    }

    private ModelFormatException missing(String name) {
        return new ModelFormatException(
                "%s: no tensor %s among %d; the model is incomplete or of another kind: get it again"
                        .formatted(file.location(), name, file.tensors().size()));
    }
}
