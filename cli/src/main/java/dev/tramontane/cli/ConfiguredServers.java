package dev.tramontane.cli;

import dev.tramontane.server.Terms;
import dev.tramontane.server.UpstreamKey;
import dev.tramontane.server.UpstreamSettings;
import dev.tramontane.server.UpstreamSettings.Servers;
import dev.tramontane.server.UpstreamSettings.Times;
import dev.tramontane.wire.Dialect;
import dev.tramontane.wire.UpstreamCard;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/// A model of other servers in a `tramontane.yaml`.
///
/// ```yaml
/// models:
///   medium:
///     upstream: http://10.0.0.7:8000/v1        # or a list of them, or:
///   large:
///     context: 131072                          # where the servers do not tell
///     thinks: yes
///     upstream:
///       addresses: [https://one.example/v1, https://two.example/v1]
///       model: mistral-large-2512              # what they call it; the public name
///       key-variable: LARGE_KEY                # or key-file: FILE
///       dialect: mistral                       # openai, mistral or open
///       first-token: 10m                       # connect, between-tokens, whole
///       tries: 3
/// ```
///
/// @param mayNameKeys whether the file is the operator's own: one of the working directory may come
///   with somebody else's files, and would have keys sent to their servers
record ConfiguredServers(boolean mayNameKeys) {
    private static final int MOST_TRIES = 100;

    UpstreamSettings read(String name, YamlMapping keys, Terms terms) {
        Optional<Integer> context = keys.whole("context", 1, Integer.MAX_VALUE);
        var known =
                new UpstreamCard(
                        context.isPresent() ? OptionalInt.of(context.get()) : OptionalInt.empty(),
                        keys.flag("thinks"),
                        keys.flag("sees"));
        Servers servers;
        if (keys.isMapping("upstream")) {
            YamlMapping below = keys.mapping("upstream").orElseThrow();
            servers = servers(name, below);
            below.end();
        } else {
            servers = Servers.at(addresses(name, keys, "upstream"));
        }
        return UpstreamSettings.of(name, servers)
                .withAliases(keys.texts("aliases"))
                .withKnown(known)
                .withTerms(terms);
    }

    private static List<String> addresses(String name, YamlMapping keys, String key) {
        List<String> addresses = keys.texts(key);
        if (addresses.isEmpty()) {
            throw new ConfigurationFile.WrongException(
                    keys.place() + ": has no addresses, expected that of one server at least");
        }
        try {
            Servers.at(addresses).check(name);
        } catch (IllegalArgumentException e) {
            throw keys.wrong(key, "is wrong: " + e.getMessage());
        }
        return addresses;
    }

    private Servers servers(String name, YamlMapping keys) {
        Servers servers = Servers.at(addresses(name, keys, "addresses"));
        Times usual = servers.times();
        servers =
                servers.withTimes(
                                new Times(
                                        time(keys, "connect", usual.connect()),
                                        time(keys, "first-token", usual.firstToken()),
                                        time(keys, "between-tokens", usual.betweenTokens()),
                                        time(keys, "whole", usual.whole())))
                        .withTries(keys.whole("tries", 1, MOST_TRIES).orElse(servers.tries()))
                        .withOpensThinking(keys.flag("opens-thinking").orElse(false))
                        .withKey(key(keys));
        Optional<String> model = keys.text("model");
        if (model.isPresent()) {
            servers = servers.withModel(model.get());
        }
        Optional<Dialect> dialect = keys.value("dialect", ConfiguredServers::dialect);
        return dialect.isPresent() ? servers.withDialect(dialect.get()) : servers;
    }

    private static Duration time(YamlMapping keys, String key, Duration usual) {
        return keys.value(
                        key,
                        text -> {
                            Duration time = Amounts.time(text);
                            if (time.isZero()) {
                                throw new IllegalArgumentException("more than nothing");
                            }
                            return time;
                        })
                .orElse(usual);
    }

    private static Dialect dialect(String text) {
        try {
            return Dialect.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("openai, mistral or open", e);
        }
    }

    private UpstreamKey key(YamlMapping keys) {
        Optional<String> variable = keys.text("key-variable");
        Optional<String> file = keys.text("key-file");
        if (variable.isPresent() && file.isPresent()) {
            throw keys.wrong("key-file", "stands beside key-variable, expected one of them");
        }
        if (!mayNameKeys && (variable.isPresent() || file.isPresent())) {
            throw keys.wrong(
                    variable.isPresent() ? "key-variable" : "key-file",
                    "names a key in a file of this folder, which may be somebody else's; name the file with --config, or move it to TRAMONTANE_HOME");
        }
        return variable.<UpstreamKey>map(UpstreamKey.Variable::new)
                .or(() -> file.map(name -> new UpstreamKey.File(beside(keys, name))))
                .orElseGet(UpstreamKey.Usual::new);
    }

    private static Path beside(YamlMapping keys, String name) {
        return keys.file().toAbsolutePath().resolveSibling(name);
    }
}
