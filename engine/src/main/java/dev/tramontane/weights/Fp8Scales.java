package dev.tramontane.weights;

import dev.tramontane.tensor.Blocks;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Scales;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.WeightsFile.TensorInfo;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The scales that lie beside FP8 tensors in safetensors files. In all of them, whatever the name
/// says, a weight is its bits' value times its scale.
///
/// ```
/// X.weight             F8_E4M3 [rows, cols]
/// X.weight_scale       compressed-tensors, and Mistral's first in Hugging Face's layout
/// X.weight_scale_inv   DeepSeek, Qwen, and Mistral in Hugging Face's layout
/// X.qscale_weight      Mistral's own layout
/// shape                [] or [1], [rows] or [rows, 1], or [⌈rows / 128⌉, ⌈cols / 128⌉]
/// type                 F32, F16 or BF16
/// ```
public final class Fp8Scales {
    private Fp8Scales() {}

    /// The names that the scales of a tensor may have.
    public static List<String> names(String weight) {
        int stem = weight.length() - "weight".length();
        return weight.endsWith("weight")
                ? List.of(
                        weight + "_scale",
                        weight + "_scale_inv",
                        weight.substring(0, stem) + "qscale_weight")
                : List.of(weight + "_scale", weight + "_scale_inv");
    }

    /// The scales of an FP8 matrix.
    ///
    /// @throws ModelFormatException unless the file has exactly one tensor of them, of a type and
    ///   shape that we know, holding factors that are no nonsense
    static Scales read(WeightsFile file, String name, Tensor matrix) {
        List<TensorInfo> found =
                names(name).stream()
                        .flatMap(scale -> Optional.ofNullable(file.tensors().get(scale)).stream())
                        .toList();
        if (found.size() != 1) {
            throw new ModelFormatException(
                    "%s: tensor %s is F8_E4M3 and has %s, expected exactly one of %s; the file is damaged or incomplete: get it again"
                            .formatted(
                                    file.location(),
                                    TensorRanges.printable(name),
                                    found.isEmpty()
                                            ? "no scales"
                                            : found.size() + " sets of scales",
                                    names(name).stream()
                                            .map(TensorRanges::printable)
                                            .collect(Collectors.joining(", "))));
        }
        TensorInfo info = found.getFirst();
        return shaped(file, info, values(file, info, matrix), matrix);
    }

    private static float[] values(WeightsFile file, TensorInfo info, Tensor matrix) {
        long most = Math.max(matrix.rows(), squares(matrix));
        boolean known =
                info.dtype()
                        .filter(type -> List.of(DType.F32, DType.F16, DType.BF16).contains(type))
                        .isPresent();
        if (!known || info.values() > most) {
            throw unsuited(file, info, matrix);
        }
        Tensor scales = file.tensor(info.name());
        float[] values = new float[(int) info.values()];
        Blocks.decode(scales.type(), scales.data(), 0, values.length, values, 0);
        for (float value : values) {
            if (!(value >= 0 && value < Float.POSITIVE_INFINITY)) {
                throw new ModelFormatException(
                        "%s: tensor %s has the value %s, expected finite scales of zero or more; the file is damaged: get it again"
                                .formatted(
                                        file.location(),
                                        TensorRanges.printable(info.name()),
                                        value));
            }
        }
        return values;
    }

    private static Scales shaped(WeightsFile file, TensorInfo info, float[] values, Tensor matrix) {
        long[] shape = info.shape();
        if (shape.length < 2 && values.length == 1) {
            return Scales.ofMatrix(values[0]);
        }
        boolean column = shape.length == 1 || shape.length == 2 && shape[1] == 1;
        if (column && shape[0] == matrix.rows()) {
            return Scales.ofRows(values);
        }
        if (shape.length == 2
                && shape[0] == Scales.squares(matrix.rows())
                && shape[1] == Scales.squares(matrix.cols())) {
            return Scales.ofSquares(values, matrix.cols());
        }
        throw unsuited(file, info, matrix);
    }

    private static long squares(Tensor matrix) {
        return (long) Scales.squares(matrix.rows()) * Scales.squares(matrix.cols());
    }

    private static ModelFormatException unsuited(WeightsFile file, TensorInfo info, Tensor matrix) {
        return new ModelFormatException(
                "%s: tensor %s is %s %s, expected F32, F16 or BF16 of the shape [], [1], [%5$d], [%5$d, 1] or [%6$d, %7$d] as the scales of a matrix [%5$d, %8$d]; get the BF16 weights or a GGUF file of the model"
                        .formatted(
                                file.location(),
                                TensorRanges.printable(info.name()),
                                info.type(),
                                Arrays.toString(info.shape()),
                                matrix.rows(),
                                Scales.squares(matrix.rows()),
                                Scales.squares(matrix.cols()),
                                matrix.cols()));
    }
}
