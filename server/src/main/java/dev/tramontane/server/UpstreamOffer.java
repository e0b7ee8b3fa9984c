package dev.tramontane.server;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.server.ServedModel.Nature;
import dev.tramontane.wire.UpstreamCard;
import dev.tramontane.wire.UpstreamModel;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/// A model of other servers under a public name. It is offered whether or not they answer at
/// present; what they tell of it is asked in the background.
public final class UpstreamOffer implements Offer, AutoCloseable {
    /// How long opening waits for what the servers tell.
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /// How long each server may take for it.
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private static final Duration KNOWN_FOR = Duration.ofMinutes(5);
    private static final Duration UNKNOWN_FOR = Duration.ofSeconds(10);

    private final UpstreamSettings settings;
    private final long created;
    private final UpstreamModel model;
    private final LongSupplier nanos;
    private final AtomicBoolean asks = new AtomicBoolean();
    private volatile Told told;

    /// What the servers told, and when.
    private record Told(Optional<UpstreamCard> card, long at) {}

    UpstreamOffer(UpstreamSettings settings, UpstreamModel model, LongSupplier nanos) {
        this.settings = settings;
        this.created = System.currentTimeMillis() / 1000;
        this.model = model;
        this.nanos = nanos;
        this.told = new Told(Optional.empty(), nanos.getAsLong());
    }

    /// Makes ready to ask the servers, and asks them what they have.
    ///
    /// @throws IllegalArgumentException when an address is none, or the key is not there
    /// @throws IOException when the key's file cannot be read
    public static UpstreamOffer open(UpstreamSettings settings, Map<String, String> environment)
            throws IOException {
        UpstreamModel model = UpstreamModel.open(settings.group(environment));
        var offer = new UpstreamOffer(settings, model, System::nanoTime);
        try {
            offer.ask().join(PATIENCE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return offer;
    }

    /// Asks the servers what they tell of the model, unless somebody does.
    ///
    /// @return the thread that does it
    Thread ask() {
        return Thread.ofVirtual()
                .name("tramontane-upstream-card")
                .start(
                        () -> {
                            if (asks.compareAndSet(false, true)) {
                                try {
                                    Optional<UpstreamCard> now = model.card(LONGEST);
                                    told = new Told(now.or(() -> told.card()), nanos.getAsLong());
                                } finally {
                                    asks.set(false);
                                }
                            }
                        });
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

    @Override
    public Terms terms() {
        return settings.terms();
    }

    @Override
    public boolean runsHere() {
        return false;
    }

    @Override
    public ObjectNode card() {
        return Offer.super.card().put("remote", true);
    }

    @Override
    public Optional<LocalModel> local() {
        return Optional.empty();
    }

    /// As the operator says, else as the servers told at last. What nobody says is no; a context
    /// that nobody tells is 0.
    @Override
    public Nature nature() {
        Told last = told;
        Duration old = Duration.ofNanos(nanos.getAsLong() - last.at());
        boolean isOld = old.compareTo(last.card().isPresent() ? KNOWN_FOR : UNKNOWN_FOR) > 0;
        if (isOld && !asks.get()) {
            ask();
        }
        UpstreamCard known = settings.known();
        UpstreamCard card = last.card().orElse(UpstreamCard.NOTHING);
        return new Nature(
                id(),
                known.context().orElse(card.context().orElse(0)),
                terms().defaults().sampling(UpstreamModel.SERVERS_SAMPLING),
                true,
                known.thinks().or(card::thinks).orElse(false),
                known.sees().or(card::sees).orElse(false));
    }

    ServedModel served() {
        return new ServedModel(
                id(), aliases(), created, terms().over(model), nature(), Optional.empty(), terms());
    }

    /// Ends running answers.
    @Override
    public void close() {
        model.close();
    }
}
