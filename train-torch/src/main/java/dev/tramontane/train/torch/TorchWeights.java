package dev.tramontane.train.torch;

import static org.bytedeco.pytorch.global.torch.ScalarType.Float;

import dev.tramontane.model.ModelConfig;
import dev.tramontane.train.TrainableWeights;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// {@link TrainableWeights} as libtorch reads them.
///
/// On processors both are one memory: what an optimiser writes, the next pass reads, and libtorch
/// adds its gradients to ours. A device with memory of its own has copies, fetched when a pass
/// begins and brought back when it has ended.
final class TorchWeights implements AutoCloseable {
    private final PointerScope lifetime;
    private final Tensor hostValues;
    private final Tensor hostGradients;
    private final Tensor values;
    private final Tensor gradients;
    private final boolean copied;
    private final List<Tensor> leaves = new ArrayList<>();
    private final List<Layer> layers = new ArrayList<>();
    private final Tensor embedding;
    private final Tensor finalNorm;
    private final Tensor output;
    private long read;

    /// One layer; shapes as in {@link TrainableWeights}, gains flat.
    ///
    /// @param attentionNorm float[dim]
    /// @param qkv float[(heads + 2 · kvHeads) · headDim][dim]
    /// @param attentionOutput float[dim][heads · headDim]
    /// @param feedForwardNorm float[dim]
    /// @param gateUp float[2 · hiddenDim][dim]
    /// @param down float[dim][hiddenDim]
    record Layer(
            Tensor attentionNorm,
            Tensor qkv,
            Tensor attentionOutput,
            Tensor feedForwardNorm,
            Tensor gateUp,
            Tensor down) {}

    /// Memory that is not libtorch's to free.
    private static final class Borrowed extends Pointer {
        Borrowed(MemorySegment segment) {
            address = segment.address();
            limit = segment.byteSize();
            capacity = segment.byteSize();
        }
    }

    TorchWeights(TrainableWeights weights, Device device, boolean copied) {
        this.copied = copied;
        ModelConfig config = weights.config();
        int dim = config.dim();
        try (var scope = new PointerScope()) {
            hostValues = borrowed(weights.values().data(), weights.count());
            hostGradients = borrowed(weights.gradients().data(), weights.count());
            var floats = new TensorOptions(Float);
            long[] shape = {weights.count()};
            values = copied ? torch.zeros(shape, floats).to(device, Float) : hostValues;
            gradients = copied ? torch.zeros(shape, floats).to(device, Float) : hostGradients;

            embedding = next(config.vocab(), dim);
            for (int layer = 0; layer < config.layers(); layer++) {
                layers.add(
                        new Layer(
                                next(dim),
                                next(config.queryDim() + 2L * config.kvDim(), dim),
                                next(dim, config.queryDim()),
                                next(dim),
                                next(2L * config.hiddenDim(), dim),
                                next(dim, config.hiddenDim())));
            }
            finalNorm = next(dim);
            output = weights.tied() ? embedding : next(config.vocab(), dim);
            lifetime = scope.extend();
        }
        if (read != weights.count()) {
            throw new IllegalStateException(
                    "%d of %d weights were read; the two orders differ"
                            .formatted(read, weights.count()));
        }
    }

    private static Tensor borrowed(MemorySegment segment, long count) {
        return torch.from_blob(new Borrowed(segment), new long[] {count}, new TensorOptions(Float));
    }

    /// The next tensor in the order of the network, with its gradient.
    private Tensor next(long... shape) {
        long count = 1;
        for (long side : shape) {
            count *= side;
        }
        Tensor leaf = values.narrow(0, read, count).view(shape).detach().requires_grad_(true);
        leaf.mutable_grad().put(gradients.narrow(0, read, count).view(shape));
        read += count;
        leaves.add(leaf);
        return leaf;
    }

    /// Takes the weights as they are now.
    void fetch() {
        if (copied) {
            values.copy_(hostValues);
        }
    }

    /// Adds what a pass has found to our gradients.
    void giveBack() {
        if (copied) {
            hostGradients.add_(gradients.cpu());
            gradients.zero_();
        }
    }

    /// What libtorch's own optimisers would take.
    List<Tensor> leaves() {
        return leaves;
    }

    /// float[vocab][dim]
    Tensor embedding() {
        return embedding;
    }

    List<Layer> layers() {
        return layers;
    }

    /// float[dim]
    Tensor finalNorm() {
        return finalNorm;
    }

    /// float[vocab][dim]; the embedding where the two are tied
    Tensor output() {
        return output;
    }

    @Override
    public void close() {
        lifetime.deallocate();
    }
}
