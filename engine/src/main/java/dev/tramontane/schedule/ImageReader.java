package dev.tramontane.schedule;

import dev.tramontane.cache.FeatureStore;
import dev.tramontane.cache.Features;
import dev.tramontane.image.ImagePatches;
import dev.tramontane.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Encodes the images that running sequences wait for, piece by piece between steps.
///
/// While others compute, it takes as long between two steps as the last step took, a second at most
/// and one piece at least: a long image slows the answers beside it to half their speed and stops
/// none. Sequences are served in the order in which they stand, and of each those images first that
/// it comes to first.
///
/// The scheduler's thread alone may call.
public final class ImageReader implements AutoCloseable {
    private static final long MOST_NANOS = 1_000_000_000;

    /// Whoever turns images into vectors.
    public interface Encoder {
        /// Patches of images that are encoded side by side, at most; as many as the largest has.
        long mostPatches();

        /// Room for what an image becomes.
        ///
        /// @return float[vectors][dim]
        Tensor room(ImagePatches image, Arena arena);

        /// Begins to encode images; nothing is computed yet.
        ///
        /// @param outs their {@link #room}s
        Encoding begin(List<ImagePatches> images, List<Tensor> outs);
    }

    /// Images on their way.
    public interface Encoding extends AutoCloseable {
        /// Computes a piece, which takes some tens of milliseconds.
        void step();

        /// Whether the results are there.
        boolean isDone();

        @Override
        void close();
    }

    private final Optional<Encoder> encoder;
    private final FeatureStore store;
    private final LongSupplier nanoTime;
    private @Nullable Work work;
    private long lastEnd;
    private final AtomicLong encoded = new AtomicLong();

    /// Images that are being encoded.
    private record Work(Map<Features.Key, Made> images, Encoding encoding) {
        void abandon() {
            encoding.close();
            images.values().forEach(made -> made.arena().close());
        }
    }

    /// Where an image's vectors go.
    private record Made(Tensor vectors, Arena arena) {}

    /// @param encoder empty for a model that sees nothing
    /// @param store whose features it fills; closed with this
    /// @param nanoTime a clock, which decides when images are encoded and never what comes of them
    public ImageReader(Optional<Encoder> encoder, FeatureStore store, LongSupplier nanoTime) {
        this.encoder = encoder;
        this.store = store;
        this.nanoTime = nanoTime;
        this.lastEnd = nanoTime.getAsLong();
    }

    /// Of a model that sees nothing.
    public static ImageReader blind() {
        return new ImageReader(Optional.empty(), new FeatureStore(0), System::nanoTime);
    }

    FeatureStore store() {
        return store;
    }

    /// Images encoded so far. Any thread may ask.
    public long encoded() {
        return encoded.get();
    }

    /// Encodes for a while, if somebody lacks an image.
    ///
    /// @param running in the order in which they stand
    /// @param alone whether nobody computed in the last step: then after each piece it is time to
    ///   look around
    void read(List<Sequence> running, boolean alone) {
        if (encoder.isEmpty()) {
            return;
        }
        long start = nanoTime.getAsLong();
        long time = alone ? 0 : Math.min(start - lastEnd, MOST_NANOS);
        do {
            if (work == null || !isWanted(work, running)) {
                abandon();
                begin(running);
            }
        } while (goesOn(running) && nanoTime.getAsLong() - start < time);
        lastEnd = nanoTime.getAsLong();
    }

    /// Computes a piece; false where there is nothing to do.
    private boolean goesOn(List<Sequence> running) {
        Work now = work;
        if (now == null) {
            return false;
        }
        now.encoding().step();
        if (now.encoding().isDone()) {
            now.encoding().close();
            now.images().forEach((key, made) -> store.put(key, made.vectors(), made.arena()));
            encoded.addAndGet(now.images().size());
            work = null;
            running.forEach(sequence -> sequence.images().update(sequence.computed(), store));
            store.makeRoom();
        }
        return true;
    }

    private static boolean isWanted(Work work, List<Sequence> running) {
        for (Sequence sequence : running) {
            for (SequenceImages.Placed image : sequence.lackingImages()) {
                if (work.images().containsKey(sequence.images().key(image))) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Chooses the next images: as many of one sequence as fit the memory of the largest.
    @SuppressWarnings("MustBeClosedChecker") // closed when they are encoded, or nobody wants them
    private void begin(List<Sequence> running) {
        Encoder vision = encoder.orElseThrow();
        long room = vision.mostPatches();
        Map<Features.Key, Made> made = new LinkedHashMap<>();
        List<ImagePatches> images = new ArrayList<>();
        for (Sequence sequence : running) {
            for (SequenceImages.Placed image : sequence.lackingImages()) {
                Features.Key key = sequence.images().key(image);
                if (made.containsKey(key) || store.holds(key)) {
                    continue;
                }
                room -= image.patches().count();
                if (room < 0) {
                    break;
                }
                Arena arena = Arena.ofShared();
                made.put(key, new Made(vision.room(image.patches(), arena), arena));
                images.add(image.patches());
            }
            if (!images.isEmpty()) {
                List<Tensor> outs = made.values().stream().map(Made::vectors).toList();
                work = new Work(made, vision.begin(images, outs));
                return;
            }
        }
    }

    /// Abandons what is being encoded, and frees what was.
    @Override
    public void close() {
        abandon();
        store.close();
    }

    /// Gives up the images that are being encoded, and their memory: nobody waits for them.
    void abandon() {
        if (work != null) {
            work.abandon();
            work = null;
        }
    }
}
