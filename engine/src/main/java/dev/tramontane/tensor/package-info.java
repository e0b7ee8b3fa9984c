/// Typed matrices over memory: {@link dev.tramontane.tensor.Tensor}, its element types, and one
/// file for each block format. Start with {@link dev.tramontane.tensor.DType}.
package dev.tramontane.tensor;
