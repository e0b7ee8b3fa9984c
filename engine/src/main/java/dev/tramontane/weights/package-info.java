/// Model files: GGUF and safetensors, memory-mapped. Start with {@link
/// dev.tramontane.weights.ModelFolder}.
package dev.tramontane.weights;
