package dev.tramontane.train.kernels;

/// In which numbers products of matrices are computed. What is multiplied and what comes out are
/// floats either way, and so are all sums.
public enum Precision {
    /// As they are.
    FLOAT32,

    /// Rounded to bfloat16 first, eight significant bits with the exponents of a float: twice as
    /// fast where the processor multiplies them so (AMD since Zen 4), else at the speed of floats,
    /// with the same bits but for values below the normal floats. Enough for lessons (Micikevicius
    /// et al. 2018; Kalamkar et al. 2019).
    BFLOAT16
}
