package dev.tramontane.engine;

import dev.tramontane.model.ModelWeights;
import dev.tramontane.tensor.Tensor;

import java.util.List;

/// Writes a model's weights over those that an engine reads.
///
/// @param from tensor by tensor
/// @param to of the same types and shapes, in other memory
record WeightsCopy(List<Tensor> from, List<Tensor> to) {
    /// Checks that it can be done.
    ///
    /// @param loop the thread that is to copy
    /// @throws IllegalArgumentException when the two are not of one form, share memory, or lie
    ///   where they cannot be read or written
    static WeightsCopy of(ModelWeights newer, ModelWeights current, Thread loop) {
        List<ModelWeights.Placed> from = newer.placed();
        List<ModelWeights.Placed> to = current.placed();
        if (from.size() != to.size()) {
            throw new IllegalArgumentException(
                    "published weights have %d tensors, expected %d as the engine's; publish those of the same network"
                            .formatted(from.size(), to.size()));
        }
        for (int i = 0; i < from.size(); i++) {
            check(from.get(i), to.get(i), loop);
        }
        return new WeightsCopy(tensors(from), tensors(to));
    }

    private static List<Tensor> tensors(List<ModelWeights.Placed> placed) {
        return placed.stream().map(ModelWeights.Placed::tensor).toList();
    }

    private static void check(ModelWeights.Placed newer, ModelWeights.Placed current, Thread loop) {
        Tensor from = newer.tensor();
        Tensor to = current.tensor();
        String name = newer.role() + (newer.layer() < 0 ? "" : " of layer " + newer.layer());
        if (newer.role() != current.role()
                || from.type() != to.type()
                || from.layout() != to.layout()
                || from.rows() != to.rows()
                || from.cols() != to.cols()) {
            throw new IllegalArgumentException(
                    "published %s is %s, expected %s %s as the engine's; publish weights of the same network and types"
                            .formatted(name, form(from), current.role(), form(to)));
        }
        if (to.data().isReadOnly()) {
            throw new IllegalArgumentException(
                    "the engine's %s is read-only, as mapped files are; open the engine over weights in memory"
                            .formatted(name));
        }
        if (!from.data().isAccessibleBy(loop)) {
            throw new IllegalArgumentException(
                    "published %s belongs to one thread, expected a shared arena; allocate it in Arena.ofShared()"
                            .formatted(name));
        }
        if (from.data().asOverlappingSlice(to.data()).isPresent()) {
            throw new IllegalArgumentException(
                    "published %s is the engine's own memory; change it while the engine is idle and call weightsChanged, or keep a copy of your own"
                            .formatted(name));
        }
    }

    private static String form(Tensor tensor) {
        return "%d x %d of %s in %s"
                .formatted(tensor.rows(), tensor.cols(), tensor.type(), tensor.layout());
    }

    void run() {
        for (int i = 0; i < from.size(); i++) {
            to.get(i).data().copyFrom(from.get(i).data());
        }
    }
}
