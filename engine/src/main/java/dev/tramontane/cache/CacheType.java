package dev.tramontane.cache;

/// What the elements of stored keys and values are; names are those of {@link
/// dev.tramontane.tensor.DType}.
public enum CacheType {
    /// Nothing is rounded.
    F32,
    /// Half the memory; as good as exact.
    F16,
    /// Half the memory; rounds more than F16 and holds greater numbers.
    BF16,
    /// A quarter of the memory.
    Q8_0
}
