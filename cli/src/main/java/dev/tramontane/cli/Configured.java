package dev.tramontane.cli;

import dev.tramontane.server.LocalSettings;
import dev.tramontane.server.UpstreamSettings;

import java.util.List;

/// A model that `serve` is to offer.
sealed interface Configured {
    /// One of this machine.
    record Here(LocalSettings settings) implements Configured {}

    /// One of other servers.
    record Elsewhere(UpstreamSettings settings) implements Configured {}

    default String id() {
        return switch (this) {
            case Here(LocalSettings settings) -> settings.id();
            case Elsewhere(UpstreamSettings settings) -> settings.id();
        };
    }

    default List<String> aliases() {
        return switch (this) {
            case Here(LocalSettings settings) -> settings.aliases();
            case Elsewhere(UpstreamSettings settings) -> settings.aliases();
        };
    }

    default Configured withAliases(List<String> others) {
        return switch (this) {
            case Here(LocalSettings settings) -> new Here(settings.withAliases(others));
            case Elsewhere(UpstreamSettings settings) ->
                    new Elsewhere(settings.withAliases(others));
        };
    }

    /// Whether a name means it.
    default boolean isCalled(String name) {
        return id().equals(name) || aliases().contains(name);
    }
}
