package dev.tramontane.weights;

import dev.tramontane.tensor.Tensor;

import java.util.Map;

/// A GGUF file, version 2 or 3, memory-mapped.
public final class GgufFile implements WeightsFile {
    @Override
    public Map<String, TensorInfo> tensors() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Tensor tensor(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String location() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Metadata metadata() {
        throw new UnsupportedOperationException();
    }
}
