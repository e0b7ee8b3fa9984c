package dev.tramontane.server;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The models of a server by their public names.
///
/// @param all the first is meant where a request names none
public record Models(List<ServedModel> all) {
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
        for (ServedModel model : all) {
            if (!names.add(model.id())) {
                throw new IllegalArgumentException(
                        model.id() + ": the name of two models, expected one; rename one");
            }
        }
    }

    /// The model of a name, its own before an alias of another; the first for no name.
    Optional<ServedModel> find(String name) {
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

    /// @throws RefusedException when there is none of this name
    ServedModel get(String name) {
        return find(name).orElseThrow(() -> RefusedException.noModel(name, this));
    }
}
