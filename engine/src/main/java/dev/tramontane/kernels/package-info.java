/// The operations of the forward pass and nothing above them: the only package that knows SIMD.
/// Start with {@link dev.tramontane.kernels.Kernels}; {@link dev.tramontane.kernels.ScalarKernels}
/// is what each operation means.
package dev.tramontane.kernels;
