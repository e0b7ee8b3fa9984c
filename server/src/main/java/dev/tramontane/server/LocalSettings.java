package dev.tramontane.server;

import dev.tramontane.engine.EngineOptions;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A model of this machine as it is to be served.
///
/// @param id its public name; empty for what its files are called
/// @param aliases other names that mean it
/// @param path a `.gguf` file, or a folder
/// @param options that it is opened with
/// @param keepAlive how long it stays open while nobody uses it; empty for as long as memory allows
/// @param terms on which it is offered
/// @param isOptional whether a server goes without it where its files are no model that runs here,
///   or its name is taken
public record LocalSettings(
        String id,
        List<String> aliases,
        Path path,
        EngineOptions options,
        Optional<Duration> keepAlive,
        Terms terms,
        boolean isOptional) {
    public LocalSettings {
        aliases = List.copyOf(aliases);
    }

    /// All as the model has it.
    public static LocalSettings of(String id, Path path, EngineOptions options) {
        return new LocalSettings(
                id, List.of(), path, options, Optional.empty(), Terms.USUAL, false);
    }

    public LocalSettings withAliases(List<String> others) {
        return new LocalSettings(id, others, path, options, keepAlive, terms, isOptional);
    }

    public LocalSettings withKeepAlive(Optional<Duration> time) {
        return new LocalSettings(id, aliases, path, options, time, terms, isOptional);
    }

    public LocalSettings withTerms(Terms others) {
        return new LocalSettings(id, aliases, path, options, keepAlive, others, isOptional);
    }

    public LocalSettings withOptional(boolean may) {
        return new LocalSettings(id, aliases, path, options, keepAlive, terms, may);
    }

    /// Under the name of its files, where it has no other; a name of its own is no alias.
    LocalSettings named(String name) {
        String own = id.isEmpty() ? name : id;
        List<String> others = aliases.stream().filter(alias -> !alias.equals(own)).toList();
        return new LocalSettings(own, others, path, options, keepAlive, terms, isOptional);
    }
}
