package dev.tramontane.server;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.ModelProfile;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.server.ServedModel.Nature;
import dev.tramontane.server.pool.Lease;
import dev.tramontane.server.pool.ModelPool;
import dev.tramontane.server.pool.PooledModel;
import dev.tramontane.weights.ModelFormatException;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The models of this machine that a server offers: their files are looked at when it starts, and
/// opened when somebody asks.
public final class LocalModels implements AutoCloseable {
    private static final Duration FOREVER = Duration.ofDays(10_000);

    private final List<LocalOffer> offers;
    private final List<String> leftOut;
    private final ModelPool<LocalModel> pool;

    private LocalModels(List<LocalOffer> offers, List<String> leftOut, ModelPool<LocalModel> pool) {
        this.offers = offers;
        this.leftOut = leftOut;
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
        List<Known> known = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (LocalSettings each : settings) {
            try {
                Known found = Known.of(each, memory);
                if (each.isOptional() && names.contains(found.settings().id())) {
                    leftOut.add(each.path() + ": another model has this name; rename the file");
                } else {
                    names.add(found.settings().id());
                    known.add(found);
                }
            } catch (ModelFormatException | IllegalArgumentException refused) {
                if (!each.isOptional()) {
                    throw refused;
                }
                leftOut.add(String.valueOf(refused.getMessage()));
            }
        }
        var pool = new ModelPool<>(known.stream().map(Known::pooled).toList(), memory.bytes());
        long created = System.currentTimeMillis() / 1000;
        List<LocalOffer> offers = known.stream().map(each -> each.offer(created, pool)).toList();
        return new LocalModels(offers, List.copyOf(leftOut), pool);
    }

    /// A model whose files were looked at.
    private record Known(LocalSettings settings, Nature nature, long bytes, Loads loads) {
        static Known of(LocalSettings settings, Memory memory) throws IOException {
            ModelProfile profile = ModelProfile.read(settings.path(), settings.options());
            LocalSettings named = settings.named(profile.name());
            long bytes = profile.memory().totalBytes();
            if (memory.isFirm() && bytes > memory.bytes()) {
                throw new IllegalArgumentException(
                        "%s: needs %d bytes of memory, expected %d at most, what all models may take together; allow more, or give it a shorter context"
                                .formatted(named.id(), bytes, memory.bytes()));
            }
            Nature own = Nature.of(profile);
            SamplingParams sampling = settings.terms().defaults().sampling(own.sampling());
            return new Known(named, own.withSampling(sampling), bytes, new Loads());
        }

        PooledModel<LocalModel> pooled() {
            return new PooledModel<>(
                    settings.id(),
                    bytes,
                    settings.keepAlive(),
                    () -> loads.count(() -> LocalModel.open(settings.path(), settings.options())));
        }

        LocalOffer offer(long created, ModelPool<LocalModel> pool) {
            return new LocalOffer(settings, created, nature, pool, loads);
        }
    }

    /// The optional models that are not offered, and why.
    public List<String> leftOut() {
        return leftOut;
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
