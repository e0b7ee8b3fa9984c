package dev.tramontane.server;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.ModelProfile;
import dev.tramontane.server.ServedModel.Nature;
import dev.tramontane.server.pool.Lease;
import dev.tramontane.server.pool.ModelPool;
import dev.tramontane.server.pool.PooledModel;
import dev.tramontane.weights.ModelFormatException;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The models of this machine that a server offers: their files are looked at when it starts, and
/// opened when somebody asks.
public final class LocalModels implements AutoCloseable {
    private static final Duration FOREVER = Duration.ofDays(10_000);

    private final List<LocalOffer> offers;
    private final ModelPool<LocalModel> pool;

    private LocalModels(List<LocalOffer> offers, ModelPool<LocalModel> pool) {
        this.offers = offers;
        this.pool = pool;
    }

    /// How much memory models may take that are open.
    ///
    /// @param bytes of all of them together
    /// @param isFirm whether a model that needs more is refused; otherwise it is opened alone
    public record Memory(long bytes, boolean isFirm) {
        /// No bound.
        public static final Memory ANY = new Memory(Long.MAX_VALUE, false);
    }

    /// Looks at the files of models.
    ///
    /// @throws IOException when they cannot be read
    /// @throws ModelFormatException when they are no models that run here
    /// @throws IllegalArgumentException when their options ask for what they do not give, or one
    ///   needs more memory than there is for all
    public static LocalModels of(List<LocalSettings> settings, Memory memory) throws IOException {
        long created = System.currentTimeMillis() / 1000;
        List<Nature> natures = new ArrayList<>();
        List<PooledModel<LocalModel>> pooled = new ArrayList<>();
        for (LocalSettings each : settings) {
            ModelProfile profile = ModelProfile.read(each.path(), each.options());
            long bytes = profile.memory().totalBytes();
            if (memory.isFirm() && bytes > memory.bytes()) {
                throw new IllegalArgumentException(
                        "%s: needs %d bytes of memory, expected %d at most, what all models may take together; allow more, or give it a shorter context"
                                .formatted(each.id(), bytes, memory.bytes()));
            }
            Nature own = Nature.of(profile);
            natures.add(own.withSampling(each.terms().defaults().sampling(own.sampling())));
            pooled.add(
                    new PooledModel<>(
                            each.id(),
                            bytes,
                            each.keepAlive(),
                            () -> LocalModel.open(each.path(), each.options())));
        }
        var pool = new ModelPool<>(pooled, memory.bytes());
        List<LocalOffer> offers = new ArrayList<>();
        for (int i = 0; i < settings.size(); i++) {
            offers.add(new LocalOffer(settings.get(i), created, natures.get(i), pool));
        }
        return new LocalModels(List.copyOf(offers), pool);
    }

    /// In the order of their settings.
    public List<LocalOffer> offers() {
        return offers;
    }

    /// Opens a model now, so that the first who ask need not wait.
    ///
    /// @throws IOException when it cannot be
    /// @throws ModelFormatException when its files have become no model since they were looked at
    public void open(String id) throws IOException {
        try (Lease<LocalModel> lease = pool.lease(id)) {
            if (lease.await(FOREVER) instanceof Lease.Outcome.Failed<LocalModel>(Throwable cause)) {
                switch (cause) {
                    case IOException failure -> throw failure;
                    case RuntimeException failure -> throw failure;
                    case Error failure -> throw failure;
                    default -> throw new IllegalStateException(cause);
                }
            }
        }
    }

    /// Closes all of them, also those that answer.
    @Override
    public void close() {
        pool.close();
    }
}
