package dev.tramontane.model;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.Fp8Scales;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.ModelFormatException;
import dev.tramontane.weights.TensorNames;
import dev.tramontane.weights.VisionPart;
import dev.tramontane.weights.WeightsFile;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Takes the tensors of a vision part by name and shape. Every one must be used in the end: a bias
/// or a layer too many would be computed without.
final class VisionReader {
    /// The embedding of the row break, which the text network has as well.
    private static final String ROW_BREAK = "v.token_embd.img_break.weight";

    private static final String ROW_BREAK_AS_WRITTEN = "v.token_embd.img_break";

    private final VisionConfig config;
    private final ModelFolder folder;
    private final WeightsFile file;
    private final int textDim;
    private final Set<String> used = new HashSet<>(Set.of(ROW_BREAK, ROW_BREAK_AS_WRITTEN));

    /// @param file with the vision part
    /// @param textDim width of the text network
    VisionReader(VisionConfig config, ModelFolder folder, WeightsFile file, int textDim) {
        this.config = config;
        this.folder = folder;
        this.file = file;
        this.textDim = textDim;
    }

    VisionWeights read() {
        String patches = name(VisionPart.PATCHES, 0);
        Tensor firstNorm = norm(VisionPart.FIRST_NORM, 0);
        List<ModelWeights.LayerWeights> layers = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(layer(layer));
        }
        var weights =
                new VisionWeights(
                        file.widened(patches).joined(config.patchValues()),
                        firstNorm,
                        layers,
                        norm(VisionPart.MERGER_NORM, 0),
                        tensor(VisionPart.MERGER, 0),
                        tensor(VisionPart.PROJECTOR_IN, 0),
                        tensor(VisionPart.PROJECTOR_OUT, 0));
        refuseLeftovers();
        return weights;
    }

    private ModelWeights.LayerWeights layer(int layer) {
        return new ModelWeights.LayerWeights(
                norm(VisionPart.ATTENTION_NORM, layer),
                tensor(VisionPart.QUERY, layer),
                tensor(VisionPart.KEY, layer),
                tensor(VisionPart.VALUE, layer),
                Optional.empty(),
                tensor(VisionPart.ATTENTION_OUTPUT, layer),
                norm(VisionPart.FEED_FORWARD_NORM, layer),
                tensor(VisionPart.GATE, layer),
                tensor(VisionPart.UP, layer),
                tensor(VisionPart.DOWN, layer));
    }

    private Tensor norm(VisionPart part, int layer) {
        return file.widened(name(part, layer));
    }

    private Tensor tensor(VisionPart part, int layer) {
        return file.tensor(name(part, layer));
    }

    /// The name of a tensor that is there and has the shape that the configuration asks for.
    String name(VisionPart part, int layer) {
        String name =
                part.in(folder.kind(), file, layer)
                        .orElseThrow(
                                () ->
                                        new ModelFormatException(
                                                "%s: no tensor %s, expected one in a vision part with a merger of patches; get the model again, or one that has it"
                                                        .formatted(
                                                                file.location(),
                                                                part.missing(
                                                                        folder.kind(), layer))));
        check(part, name, file.tensor(name));
        used.add(name);
        WeightsFile.TensorInfo info = file.tensors().get(name);
        if (info != null && info.dtype().equals(Optional.of(DType.F8_E4M3))) {
            used.addAll(Fp8Scales.names(name));
        }
        return name;
    }

    private void check(VisionPart part, String name, Tensor tensor) {
        int dim = config.dim();
        int squares = config.merge() * config.merge();
        switch (part) {
            case PATCHES -> check(name, tensor, dim * 3 * config.patchSize(), config.patchSize());
            case FIRST_NORM, ATTENTION_NORM, FEED_FORWARD_NORM, MERGER_NORM ->
                    check(name, tensor, 1, dim);
            case QUERY, KEY, VALUE, ATTENTION_OUTPUT -> check(name, tensor, dim, dim);
            case GATE, UP -> check(name, tensor, config.hiddenDim(), dim);
            case DOWN -> check(name, tensor, dim, config.hiddenDim());
            case MERGER -> check(name, tensor, dim, dim * squares);
            case PROJECTOR_IN -> check(name, tensor, textDim, dim);
            case PROJECTOR_OUT -> check(name, tensor, textDim, textDim);
        }
    }

    private void check(String name, Tensor tensor, int rows, int cols) {
        if (tensor.rows() != rows || tensor.cols() != cols) {
            throw new ModelFormatException(
                    "%s: tensor %s has %d rows of %d, expected %d of %d from the configuration; weights and configuration are not of the same model"
                            .formatted(
                                    file.location(),
                                    name,
                                    tensor.rows(),
                                    tensor.cols(),
                                    rows,
                                    cols));
        }
    }

    /// @throws ModelFormatException when there are tensors that nobody asked for
    void refuseLeftovers() {
        TensorNames names = TensorNames.of(folder);
        boolean apart = file != folder.weights();
        for (String name : file.tensors().keySet()) {
            boolean ours = apart || names.isOfVision(name);
            if (ours && !names.isComputed(name) && !used.contains(name)) {
                throw new ModelFormatException(
                        "%s: tensor %s has no place in a vision part of %d layers, expected Pixtral's tower, a merger and a projector of two layers without biases; use another file of the model"
                                .formatted(file.location(), name, config.layers()));
            }
        }
    }
}
