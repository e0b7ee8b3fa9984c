/// Model files: GGUF and safetensors, memory-mapped. Start with {@link
/// dev.tramontane.weights.ModelFolder}.
///
/// **GGUF**, versions 2 and 3, little-endian (GGUF specification, "File structure"):
///
/// ```
/// "GGUF"  version u32  tensors u64  entries u64
/// entries × { key string, type u32, value }          string = length u64, UTF-8
/// tensors × { name string, dimensions u32,           array  = type u32, count u64, elements
///             size u64 (innermost first) …, type u32, offset u64 }
/// zeros up to the next multiple of general.alignment (32)
/// tensor data, each at its offset from here, a multiple of the alignment
/// ```
///
/// **safetensors**:
///
/// ```
/// length u64  { "name": { "dtype": "BF16", "shape": [out, in], "data_offsets": [from, to] }, … }
/// tensor data without gaps, row-major, offsets from its first byte
/// ```
///
/// Every file is somebody else's: lengths and counts are held against the bytes that are left
/// before anything is allocated, arithmetic is exact, and whatever is wrong is one {@link
/// dev.tramontane.weights.ModelFormatException}.
package dev.tramontane.weights;
