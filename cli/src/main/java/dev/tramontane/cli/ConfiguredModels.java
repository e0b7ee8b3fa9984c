package dev.tramontane.cli;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.EngineOptions.CacheChoice;
import dev.tramontane.server.LocalSettings;
import dev.tramontane.server.Prices;
import dev.tramontane.server.Terms;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.wire.RequestDefaults;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The models of a `tramontane.yaml`, as `serve` offers them.
///
/// ```yaml
/// models:
///   magistral-small:                 # the public name
///     path: magistral-small          # a name of the store, a file or a folder; the public name
///     aliases: [magistral, gpt-4o]
///     description: Reasons in nine languages.
///     context: 40960
///     parallel: 4
///     kv-type: q8_0
///     keep-alive: 2h                 # or always
///     system-prompt: Be brief.       # empty for none at all
///     defaults:                      # fields of requests, where a request has none
///       temperature: 0.7
///       max_tokens: 8000
///     prices:                        # of a million tokens
///       input: 0.5
///       output: 1.5
/// ```
///
/// @param usual how a model is opened that does not say otherwise
/// @param keepAlive how long it is kept then
/// @param servers reads those of other servers
record ConfiguredModels(
        Stdio io, EngineOptions usual, Optional<Duration> keepAlive, ConfiguredServers servers) {
    private static final int MOST_CONTEXT = 100_000_000;
    private static final int MOST_PARALLEL = 4096;

    /// Reads all of them.
    ///
    /// @throws ConfigurationFile.WrongException when something has no meaning; it says where
    /// @throws IOException when the store cannot be read
    List<Configured> read(YamlMapping models) throws IOException {
        List<Configured> all = new ArrayList<>();
        Map<String, String> owners = new HashMap<>();
        for (String name : models.keys()) {
            if (!name.matches("[\\x21-\\x7e]{1,200}")) {
                throw models.wrong(name, "is no public name, expected letters, digits and signs");
            }
            YamlMapping keys = models.mapping(name).orElseThrow();
            Configured settings = keys.has("upstream") ? elsewhere(name, keys) : here(name, keys);
            for (String alias : settings.aliases()) {
                String other = owners.putIfAbsent(alias, name);
                if (other != null || models.has(alias)) {
                    throw keys.wrong(
                            "aliases",
                            "has %s, which means %s already, expected one meaning; take it out of one"
                                    .formatted(alias, other == null ? alias : other));
                }
            }
            all.add(settings);
        }
        return all;
    }

    private Configured elsewhere(String name, YamlMapping keys) {
        var settings = new Configured.Elsewhere(servers.read(name, keys, terms(keys)));
        keys.end();
        return settings;
    }

    private Configured here(String name, YamlMapping keys) throws IOException {
        Path path = path(name, keys);
        var settings =
                new LocalSettings(
                        name,
                        keys.texts("aliases"),
                        path,
                        options(keys),
                        keys.value("keep-alive", Amounts::keepAlive).orElse(keepAlive),
                        terms(keys),
                        false);
        keys.end();
        return new Configured.Here(settings);
    }

    /// A path is meant from the file's folder; a name is one of the store.
    private Path path(String name, YamlMapping keys) throws IOException {
        String given = keys.text("path").orElse(name);
        if (given.equals(ModelFlag.NANO)) {
            return EmbeddedModel.path(io.environment());
        }
        try {
            Path beside = keys.file().toAbsolutePath().resolveSibling(given);
            if (Files.exists(beside)) {
                return beside;
            }
        } catch (InvalidPathException _) {
            // said below
        }
        try {
            return LocalStore.of(io).path(given);
        } catch (IOException e) {
            throw keys.has("path")
                    ? keys.wrong("path", "is %s: %s".formatted(given, e.getMessage()))
                    : new ConfigurationFile.WrongException(
                            keys.place() + ": has no path, and " + e.getMessage());
        }
    }

    private EngineOptions options(YamlMapping keys) {
        EngineOptions options = usual;
        Optional<Integer> context = keys.whole("context", 1, MOST_CONTEXT);
        if (context.isPresent()) {
            options = options.withContext(context.get());
        }
        Optional<Integer> parallel = keys.whole("parallel", 1, MOST_PARALLEL);
        if (parallel.isPresent()) {
            options = options.withMaxSequences(parallel.get());
        }
        Optional<CacheChoice> cache = keys.value("kv-type", ConfiguredModels::cacheChoice);
        return cache.isPresent() ? options.withCache(cache.get()) : options;
    }

    private static CacheChoice cacheChoice(String text) {
        try {
            return CacheChoice.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("auto, f32, f16, bf16 or q8_0", e);
        }
    }

    private static Terms terms(YamlMapping keys) {
        Terms terms = Terms.USUAL.withDescription(keys.text("description").orElse(""));
        Optional<String> prompt = keys.text("system-prompt");
        if (prompt.isPresent()) {
            terms = terms.withSystemPrompt(prompt.get());
        }
        Optional<YamlMapping> defaults = keys.mapping("defaults");
        if (defaults.isPresent()) {
            terms = terms.withDefaults(defaults(defaults.get()));
        }
        Optional<YamlMapping> prices = keys.mapping("prices");
        return prices.isPresent() ? terms.withPrices(prices(prices.get())) : terms;
    }

    private static RequestDefaults defaults(YamlMapping keys) {
        RequestDefaults defaults = RequestDefaults.NONE;
        for (String name : keys.keys()) {
            try {
                defaults = defaults.with(name, keys.json(name));
            } catch (InvalidRequestException e) {
                throw keys.wrong(name, "is refused: " + e.getMessage());
            }
        }
        return defaults;
    }

    /// What is cached costs as much as the input, and thinking as much as the output, where nobody
    /// says otherwise.
    private static Prices prices(YamlMapping keys) {
        Optional<BigDecimal> input = keys.value("input", ConfiguredModels::price);
        Optional<BigDecimal> cached = keys.value("cached", ConfiguredModels::price);
        Optional<BigDecimal> reasoning = keys.value("reasoning", ConfiguredModels::price);
        Optional<BigDecimal> output = keys.value("output", ConfiguredModels::price);
        if (input.isEmpty() || output.isEmpty()) {
            throw new ConfigurationFile.WrongException(
                    keys.place() + ": has no input and output, expected the price of both");
        }
        keys.end();
        return new Prices(
                input.get(),
                cached.orElse(input.get()),
                reasoning.orElse(output.get()),
                output.get());
    }

    private static BigDecimal price(String text) {
        if (!text.matches("\\d{1,9}(\\.\\d{1,9})?")) {
            throw new IllegalArgumentException("a price of a million tokens such as 0.5");
        }
        return new BigDecimal(text);
    }
}
