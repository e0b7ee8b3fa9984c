/// Another back end for the trainer: libtorch, on processors and GPUs, in F32 and bfloat16.
///
/// Start with {@link dev.tramontane.train.torch.TorchTransformer}: the forward pass of {@link
/// dev.tramontane.train.TrainableTransformer} in libtorch's operations; the way back is libtorch's.
/// Every native object of a pass belongs to a `PointerScope` that ends with it.
@org.jspecify.annotations.NullMarked
package dev.tramontane.train.torch;
