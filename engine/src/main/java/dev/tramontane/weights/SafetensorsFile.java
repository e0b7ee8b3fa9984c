package dev.tramontane.weights;

import dev.tramontane.tensor.Tensor;

import java.util.Map;

/// One safetensors file or a sharded set, memory-mapped.
public final class SafetensorsFile implements WeightsFile {
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
