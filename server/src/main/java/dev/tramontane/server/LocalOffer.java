package dev.tramontane.server;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.server.ServedModel.Nature;
import dev.tramontane.server.pool.Lease;
import dev.tramontane.server.pool.ModelPool;
import dev.tramontane.server.pool.PoolStatus;

import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A model of this machine that is opened when somebody asks for it ({@link LocalModels}).
public final class LocalOffer implements Offer {
    /// Behind answers that hold the memory, and behind models that are opened before.
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private static final Duration SOON = Duration.ofSeconds(10);

    private final LocalSettings settings;
    private final long created;
    private final Nature nature;
    private final ModelPool<LocalModel> pool;
    private final Loads loads;

    LocalOffer(
            LocalSettings settings,
            long created,
            Nature nature,
            ModelPool<LocalModel> pool,
            Loads loads) {
        this.settings = settings;
        this.created = created;
        this.nature = nature;
        this.pool = pool;
        this.loads = loads;
    }

    /// How often it was opened so far.
    Loads loads() {
        return loads;
    }

    @Override
    public String id() {
        return settings.id();
    }

    @Override
    public List<String> aliases() {
        return settings.aliases();
    }

    @Override
    public long created() {
        return created;
    }

    /// As its files say, and its operator.
    @Override
    public Nature nature() {
        return nature;
    }

    @Override
    public Terms terms() {
        return settings.terms();
    }

    /// With llama-server's word for whether it is open.
    @Override
    public ObjectNode card() {
        ObjectNode card = Offer.super.card();
        String state =
                switch (status().state()) {
                    case UNLOADED -> "unloaded";
                    case WAITING, LOADING -> "loading";
                    case LOADED, LEAVING -> "loaded";
                };
        card.putObject("status").put("value", state);
        return card;
    }

    @Override
    public boolean runsHere() {
        return true;
    }

    @Override
    public Optional<LocalModel> local() {
        return pool.openNow(id());
    }

    PoolStatus status() {
        return pool.status(id());
    }

    /// Opens the model, or waits until it is, and keeps it open for as long as the use lasts.
    ServedModel open(Use use) throws Exchange.GoneException {
        Lease<LocalModel> lease = pool.lease(id());
        use.atEnd(lease::close);
        Lease.Outcome<LocalModel> outcome = lease.await(Duration.ZERO);
        if (outcome instanceof Lease.Outcome.Late<LocalModel>) {
            use.whenGone(lease::giveUp);
            outcome = await(lease, use);
        }
        if (outcome instanceof Lease.Outcome.GivenUp<LocalModel>) {
            throw new Exchange.GoneException();
        }
        return served(ready(outcome));
    }

    /// Waits, and shows a client that expects a stream that it is not forgotten.
    private static Lease.Outcome<LocalModel> await(Lease<LocalModel> lease, Use use)
            throws Exchange.GoneException {
        Duration silence = use.silence().orElse(LONGEST_WAIT);
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (true) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            boolean isLast = left.compareTo(silence) <= 0;
            Lease.Outcome<LocalModel> outcome = lease.await(isLast ? left : silence);
            if (isLast || !(outcome instanceof Lease.Outcome.Late<LocalModel>)) {
                return outcome;
            }
            use.showLife();
        }
    }

    private LocalModel ready(Lease.Outcome<LocalModel> outcome) {
        return switch (outcome) {
            case Lease.Outcome.Ready(LocalModel model) -> model;
            case Lease.Outcome.Failed<LocalModel> _ -> throw RefusedException.notLoaded(id());
            case Lease.Outcome.Late<LocalModel> _, Lease.Outcome.GivenUp<LocalModel> _ ->
                    throw RefusedException.overloaded(
                            "%s waits for memory that answers of other models hold; try again later"
                                    .formatted(id()),
                            SOON);
            case Lease.Outcome.Stopped<LocalModel> _ -> throw RefusedException.stopping();
        };
    }

    private ServedModel served(LocalModel model) {
        return new ServedModel(
                id(), aliases(), created, terms().over(model), nature, Optional.of(model), terms());
    }

    /// Has it stay for another time than its settings say, until it is unloaded.
    ///
    /// @param time empty for as long as memory allows
    void keep(Optional<Duration> time) {
        pool.keep(id(), time);
    }

    ModelPool.Dismissal unload(Duration longest) {
        return pool.unload(id(), longest);
    }
}
