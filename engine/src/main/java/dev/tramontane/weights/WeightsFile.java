package dev.tramontane.weights;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Layout;
import dev.tramontane.tensor.Tensor;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/// Named tensors of one model, mapped read-only; the arena given at opening owns the mapping.
public sealed interface WeightsFile permits GgufFile, SafetensorsFile {
    /// All tensors by the names the file gives them, in file order.
    Map<String, TensorInfo> tensors();

    /// The tensor as a matrix: a vector has one row; more than two dimensions are folded into rows.
    /// Scales that lie beside it come with it.
    ///
    /// @throws ModelFormatException when the file has no such tensor, or we do not read its type
    Tensor tensor(String name);

    /// The same as F32: mapped where it is stored so, else a widened copy that the file's arena
    /// owns.
    Tensor widened(String name);

    /// Begins to watch the mapped files; of copied ones there is nothing to watch. The caller
    /// closes it, before the arena.
    ///
    /// @throws ModelFormatException when a file is not what was opened any more
    FileWatch watch() throws IOException;

    /// The file, or the folder of a sharded set, as messages should call it.
    String location();

    /// The file's `general.…` and similar keys; empty for safetensors.
    Metadata metadata();

    /// Where a tensor lies: its shape as the mathematics has it (rows first), and its type.
    ///
    /// @param type the type as the file names it: `Q4_K`, `BF16`, `F8_E4M3`
    /// @param shape outermost first, as safetensors and PyTorch list it; shared
    /// @param offset from the start of the file
    record TensorInfo(String name, String type, long[] shape, long offset, long bytes) {
        /// The type, if it is one we read.
        public Optional<DType> dtype() {
            return Arrays.stream(DType.values())
                    .filter(dtype -> dtype.name().equals(type))
                    .findFirst();
        }

        /// Number of values.
        public long values() {
            long values = 1;
            for (long size : shape) {
                values *= size;
            }
            return values;
        }

        /// The matrix in `file`, which this range lies inside.
        Tensor over(MemorySegment file, String location) {
            DType dtype =
                    dtype().orElseThrow(
                                    () ->
                                            new ModelFormatException(
                                                    "%s: tensor %s is %s, which has no kernel here; get the model as Q4_K_M, Q8_0 or BF16, or make one with tramontane quantize from its original weights (types with kernels: %s)"
                                                            .formatted(
                                                                    location,
                                                                    TensorRanges.printable(name),
                                                                    type,
                                                                    Arrays.toString(
                                                                            DType.values()))));
            long cols = shape.length == 0 ? 1 : shape[shape.length - 1];
            long rows = values() / cols;
            if (rows > Integer.MAX_VALUE || cols > Integer.MAX_VALUE) {
                throw new ModelFormatException(
                        "%s: tensor %s has %d rows of %d, expected fewer than 2^31 of each; no kernel here reads it"
                                .formatted(location, TensorRanges.printable(name), rows, cols));
            }
            return new Tensor(
                    dtype, Layout.ROWS, (int) rows, (int) cols, file.asSlice(offset, bytes));
        }
    }
}
