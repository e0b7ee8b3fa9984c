/// Arithmetic of training, in F32, products of matrices in bfloat16 where asked: products for a
/// forward and a backward pass, and what lies between them. The only package of this module that
/// imports the Vector API.
///
/// Start with {@link dev.tramontane.train.kernels.BackwardKernels}: it names every operation and
/// its formula. Results depend neither on the number of threads nor on how far the compiler has
/// come: every sum has one order, and who computes what never changes it.
package dev.tramontane.train.kernels;
