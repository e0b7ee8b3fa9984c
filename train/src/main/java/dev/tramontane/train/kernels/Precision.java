package dev.tramontane.train.kernels;

/// In which numbers products of matrices are computed. What is multiplied and what comes out are
/// floats either way, and so are all sums.
public enum Precision {
    /// As they are.
    FLOAT32,

    /// Rounded to bfloat16 first, eight bits of fraction with the exponents of a float: twice as
    /// fast where the processor multiplies them (AVX512-BF16 of AMD since Zen 4), and the same bits
    /// where it does not, at the speed of floats. Enough for lessons, whose gradients are noise to
    /// a hundred times that (Micikevicius et al. 2018; Kalamkar et al. 2019).
    BFLOAT16
}
