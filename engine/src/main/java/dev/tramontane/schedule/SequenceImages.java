package dev.tramontane.schedule;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.FeatureStore;
import dev.tramontane.cache.Features;
import dev.tramontane.cache.ShownImages;
import dev.tramontane.image.ImageHash;
import dev.tramontane.image.ImagePatches;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The images of a sequence: what they show, where they stand, and what was made of them as long as
/// it is needed.
///
/// The scheduler's thread alone may call.
public final class SequenceImages {
    /// An image in its place.
    ///
    /// @param positions of its tokens, rising; shared
    public record Placed(ImagePatches patches, ImageHash hash, int[] positions) {
        private int first() {
            return positions[0];
        }

        private int last() {
            return positions[positions.length - 1];
        }
    }

    private final String owner;
    private final List<Placed> placed;
    private final List<Optional<Features>> lent = new ArrayList<>();
    private final ShownImages shown;

    /// @param owner among whose images equal ones are encoded once
    /// @param placed in the order of their positions
    public SequenceImages(String owner, List<Placed> placed) {
        this.owner = owner;
        this.placed = List.copyOf(placed);
        placed.forEach(_ -> lent.add(Optional.empty()));
        shown =
                new ShownImages(
                        placed.stream()
                                .map(
                                        image ->
                                                new ShownImages.Shown(
                                                        image.hash(), image.positions()))
                                .toList());
    }

    /// Of a sequence of text.
    public static SequenceImages none() {
        return new SequenceImages("", List.of());
    }

    /// What is shown where.
    public ShownImages shown() {
        return shown;
    }

    Features.Key key(Placed image) {
        return new Features.Key(owner, image.hash());
    }

    /// Gives back what was needed for positions before `computed`, and borrows what is there of the
    /// rest.
    void update(int computed, FeatureStore store) {
        for (int i = 0; i < placed.size(); i++) {
            boolean needed = placed.get(i).last() >= computed;
            if (needed && lent.get(i).isEmpty()) {
                lent.set(i, store.lend(key(placed.get(i))));
            } else if (!needed) {
                giveBack(i, store);
            }
        }
    }

    void giveBackAll(FeatureStore store) {
        for (int i = 0; i < lent.size(); i++) {
            giveBack(i, store);
        }
    }

    private void giveBack(int i, FeatureStore store) {
        lent.get(i).ifPresent(store::takeBack);
        lent.set(i, Optional.empty());
    }

    /// Images that have to be encoded, from position `computed` on.
    List<Placed> lacking(int computed) {
        List<Placed> lacking = new ArrayList<>();
        for (int i = 0; i < placed.size(); i++) {
            if (placed.get(i).last() >= computed && lent.get(i).isEmpty()) {
                lacking.add(placed.get(i));
            }
        }
        return lacking;
    }

    /// Positions that can be computed from `computed` on: up to the first image that is lacking.
    int end(int computed, int count) {
        for (int i = 0; i < placed.size(); i++) {
            if (placed.get(i).last() >= computed && lent.get(i).isEmpty()) {
                return Math.min(count, Math.max(computed, placed.get(i).first()));
            }
        }
        return count;
    }

    /// Adds the vectors for positions `from` to `to`.
    ///
    /// @param row of the batch at which `from` is computed
    void give(int from, int to, int row, List<Batch.Given> given) {
        for (ShownImages.Run run : shown.between(from, to)) {
            Features features = lentOf(run.image());
            given.add(
                    new Batch.Given(
                            row + run.offset(),
                            features.vectors().slice(run.first(), run.count())));
        }
    }

    private Features lentOf(ImageHash image) {
        for (int i = 0; i < placed.size(); i++) {
            if (placed.get(i).hash().equals(image) && lent.get(i).isPresent()) {
                return lent.get(i).get();
            }
        }
        throw new IllegalStateException("an image is computed that was not encoded");
    }
}
