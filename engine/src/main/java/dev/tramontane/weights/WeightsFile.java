package dev.tramontane.weights;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;

import java.util.Map;

/// Named tensors of one model, mapped read-only; the arena given at opening owns the mapping.
public sealed interface WeightsFile permits GgufFile, SafetensorsFile {
    /// Where a tensor lies: its shape as the mathematics has it (rows first), and its type.
    ///
    /// @param shape outermost first, as safetensors and PyTorch list it
    record TensorInfo(String name, DType type, long[] shape, long offset, long bytes) {}

    /// All tensors by the names the file gives them, in file order.
    Map<String, TensorInfo> tensors();

    /// The tensor as a matrix: a vector has one row; more than two dimensions are folded into rows.
    ///
    /// @throws ModelFormatException when the file has no such tensor
    Tensor tensor(String name);

    /// The file, or the folder of a sharded set, as messages should call it.
    String location();

    /// The file's `general.…` and similar keys; empty for safetensors.
    Metadata metadata();
}
