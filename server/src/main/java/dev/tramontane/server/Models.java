package dev.tramontane.server;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.wire.Fields;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The models of a server by their public names.
///
/// @param all the first is meant where a request names none
public record Models(List<Offer> all) {
    /// Names in the published examples for Magistral, which mean the default model.
    public static final List<String> USUAL_NAMES =
            List.of("mistral-medium-latest", "magistral-medium-latest", "magistral-small-latest");

    /// @throws IllegalArgumentException when there are none, or a name means two
    public Models {
        all = List.copyOf(all);
        if (all.isEmpty()) {
            throw new IllegalArgumentException("no model to serve, expected one; name it");
        }
        Set<String> names = new HashSet<>();
        for (Offer model : all) {
            if (!names.add(model.id())) {
                throw new IllegalArgumentException(
                        model.id() + ": the name of two models, expected one; rename one");
            }
        }
    }

    /// The model of a name, its own before an alias of another; the first for no name.
    Optional<Offer> find(String name) {
        return name.isEmpty()
                ? Optional.of(all.getFirst())
                : all.stream()
                        .filter(model -> model.id().equals(name))
                        .findFirst()
                        .or(
                                () ->
                                        all.stream()
                                                .filter(model -> model.aliases().contains(name))
                                                .findFirst());
    }

    /// What is told of the model of a name, open or not.
    ///
    /// @throws RefusedException when there is none of this name
    Offer offer(String name) {
        return find(name).orElseThrow(() -> RefusedException.noModel(name, this));
    }

    /// The model that a request's body names, which is opened when it is needed and may be closed.
    ///
    /// @throws RefusedException when there is none of this name
    /// @throws InvalidRequestException when it is not this server's to open and close
    LocalOffer closable(Fields body) {
        return switch (offer(body.requiredText("model"))) {
            case LocalOffer local -> local;
            case ServedModel _, UpstreamOffer _ ->
                    throw body.unexpected("model", "one that is loaded here");
        };
    }

    /// An offered model, which answers until the use is over.
    ///
    /// @throws RefusedException when it cannot be opened
    /// @throws Exchange.GoneException when nobody would wait
    static ServedModel open(Offer offer, Use use) throws Exchange.GoneException {
        return switch (offer) {
            case ServedModel served -> served;
            case LocalOffer local -> local.open(use);
            case UpstreamOffer elsewhere -> elsewhere.served();
        };
    }

    /// The model of a name, which answers until the exchange is over.
    ///
    /// @throws RefusedException when there is none of this name, or it cannot be opened
    /// @throws Exchange.GoneException when the client would not wait
    ServedModel get(String name, Exchange exchange) throws Exchange.GoneException {
        return open(offer(name), exchange);
    }
}
