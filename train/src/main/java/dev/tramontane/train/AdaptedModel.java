package dev.tramontane.train;

import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights.Placed;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Layout;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.LoraAdapters.Adapter;
import dev.tramontane.train.LoraConfig.Target;
import dev.tramontane.train.TrainableWeights.Kind;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.TensorNames;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A base with what its adapters have learned added to it: `W + scale · B · A`, matrix by matrix,
/// in the memory of the largest one.
public final class AdaptedModel implements TrainedModel {
    private static final TensorNames NAMES = TensorNames.of(ModelFolder.Kind.HUGGING_FACE);

    private final BaseModel base;
    private final LoraAdapters adapters;
    private final MemorySegment room;

    /// @param arena owns room for the largest matrix; threads share it
    public AdaptedModel(BaseModel base, LoraAdapters adapters, Arena arena) {
        this.base = base;
        this.adapters = adapters;
        long most =
                base.weights().placed().stream()
                        .mapToLong(placed -> bytes(placed.tensor()))
                        .max()
                        .orElseThrow();
        room = arena.allocate(most, Tensor.ALIGNMENT_BYTES);
    }

    private static long bytes(Tensor tensor) {
        return 4L * tensor.rows() * tensor.cols();
    }

    @Override
    public ModelConfig config() {
        return base.config();
    }

    @Override
    public boolean tied() {
        return base.weights().tied();
    }

    @Override
    public List<Part> parts() {
        return base.weights().placed().stream()
                .map(
                        placed ->
                                new Part(
                                        placed.name(NAMES),
                                        Kind.of(placed.role()),
                                        placed.tensor().rows(),
                                        placed.tensor().cols(),
                                        () -> merged(placed)))
                .toList();
    }

    private Tensor merged(Placed placed) {
        Tensor from = placed.tensor();
        Optional<Adapter> adapter =
                Arrays.stream(Target.values())
                        .filter(target -> target.role() == placed.role())
                        .findFirst()
                        .flatMap(target -> adapters.adapter(placed.layer(), target));
        var to =
                new Tensor(
                        DType.F32,
                        Layout.ROWS,
                        from.rows(),
                        from.cols(),
                        room.asSlice(0, bytes(from)));
        float[] row = new float[from.cols()];
        for (int i = 0; i < from.rows(); i++) {
            base.decodeRow(placed.role(), from, i, row);
            if (adapter.isPresent()) {
                addProduct(adapter.get(), i, row);
            }
            MemorySegment.copy(
                    row, 0, to.data(), ValueLayout.JAVA_FLOAT, i * to.rowBytes(), row.length);
        }
        return to;
    }

    /// `row[k] += scale · Σ over j of B[r][j] · A[j][k]`.
    private void addProduct(Adapter adapter, int r, float[] row) {
        float[] a = new float[row.length];
        for (int j = 0; j < adapters.config().rank(); j++) {
            float b = (float) adapters.config().scale() * adapter.turnedB().get(j, r);
            adapter.a().copyRow(j, a);
            for (int k = 0; k < row.length; k++) {
                row[k] += b * a[k];
            }
        }
    }
}
