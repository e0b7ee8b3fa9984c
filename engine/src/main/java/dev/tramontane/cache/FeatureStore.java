package dev.tramontane.cache;

import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Images that have been encoded, by owner and content: those that sequences use, and, as far as
/// there is room, those that nobody uses now, the longest unused given up first.
///
/// Used by the scheduler's thread alone.
public final class FeatureStore implements AutoCloseable {
    private final long roomBytes;
    private final Map<Features.Key, Features> kept = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /// @param roomBytes how much is kept; what is in use is kept beyond it
    public FeatureStore(long roomBytes) {
        this.roomBytes = roomBytes;
    }

    /// Lends an image's features, if they are here.
    public Optional<Features> lend(Features.Key key) {
        Features found = kept.get(key);
        if (found == null) {
            return Optional.empty();
        }
        found.use();
        return Optional.of(found);
    }

    /// Whether an image's features are here.
    public boolean holds(Features.Key key) {
        return kept.containsKey(key);
    }

    /// Keeps what was made of an image; nobody uses it yet.
    ///
    /// @param vectors float[vectors][dim]
    /// @param arena of the vectors alone, closed when they are given up
    public void put(Features.Key key, Tensor vectors, Arena arena) {
        if (kept.containsKey(key)) {
            throw new IllegalStateException("an image was encoded twice");
        }
        kept.put(key, new Features(key, vectors, arena));
        bytes += vectors.bytes();
    }

    /// Takes back what was lent.
    public void takeBack(Features features) {
        features.leave();
        makeRoom();
    }

    /// Gives up what is too much.
    public void makeRoom() {
        Iterator<Features> oldest = kept.values().iterator();
        while (bytes > roomBytes && oldest.hasNext()) {
            Features features = oldest.next();
            if (features.users() == 0) {
                oldest.remove();
                bytes -= features.vectors().bytes();
                features.free();
            }
        }
    }

    /// Bytes of all that is here.
    public long bytes() {
        return bytes;
    }

    /// Checks that nobody uses anything: what holds when no sequence runs.
    ///
    /// @throws IllegalStateException when somebody does
    public void checkUnused() {
        for (Features features : kept.values()) {
            if (features.users() > 0) {
                throw new IllegalStateException(
                        "an image is lent %d times, expected never while no sequence runs"
                                .formatted(features.users()));
            }
        }
    }

    /// Frees everything, used or not.
    @Override
    public void close() {
        kept.values().forEach(Features::free);
        kept.clear();
        bytes = 0;
    }
}
